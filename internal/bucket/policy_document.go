package bucket

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// PolicyDocument writes a bucket's policy. It asks nothing of Spaces.
func PolicyDocument() datasource.DataSource {
	set := func(description string) schema.SetAttribute {
		return schema.SetAttribute{
			MarkdownDescription: description, ElementType: types.StringType, Required: true,
			Validators: []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(tfkit.NotEmpty())},
		}
	}
	documents := func(description string) schema.ListAttribute {
		return schema.ListAttribute{
			MarkdownDescription: description, ElementType: types.StringType, Optional: true,
			Validators: []validator.List{listvalidator.SizeAtLeast(1), listvalidator.ValueStringsAre(tfkit.NotEmpty())},
		}
	}
	return tfkit.NewDataSource(tfkit.DataSourceSpec[policyDocumentModel]{
		Name: "policy_document",
		Schema: schema.Schema{
			MarkdownDescription: "Writes the JSON of a bucket's policy, for `spaces_bucket_policy`. It asks nothing of Spaces and needs no key. " +
				"The same statements make the same text, whatever the order of actions, resources or principals is.\n\n" +
				"What Spaces would refuse is refused while planning: actions that it does not know, resources that are no ARN of the bucket or its objects, policies over 20 KiB. " +
				"A statement that denies something to everybody without a condition is a warning, as it can lock out the bucket's owner too.",
			Attributes: map[string]schema.Attribute{
				"bucket": schema.StringAttribute{
					MarkdownDescription: "Name of the bucket that the policy is for. Resources of other buckets are refused then. Without it all resources have to be of one bucket.",
					Optional:            true, Validators: []validator.String{tfkit.BucketRule},
				},
				"source_policy_documents": documents("JSON of policies whose statements come first, in this order. No two of them may have the same `sid`; a statement of `statements` takes the place of one with its `sid`."),
				"statements": schema.ListNestedAttribute{
					MarkdownDescription: "The statements, in the order in which they are written. A request is allowed when one of them allows it and none denies it.",
					Optional:            true, Validators: []validator.List{listvalidator.SizeAtLeast(1)},
					NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
						"sid": schema.StringAttribute{
							MarkdownDescription: "Name of the statement, which no other may have.", Optional: true,
							Validators: []validator.String{tfkit.NotEmpty()},
						},
						"effect": schema.StringAttribute{
							MarkdownDescription: "`Allow`, which is the default, or `Deny`.", Optional: true,
							Validators: []validator.String{stringvalidator.OneOf("Allow", "Deny")},
						},
						"principals": set("Who it is about: `*` is everybody, also without a key. DigitalOcean's pages show no other; Ceph, which Spaces is built on, knows users as `arn:aws:iam:::user/ID`."),
						"actions":    set("What it is about, such as `s3:GetObject`; `*` and `?` are wildcards."),
						"resources":  set("Where: ARNs of the bucket, `arn:aws:s3:::BUCKET`, or of its objects, `arn:aws:s3:::BUCKET/*`. The function `bucket_arn` writes them."),
						"conditions": schema.ListNestedAttribute{
							MarkdownDescription: "When: all of these have to hold. What Spaces knows of S3's conditions is not documented.",
							Optional:            true, Validators: []validator.List{listvalidator.SizeAtLeast(1)},
							NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
								"test": schema.StringAttribute{
									MarkdownDescription: "How it compares, such as `StringLike`, `IpAddress` or `Bool`.", Required: true,
									Validators: []validator.String{tfkit.NotEmpty()},
								},
								"variable": schema.StringAttribute{
									MarkdownDescription: "What it compares, such as `aws:SourceIp`, `aws:Referer`, `aws:SecureTransport` or `s3:prefix`.", Required: true,
									Validators: []validator.String{tfkit.NotEmpty()},
								},
								"values": set("With what: one of these has to fit."),
							}},
						},
					}},
				},
				"override_policy_documents": documents("JSON of policies whose statements take the place of those with their `sid`, and come last otherwise."),
				"json": schema.StringAttribute{
					MarkdownDescription: "The policy, as JSON.", Computed: true,
				},
			},
		},
		Read: writePolicy,
	})
}

