package bucket

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// mergedPolicy collects statements, and writes the same text for the same ones.
type mergedPolicy struct{ statements []statement }

// statement is a statement of a policy, in the order in which its elements are
// written. Lists in it are sets.
type statement struct {
	SID          string                    `json:"Sid,omitempty"`
	Effect       string                    `json:"Effect,omitempty"`
	Principal    any                       `json:"Principal,omitempty"`
	NotPrincipal any                       `json:"NotPrincipal,omitempty"`
	Action       any                       `json:"Action,omitempty"`
	NotAction    any                       `json:"NotAction,omitempty"`
	Resource     any                       `json:"Resource,omitempty"`
	NotResource  any                       `json:"NotResource,omitempty"`
	Condition    map[string]map[string]any `json:"Condition,omitempty"`
}

// What becomes of a statement whose sid another one has.
const (
	refuseTwins  = false
	replaceTwins = true
)

// add adds the statements of a policy, which is called name in errors.
func (p *mergedPolicy) add(name, text string, replaces bool) error {
	var document struct {
		Version   string
		ID        string
		Statement json.RawMessage
	}
	if err := decode(text, &document); err != nil {
		return fmt.Errorf("%s is no JSON of a policy: %s", name, jsonError(text, err))
	}
	list, err := listOf(document.Statement)
	if err != nil || len(list) == 0 {
		return fmt.Errorf("%s has no Statement, which is a list with at least one statement", name)
	}
	for i, one := range list {
		var s statement
		if err := decode(string(one), &s); err != nil {
			return fmt.Errorf("%s: Statement[%d] cannot be read: %w", name, i, err)
		}
		if at := p.named(s.SID); at >= 0 && !replaces {
			return fmt.Errorf("%s: Statement[%d] has the Sid %q, as one of a document before it has. Where it is to take its place, give it in override_policy_documents", name, i, s.SID)
		}
		p.replace(s)
	}
	return nil
}

// decode refuses what it has no place for, so that nothing is lost.
func decode(text string, into any) error {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	decoder.UseNumber()
	return decoder.Decode(into)
}

// named is where the statement of a name is, or -1.
func (p *mergedPolicy) named(sid string) int {
	if sid == "" {
		return -1
	}
	return slices.IndexFunc(p.statements, func(s statement) bool { return s.SID == sid })
}

// replace puts a statement in the place of the one of its name, or at the end.
func (p *mergedPolicy) replace(s statement) {
	if at := p.named(s.SID); at >= 0 {
		p.statements[at] = s
		return
	}
	p.statements = append(p.statements, s)
}

// json is the policy's text.
func (p *mergedPolicy) json() (string, error) {
	for i, s := range p.statements {
		for _, element := range []*any{&s.Principal, &s.NotPrincipal, &s.Action, &s.NotAction, &s.Resource, &s.NotResource} {
			*element = inOneOrder(*element)
		}
		if isAnybody(s.Principal) {
			s.Principal = "*"
		}
		for _, variables := range s.Condition {
			for variable, values := range variables {
				variables[variable] = inOneOrder(values)
			}
		}
		p.statements[i] = s
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(struct {
		Version   string
		Statement []statement
	}{"2012-10-17", p.statements})
	return strings.TrimSuffix(text.String(), "\n"), err
}

// buckets are the names of the buckets that the resources are of, in the order
// of the statements. Names with wildcards or variables are left out.
func (p *mergedPolicy) buckets() []string {
	var names []string
	for _, s := range p.statements {
		for _, element := range []any{s.Resource, s.NotResource} {
			list, many := element.([]any)
			if !many {
				list = []any{element}
			}
			for _, one := range list {
				arn, _ := one.(string)
				rest, isARN := strings.CutPrefix(arn, spaces.ARN(""))
				name, _, _ := strings.Cut(rest, "/")
				if isARN && !strings.ContainsAny(name, "*?$") && !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
	}
	return names
}

// inOneOrder writes a set of strings in one way: a list in order without doubles,
// and one string for a list of one.
func inOneOrder(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for name, one := range v {
			v[name] = inOneOrder(one)
		}
	case []any:
		var texts []string
		for _, one := range v {
			text, is := one.(string)
			if !is {
				return value
			}
			texts = append(texts, text)
		}
		slices.Sort(texts)
		if texts = slices.Compact(texts); len(texts) == 1 {
			return texts[0]
		}
		return anyList(texts)
	}
	return value
}
