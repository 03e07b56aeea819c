package localspaces

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// maxPolicySize is S3's limit (Amazon S3 user guide, bucket policies). Ceph has
// none, and the Spaces documentation names none.
const maxPolicySize = 20 * 1024

// malformedPolicy refuses what S3 refuses and Ceph would store, with S3's code.
// What both refuse (no JSON, a word that the language does not have) gets Ceph's,
// InvalidArgument: Spaces is built on it.
func malformedPolicy(format string, args ...any) *apiError {
	return failure(http.StatusBadRequest, "MalformedPolicy", format, args...)
}

// elements are a JSON object's members: element names are case-sensitive, and
// encoding/json matches struct fields without regard to case.
type elements map[string]json.RawMessage

// parsePolicy reads the body of PutBucketPolicy for the bucket. The document
// itself is to be kept too: Ceph answers it byte for byte.
func parsePolicy(bucket string, document []byte) (*policy, error) {
	if len(document) > maxPolicySize {
		return nil, malformedPolicy("The policy has %d bytes; the limit is %d.", len(document), maxPolicySize)
	}
	var top elements
	if err := json.Unmarshal(document, &top); err != nil || top == nil {
		return nil, invalidArgument("The policy is not a JSON object: %v.", err)
	}
	if err := top.only("the policy", "Version", "Id", "Statement"); err != nil {
		return nil, err
	}
	for _, name := range []string{"Version", "Id"} {
		if _, err := top.text(name); err != nil {
			return nil, invalidArgument("The policy's %s %v.", name, err)
		}
	}
	switch version, _ := top.text("Version"); version {
	case "", "2012-10-17", "2008-10-17":
	default:
		return nil, invalidArgument("The policy's Version is %q, neither 2012-10-17 nor 2008-10-17.", version)
	}
	statements, err := top.statements()
	if err != nil {
		return nil, err
	}
	p := new(policy)
	for i, e := range statements {
		s, err := parseStatement(bucket, fmt.Sprintf("Statement %d", i+1), e)
		if err != nil {
			return nil, err
		}
		p.statements = append(p.statements, s)
	}
	return p, nil
}

func (e elements) only(where string, names ...string) error {
	for _, name := range slices.Sorted(maps.Keys(e)) {
		if !slices.Contains(names, name) {
			return invalidArgument("There is an unknown element %q in %s.", name, where)
		}
	}
	return nil
}

// text gives the string value of an element, "" if it is absent.
func (e elements) text(name string) (string, error) {
	raw, ok := e[name]
	if !ok {
		return "", nil
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return "", errors.New("is not a string")
	}
	return s, nil
}

// statements gives the policy's statements: a list, or a single one without it.
func (e elements) statements() ([]elements, error) {
	var list []elements
	if json.Unmarshal(e["Statement"], &list) != nil {
		var one elements
		if len(e["Statement"]) > 0 && json.Unmarshal(e["Statement"], &one) != nil {
			return nil, invalidArgument("The policy's Statement is neither an object nor a list of them.")
		}
		list = []elements{one}
	}
	if len(list) == 0 || slices.ContainsFunc(list, func(s elements) bool { return len(s) == 0 }) {
		return nil, malformedPolicy("The policy has no Statement, or an empty one.")
	}
	return list, nil
}

func parseStatement(bucket, where string, e elements) (statement, error) {
	var s statement
	if err := e.only(where, "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"); err != nil {
		return s, err
	}
	if _, err := e.text("Sid"); err != nil {
		return s, invalidArgument("The Sid of %s %v.", where, err)
	}
	switch effect, err := e.text("Effect"); {
	case err == nil && effect == "Allow":
	case err == nil && effect == "Deny":
		s.deny = true
	case e["Effect"] == nil:
		return s, malformedPolicy("%s has no Effect.", where)
	default:
		return s, invalidArgument("The Effect of %s is neither Allow nor Deny.", where)
	}
	var err error
	if s.principals, err = e.principals(where); err != nil {
		return s, err
	}
	if s.actions, err = e.patterns(where, "Action"); err != nil {
		return s, err
	}
	for i, action := range s.actions.list {
		if !knownAction(action) {
			return s, invalidArgument("%s has the unknown action %q.", where, action)
		}
		s.actions.list[i] = strings.ToLower(action)
	}
	if s.resources, err = e.patterns(where, "Resource"); err != nil {
		return s, err
	}
	for _, resource := range s.resources.list {
		if err := checkResource(bucket, where, resource); err != nil {
			return s, err
		}
	}
	s.conditions, err = parseConditions(where, e["Condition"])
	return s, err
}