type policyDocumentModel struct {
	Bucket     types.String      `tfsdk:"bucket"`
	Sources    []string          `tfsdk:"source_policy_documents"`
	Statements []policyStatement `tfsdk:"statements"`
	Overrides  []string          `tfsdk:"override_policy_documents"`
	JSON       types.String      `tfsdk:"json"`
}

type policyStatement struct {
	SID        *string           `tfsdk:"sid"`
	Effect     *string           `tfsdk:"effect"`
	Principals []string          `tfsdk:"principals"`
	Actions    []string          `tfsdk:"actions"`
	Resources  []string          `tfsdk:"resources"`
	Conditions []policyCondition `tfsdk:"conditions"`
}

type policyCondition struct {
	Test     string   `tfsdk:"test"`
	Variable string   `tfsdk:"variable"`
	Values   []string `tfsdk:"values"`
}

// writePolicy merges, checks and writes.
func writePolicy(ctx context.Context, _ *spaces.Clients, m *policyDocumentModel) error {
	var document mergedPolicy
	for i, text := range m.Sources {
		if err := document.add(fmt.Sprintf("source_policy_documents[%d]", i), text, refuseTwins); err != nil {
			return err
		}
	}
	own := map[string]bool{}
	for i, s := range m.Statements {
		if s.SID != nil && own[*s.SID] {
			return fmt.Errorf("statements[%d] has the sid %q, as one before it has. Give each statement its own, or none", i, *s.SID)
		} else if s.SID != nil {
			own[*s.SID] = true
		}
		statement, err := s.statement()
		if err != nil {
			return fmt.Errorf("statements[%d]: %w", i, err)
		}
		document.replace(statement)
	}
	for i, text := range m.Overrides {
		if err := document.add(fmt.Sprintf("override_policy_documents[%d]", i), text, replaceTwins); err != nil {
			return err
		}
	}
	text, err := document.json()
	if err != nil {
		return err
	}
	var found diag.Diagnostics
	policyCheck{at: path.Root("statements"), bucket: m.Bucket.ValueString(), ours: true, diags: &found}.document(text)
	for _, w := range found.Warnings() {
		tfkit.Warn(ctx, w.Summary(), w.Detail())
	}
	if wrong := found.Errors(); len(wrong) > 0 {
		return fmt.Errorf("the policy is not one for Spaces. %s", wrong[0].Detail())
	}
	if buckets := document.buckets(); m.Bucket.IsNull() && len(buckets) > 1 {
		return fmt.Errorf("its resources are of the buckets %s, and a policy is about one bucket: the others have theirs", strings.Join(buckets, ", "))
	}
	m.JSON = types.StringValue(text)
	return nil
}

// statement is s as the elements of a policy.
func (s policyStatement) statement() (statement, error) {
	written := statement{Effect: "Allow", Action: anyList(s.Actions), Resource: anyList(s.Resources)}
	if s.SID != nil {
		written.SID = *s.SID
	}
	if s.Effect != nil {
		written.Effect = *s.Effect
	}
	written.Principal = map[string]any{"AWS": anyList(s.Principals)}
	for _, c := range s.Conditions {
		if written.Condition == nil {
			written.Condition = map[string]map[string]any{}
		}
		if written.Condition[c.Test] == nil {
			written.Condition[c.Test] = map[string]any{}
		}
		if written.Condition[c.Test][c.Variable] != nil {
			return statement{}, fmt.Errorf("two conditions have the test %q and the variable %q. One with the values of both holds when either does", c.Test, c.Variable)
		}
		written.Condition[c.Test][c.Variable] = anyList(c.Values)
	}
	return written, nil
}

func anyList(all []string) []any {
	list := make([]any, len(all))
	for i, one := range all {
		list[i] = one
	}
	return list
}
