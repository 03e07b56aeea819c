package bucket

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// maxPolicy is Ceph's and S3's limit; Spaces names none.
const maxPolicy = 20 << 10

// policyValidator checks a policy's document while planning. Spaces answers a
// wrong one with little more than "Forbidden".
type policyValidator struct{}

func (policyValidator) Description(context.Context) string { return "must be a bucket policy" }

func (v policyValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (policyValidator) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	var bucket types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("bucket"), &bucket)...)
	check := policyCheck{at: req.Path, bucket: bucket.ValueString(), diags: &resp.Diagnostics}
	check.document(req.ConfigValue.ValueString())
}

// policyCheck finds what is wrong with a policy. bucket is empty while unknown.
type policyCheck struct {
	at     path.Path
	bucket string
	ours   bool // written by spaces_policy_document: what is doubtful is wrong
	diags  *diag.Diagnostics
}

func (c policyCheck) wrong(format string, args ...any) {
	c.diags.AddAttributeError(c.at, "Not a bucket policy", fmt.Sprintf(format, args...))
}

func (c policyCheck) odd(summary, format string, args ...any) {
	c.diags.AddAttributeWarning(c.at, summary, fmt.Sprintf(format, args...))
}

// doubt is for what Spaces may know better than we do.
func (c policyCheck) doubt(summary, format string, args ...any) {
	if c.ours {
		c.wrong(format, args...)
		return
	}
	c.odd(summary, format, args...)
}

func (c policyCheck) document(text string) {
	if len(text) > maxPolicy {
		c.wrong("It has %d bytes, and a policy may have 20 KiB (%d bytes).", len(text), maxPolicy)
		return
	}
	var document map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		c.wrong("It is no JSON object: %s. jsonencode({…}) writes one.", jsonError(text, err))
		return
	}
	if document == nil {
		c.wrong("It is no JSON object: it is null. jsonencode({…}) writes one.")
		return
	}
	for name := range document {
		if !slices.Contains([]string{"Version", "Id", "Statement"}, name) {
			c.wrong("%q is no element of a policy: these are Version, Id and Statement.", name)
		}
	}
	switch version := asString(document["Version"]); {
	case document["Version"] == nil:
		c.odd("A policy without Version", `Without "Version": "2012-10-17" a policy is read by the rules of 2008.`)
	case version != "2012-10-17" && version != "2008-10-17":
		c.wrong(`Version is %s, and there are two: "2012-10-17", which is the newer one, and "2008-10-17". It is no date of your own.`, document["Version"])
	}
	statements, err := listOf(document["Statement"])
	if err != nil || len(statements) == 0 {
		c.wrong("It has no Statement, which is a list with at least one statement.")
		return
	}
	for i, s := range statements {
		c.statement(fmt.Sprintf("Statement[%d]", i), s)
	}
}

func (c policyCheck) statement(name string, text json.RawMessage) {
	var s map[string]json.RawMessage
	if json.Unmarshal(text, &s) != nil || s == nil {
		c.wrong("%s is no object.", name)
		return
	}
	for element := range s {
		if !slices.Contains([]string{"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}, element) {
			c.wrong("%s has the element %q, which statements do not have.", name, element)
		}
	}
	if effect := asString(s["Effect"]); effect != "Allow" && effect != "Deny" {
		c.wrong(`%s needs an Effect, which is "Allow" or "Deny".`, name)
	}
	for _, pair := range [][2]string{{"Principal", "NotPrincipal"}, {"Action", "NotAction"}, {"Resource", "NotResource"}} {
		if (s[pair[0]] == nil) == (s[pair[1]] == nil) {
			c.wrong("%s needs exactly one of %s and %s.", name, pair[0], pair[1])
		}
	}
	actions, others := c.strings(name, "Action", s), c.strings(name, "NotAction", s)
	for _, a := range slices.Concat(actions, others) {
		if service, _, found := strings.Cut(a, ":"); a != "*" && (!found || !strings.EqualFold(service, "s3")) {
			c.wrong("%s has the action %q, and a bucket's actions begin with s3:, as s3:GetObject does.", name, a)
		} else if unknown := unknownAction(a[strings.IndexByte(a, ':')+1:]); unknown != "" {
			c.doubt("An action that Spaces does not know", "%s has the action %q, which %s.", name, a, unknown)
		}
	}
	for _, element := range []string{"Resource", "NotResource"} {
		for _, r := range c.strings(name, element, s) {
			c.resource(name, element, r)
		}
	}
	var principal any
	_ = json.Unmarshal(s["Principal"], &principal) // it was parsed above
	if asString(s["Effect"]) == "Deny" && s["Condition"] == nil && isAnybody(principal) {
		denied := strings.Join(actions, ", ")
		if len(others) > 0 {
			denied = "all but " + strings.Join(others, ", ")
		}
		c.odd("A policy that denies everybody", "%s denies %s to everybody without a Condition, and that includes the bucket's owner and this provider's key. A bucket whose policy denies s3:PutBucketPolicy or s3:* can be out of reach until support helps.", name, denied)
	}
}

func (c policyCheck) resource(statement, element, resource string) {
	rest, isARN := strings.CutPrefix(resource, spaces.ARN(""))
	switch {
	case resource == "*":
	case !isARN:
		c.wrong("%s has the %s %q, which is no ARN of a bucket or its objects: write arn:aws:s3:::BUCKET or arn:aws:s3:::BUCKET/*.", statement, element, resource)
	case c.bucket != "" && rest != "*":
		if name, _, _ := strings.Cut(rest, "/"); name != c.bucket && !strings.ContainsAny(name, "*?$") {
			c.doubt("A policy for another bucket", "%s has the %s %q, and the policy is set on the bucket %q: there it says nothing about %q.", statement, element, resource, c.bucket, name)
		}
	}
}

// strings is an element that holds a string or a list of them.
func (c policyCheck) strings(statement, element string, s map[string]json.RawMessage) []string {
	if s[element] == nil {
		return nil
	}
	list, err := listOf(s[element])
	var all []string
	for _, e := range list {
		one := asString(e)
		if one == "" {
			err = errors.New("not a string")
		}
		all = append(all, one)
	}
	if err != nil || len(all) == 0 {
		c.wrong("%s has the %s %s, which has to be a string or a list of strings.", statement, element, s[element])
		return nil
	}
	return all
}

// listOf reads a list, or a single value as a list of one.
func listOf(text json.RawMessage) ([]json.RawMessage, error) {
	text = bytes.TrimSpace(text)
	if len(text) == 0 || bytes.Equal(text, []byte("null")) {
		return nil, nil
	}
	if text[0] != '[' {
		return []json.RawMessage{text}, nil
	}
	var list []json.RawMessage
	err := json.Unmarshal(text, &list)
	return list, err
}

func asString(text json.RawMessage) string {
	var s string
	if json.Unmarshal(text, &s) != nil {
		return ""
	}
	return s
}

// jsonError says where in the text an error is.
func jsonError(text string, err error) string {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return err.Error() //nolint:forbidigo // becomes part of a longer message
	}
	before := text[:min(int(syntax.Offset), len(text))]
	line := strings.Count(before, "\n") + 1
	return fmt.Sprintf("line %d, character %d: %s", line, len(before)-strings.LastIndex(before, "\n")-1, syntax)
}
