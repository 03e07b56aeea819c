package bucket

import (
	"context"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// CORS decides which web pages of other origins may use a bucket.
var CORS = document[corsModel]{
	Name: "bucket_cors_configuration",
	Summary: "Lets web pages of other origins use a bucket (cross-origin resource sharing).\n\n" +
		"A bucket has one CORS configuration, and this resource manages all of it. Browsers and the CDN may keep earlier answers for a while after a change.",
	Attributes: map[string]schema.Attribute{
		"rules": corsRules(),
	},
	Get: func(ctx context.Context, c *s3.Client, m *corsModel) error {
		out, err := c.GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: m.Name()})
		if err != nil {
			return err
		}
		m.Rules = asWritten(m.Rules, tfkit.Each(out.CORSRules, newCORSRule))
		return nil
	},
	Put: func(ctx context.Context, c *s3.Client, m *corsModel) error {
		_, err := c.PutBucketCors(ctx, &s3.PutBucketCorsInput{
			Bucket:            m.Name(),
			CORSConfiguration: &s3types.CORSConfiguration{CORSRules: tfkit.Each(m.Rules, corsRule.toS3)},
		})
		return err
	},
	Delete: func(ctx context.Context, c *s3.Client, m *corsModel) error {
		_, err := c.DeleteBucketCors(ctx, &s3.DeleteBucketCorsInput{Bucket: m.Name()})
		return err
	},
}

func corsRules() schema.ListNestedAttribute {
	id := tfkit.OptionalString("A name for the rule, up to 255 characters.")
	id.Validators = append(id.Validators, stringvalidator.LengthAtMost(255))
	origins := tfkit.RequiredSet("Origins the rule is for, with their scheme, such as `https://www.example.com`. Each may hold one `*`.")
	origins.Validators = append(origins.Validators, originValidator{})
	rules := tfkit.RequiredList("The rules, up to 100. The first one that fits a request decides.", map[string]schema.Attribute{
		"id":              id,
		"allowed_methods": tfkit.RequiredSet("HTTP methods a page may use.", "GET", "PUT", "POST", "DELETE", "HEAD"),
		"allowed_origins": origins,
		"allowed_headers": tfkit.OptionalSet("Request headers a page may send. `*` stands for any."),
		"expose_headers":  tfkit.OptionalSet("Response headers a page may read, besides the few that every page may."),
		"max_age_seconds": tfkit.OptionalInt("Seconds a browser may keep the answer to a preflight request.", 0),
	})
	rules.Validators = append(rules.Validators, listvalidator.SizeAtMost(100))
	return rules
}

type corsModel struct {
	tfkit.InBucket
	Rules []corsRule `tfsdk:"rules"`
}

type corsRule struct {
	ID      *string  `tfsdk:"id"`
	Methods []string `tfsdk:"allowed_methods"`
	Origins []string `tfsdk:"allowed_origins"`
	Headers []string `tfsdk:"allowed_headers"`
	Expose  []string `tfsdk:"expose_headers"`
	MaxAge  *int32   `tfsdk:"max_age_seconds"`
}

func newCORSRule(r s3types.CORSRule) corsRule {
	return corsRule{
		ID: r.ID, Methods: r.AllowedMethods, Origins: r.AllowedOrigins,
		Headers: present(r.AllowedHeaders), Expose: present(r.ExposeHeaders), MaxAge: r.MaxAgeSeconds,
	}
}

func (r corsRule) toS3() s3types.CORSRule {
	return s3types.CORSRule{
		ID: r.ID, AllowedMethods: r.Methods, AllowedOrigins: r.Origins,
		AllowedHeaders: r.Headers, ExposeHeaders: r.Expose, MaxAgeSeconds: r.MaxAge,
	}
}

// asWritten reads the rules as they were written where servers differ in how
// they spell absence: an age of 0 and no age, an ID of the server's own and none.
func asWritten(written, read []corsRule) []corsRule {
	for i := range min(len(written), len(read)) {
		w, r := written[i], &read[i]
		if (r.MaxAge == nil || *r.MaxAge == 0) && (w.MaxAge == nil || *w.MaxAge == 0) {
			r.MaxAge = w.MaxAge
		}
		nameless := *r
		nameless.ID = nil
		if w.ID == nil && sameCORSRule(w, nameless) {
			*r = nameless
		}
	}
	return read
}

func sameCORSRule(a, b corsRule) bool {
	for _, sets := range [][2]*[]string{{&a.Methods, &b.Methods}, {&a.Origins, &b.Origins}, {&a.Headers, &b.Headers}, {&a.Expose, &b.Expose}} {
		*sets[0], *sets[1] = sorted(*sets[0]), sorted(*sets[1])
	}
	return reflect.DeepEqual(a, b)
}