// either finds which of name and NotName the statement has. S3 wants just one;
// Ceph takes both and neither.
func (e elements) either(where, name string) (raw json.RawMessage, not bool, err error) {
	plain, isPlain := e[name]
	negated, isNegated := e["Not"+name]
	if isPlain == isNegated {
		return nil, false, malformedPolicy("%s must have either %s or Not%s.", where, name, name)
	}
	if isNegated {
		return negated, true, nil
	}
	return plain, false, nil
}

func (e elements) patterns(where, name string) (patterns, error) {
	raw, not, err := e.either(where, name)
	if err != nil {
		return patterns{}, err
	}
	list, ok := stringOrList(raw)
	if !ok {
		return patterns{}, invalidArgument("%s of %s is neither a string nor a list of strings.", name, where)
	}
	if len(list) == 0 {
		return patterns{}, malformedPolicy("%s of %s is empty.", name, where)
	}
	return patterns{not: not, list: list}, nil
}

// principals reads "*", {"AWS": "*"} and lists of IDs and ARNs. An unknown user is
// no error here: Ceph stores it, S3 does not. Federated and Service principals are
// taken and never match anybody.
func (e elements) principals(where string) (principals, error) {
	raw, not, err := e.either(where, "Principal")
	if err != nil {
		return principals{}, err
	}
	p := principals{not: not}
	if list, ok := stringOrList(raw); ok && len(list) == 1 && list[0] == "*" {
		p.everyone = true
		return p, nil
	}
	var kinds elements
	if json.Unmarshal(raw, &kinds) != nil {
		return p, invalidArgument(`The Principal of %s is neither "*" nor an object.`, where)
	}
	if len(kinds) == 0 {
		return p, malformedPolicy("The Principal of %s is empty.", where)
	}
	if err := kinds.only("the Principal of "+where, "AWS", "CanonicalUser", "Federated", "Service"); err != nil {
		return p, err
	}
	for kind, raw := range kinds {
		list, ok := stringOrList(raw)
		if !ok {
			return p, invalidArgument("The %s principal of %s is neither a string nor a list of strings.", kind, where)
		}
		if kind != "AWS" && kind != "CanonicalUser" {
			continue
		}
		for _, id := range list {
			p.everyone = p.everyone || id == "*" && kind == "AWS"
			p.ids = append(p.ids, principalID(id))
		}
	}
	return p, nil
}

// principalID gives the ID in a user's ARN, such as arn:aws:iam:::user/6174283, the
// account in that of an account's root, and anything else as it is.
func principalID(id string) string {
	arn, ok := strings.CutPrefix(id, "arn:aws:iam::")
	if !ok {
		return id
	}
	account, user, _ := strings.Cut(arn, ":")
	if user == "root" {
		return account
	}
	return strings.TrimPrefix(user, "user/")
}

// checkResource refuses what is not the bucket or in it, as S3 does: "Policy has
// invalid resource". Ceph stores any ARN, and a lone *. BUCKET* is taken for the
// bucket and everything in it.
func checkResource(bucket, where, resource string) error {
	path, ok := strings.CutPrefix(resource, "arn:aws:s3:::")
	if !ok && resource != "*" {
		return invalidArgument("%s has the resource %q, which is not the ARN of a bucket or object.", where, resource)
	}
	name, _, _ := strings.Cut(path, "/")
	if strings.TrimRight(name, "*") != bucket {
		return malformedPolicy("Policy has invalid resource: %q in %s is not in the bucket %q.", resource, where, bucket)
	}
	return nil
}

// stringOrList reads what the policy language lets one write either way.
func stringOrList(raw json.RawMessage) ([]string, bool) {
	var one string
	if json.Unmarshal(raw, &one) == nil && string(raw) != "null" {
		return []string{one}, true
	}
	var list []string
	if json.Unmarshal(raw, &list) != nil || list == nil {
		return nil, false
	}
	return list, true
}
