package object

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	data "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

const aboutLinks = "A presigned URL: whoever has it may make one kind of request to one object, without a key, until it expires. Nothing is asked of Spaces to make it, so the object need not be there yet. " +
	"It allows no more than the key may that signed it, and ends with that key.\n\n" +
	"A link through the CDN is not cached, and an upload through it has at most 8,100 KiB (Spaces' limits)."

// PresignedURLDataSource makes links that are kept in the state.
func PresignedURLDataSource() datasource.DataSource {
	all := linkAttributes()
	all["signed_at"] = data.StringAttribute{
		MarkdownDescription: "When it is signed, in RFC 3339; its lifetime begins then. Without it every plan makes another link, signed now. With it the link stays the same, for example with the `rfc3339` of a `time_rotating`.",
		Optional:            true, Computed: true, Validators: []validator.String{timeRule},
	}
	attributes := make(map[string]data.Attribute, len(all))
	for name, a := range all {
		attributes[name] = a
	}
	return &linkData{tfkit.NewDataSource(tfkit.DataSourceSpec[datedLink]{
		Name:   "presigned_url",
		Schema: data.Schema{MarkdownDescription: aboutLinks + "\n\nThe link is kept in the state. The ephemeral resource of the same name keeps it nowhere.", Attributes: attributes},
		Read:   readLink,
	})}
}

// PresignedURLEphemeral makes links that are kept nowhere.
func PresignedURLEphemeral() ephemeral.EphemeralResource {
	attributes := map[string]schema.Attribute{}
	for name, a := range linkAttributes() {
		attributes[name] = schema.StringAttribute(a)
	}
	return &linkEphemeral{tfkit.NewEphemeral(tfkit.EphemeralSpec[linkModel]{
		Name:   "presigned_url",
		Schema: schema.Schema{MarkdownDescription: aboutLinks + "\n\nThe link is in no state and no plan; it is signed anew for each.", Attributes: attributes},
		Open: func(ctx context.Context, cl *spaces.Clients, m *linkModel) (string, error) {
			return "", m.sign(ctx, cl, time.Now())
		},
	})}
}

// linkData and linkEphemeral add to the common lifecycles what is validated of
// a link as a whole.
type (
	linkData      struct{ *tfkit.DataSource[datedLink] }
	linkEphemeral struct{ *tfkit.Ephemeral[linkModel] }
)

type linkModel struct {
	tfkit.InBucket
	Key                types.String `tfsdk:"key"`
	Method             types.String `tfsdk:"method"`
	ExpiresIn          types.String `tfsdk:"expires_in"`
	VersionID          types.String `tfsdk:"version_id"`
	ContentType        types.String `tfsdk:"content_type"`
	CacheControl       types.String `tfsdk:"response_cache_control"`
	ContentDisposition types.String `tfsdk:"response_content_disposition"`
	ContentEncoding    types.String `tfsdk:"response_content_encoding"`
	ContentLanguage    types.String `tfsdk:"response_content_language"`
	ResponseType       types.String `tfsdk:"response_content_type"`
	Expires            types.String `tfsdk:"response_expires"`
	Host               types.String `tfsdk:"host"`
	URL                types.String `tfsdk:"url"`
	ExpiresAt          types.String `tfsdk:"expires_at"`
}

type datedLink struct {
	linkModel
	SignedAt types.String `tfsdk:"signed_at"`
}

// responses are the attributes that override a header of the answer, by the
// name that S3's query has for each.
var responses = map[string]func(*linkModel) types.String{
	"response_cache_control":       func(m *linkModel) types.String { return m.CacheControl },
	"response_content_disposition": func(m *linkModel) types.String { return m.ContentDisposition },
	"response_content_encoding":    func(m *linkModel) types.String { return m.ContentEncoding },
	"response_content_language":    func(m *linkModel) types.String { return m.ContentLanguage },
	"response_content_type":        func(m *linkModel) types.String { return m.ResponseType },
	"response_expires":             func(m *linkModel) types.String { return m.Expires },
}

// linkAttributes are those of both kinds.
func linkAttributes() map[string]data.StringAttribute {
	optional := func(description string, rules ...validator.String) data.StringAttribute {
		return data.StringAttribute{MarkdownDescription: description, Optional: true, Validators: append(rules, tfkit.NotEmpty())}
	}
	all := map[string]data.StringAttribute{
		"region": optional("Region of the bucket, for example `nyc3`. The default is the provider's `region`.", tfkit.RegionRule),
		"bucket": {MarkdownDescription: "Name of the bucket.", Required: true, Validators: []validator.String{tfkit.BucketRule}},
		"key":    {MarkdownDescription: "Name of the object in the bucket.", Required: true, Validators: []validator.String{keyRule}},
		"method": optional("What the link allows: `GET`, `HEAD`, `PUT` (an upload of at most 5 GiB) or `DELETE`. The default is `GET`.",
			stringvalidator.OneOf(http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete)),
		"expires_in": optional("How long the link lives: a number of seconds, or a duration such as `\"15m\"` or `\"168h\"`. At most seven days. The default is one hour.", lifetimeRule),
		"version_id": optional("Version that the link is for, in a versioned bucket. The default is whichever is current when the link is used."),
		"content_type": optional("For `PUT`: the media type that the upload has to declare, in its header `Content-Type`. Without it any may be declared.",
			headerRule),
		"host": optional("Host name, with a port where there is one, that takes the place of the bucket's in the link: a CDN endpoint's, or its custom domain. The link is signed for the bucket's own name, under which a CDN asks for it.",
			hostRule),
		"url":        {MarkdownDescription: "The link.", Computed: true, Sensitive: true},
		"expires_at": {MarkdownDescription: "When the link ends, in RFC 3339.", Computed: true},
	}
	region := all["region"]
	region.Computed = true
	all["region"] = region
	for name := range responses {
		header := strings.ReplaceAll(strings.TrimPrefix(name, "response_"), "_", "-")
		all[name] = optional(fmt.Sprintf("For `GET` and `HEAD`: the answer has this in its header `%s`.", http.CanonicalHeaderKey(header)), headerRule)
	}
	return all
}

const (
	defaultLifetime = time.Hour
	maxLifetime     = 7 * 24 * time.Hour // signature version 4
)

var lifetimeRule = tfkit.Rule{
	Title: "Not a lifetime", Wants: "must be a number of seconds or a duration such as 15m, up to 168h",
	Wrong: func(value string) string {
		switch d, err := lifetime(value); {
		case err != nil:
			return fmt.Sprintf("%q is no number of seconds, such as 900, and no duration, such as 15m or 24h.", value)
		case d < time.Second || d > maxLifetime || d%time.Second != 0:
			return fmt.Sprintf("%q has to be whole seconds, at least one, and at most seven days (604800, or 168h).", value)
		}
		return ""
	},
}

func lifetime(value string) (time.Duration, error) {
	if seconds, err := strconv.ParseInt(value, 10, 32); err == nil {
		return time.Duration(seconds) * time.Second, nil
	}
	return time.ParseDuration(value)
}

var hostRule = tfkit.Rule{
	Title: "Not a host name", Wants: "must be a host name, such as assets.example.com",
	Wrong: func(value string) string {
		if u, err := url.Parse("https://" + value + "/"); err != nil || u.Host != value || u.Hostname() == "" {
			return fmt.Sprintf("%q is to be a host name alone, such as assets.example.com or spaces_cdn.example.endpoint, without a scheme or a path.", value)
		}
		return ""
	},
}

// ValidateConfig refuses what the link's method has no use for.
func (linkData) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var m datedLink
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if at, wrong := m.useless(); wrong != "" {
		resp.Diagnostics.AddAttributeError(path.Root(at), "Not for this method", wrong)
	}
}

// ValidateConfig refuses what the link's method has no use for.
func (linkEphemeral) ValidateConfig(ctx context.Context, req ephemeral.ValidateConfigRequest, resp *ephemeral.ValidateConfigResponse) {
	var m linkModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if at, wrong := m.useless(); wrong != "" {
		resp.Diagnostics.AddAttributeError(path.Root(at), "Not for this method", wrong)
	}
}

// useless is an argument that the method has no use for, and why.
func (m *linkModel) useless() (attribute, why string) {
	if m.Method.IsUnknown() {
		return "", ""
	}
	given := func(v types.String) bool { return !v.IsNull() && !v.IsUnknown() }
	switch method := m.method(); method {
	case http.MethodGet, http.MethodHead:
		if given(m.ContentType) {
			return "content_type", fmt.Sprintf("content_type is what an upload has to declare, and the method is %s. What the answer declares is response_content_type.", method)
		}
	default:
		for _, name := range slices.Sorted(maps.Keys(responses)) {
			if given(responses[name](m)) {
				return name, fmt.Sprintf("%s is for links that read, with the method GET or HEAD; here it is %s.", name, method)
			}
		}
		if method == http.MethodPut && given(m.VersionID) {
			return "version_id", "version_id is of a version that is there, and the method is PUT: an upload makes a new one."
		}
		if method == http.MethodDelete && given(m.ContentType) {
			return "content_type", "content_type is what an upload has to declare, and the method is DELETE."
		}
	}
	return "", ""
}

func (m *linkModel) method() string {
	if m.Method.IsNull() {
		return http.MethodGet
	}
	return m.Method.ValueString()
}

// sign makes the link as of a time.
func (m *linkModel) sign(ctx context.Context, cl *spaces.Clients, at time.Time) error {
	l := link{
		at: m.Location(), key: m.Key.ValueString(), method: m.method(), query: url.Values{}, header: http.Header{},
		signedAt: at.UTC().Truncate(time.Second), lifetime: defaultLifetime, host: m.Host.ValueString(),
	}
	var err error
	if !m.ExpiresIn.IsNull() {
		if l.lifetime, err = lifetime(m.ExpiresIn.ValueString()); err != nil {
			return fmt.Errorf("expires_in: %w", err)
		}
	}
	for name, of := range responses {
		if !of(m).IsNull() {
			l.query.Set(strings.ReplaceAll(name, "_", "-"), of(m).ValueString())
		}
	}
	if !m.VersionID.IsNull() {
		l.query.Set("versionId", m.VersionID.ValueString())
	}
	if !m.ContentType.IsNull() {
		l.header.Set("Content-Type", m.ContentType.ValueString())
	}
	signed, err := l.sign(ctx, cl)
	if err != nil {
		return err
	}
	m.URL, m.ExpiresAt = types.StringValue(signed), types.StringValue(l.signedAt.Add(l.lifetime).Format(time.RFC3339))
	return nil
}

func readLink(ctx context.Context, cl *spaces.Clients, m *datedLink) error {
	at := time.Now()
	if m.SignedAt.IsNull() {
		m.SignedAt = types.StringValue(at.UTC().Format(time.RFC3339))
	} else {
		var err error
		if at, err = time.Parse(time.RFC3339, m.SignedAt.ValueString()); err != nil {
			return fmt.Errorf("signed_at: %w", err)
		}
	}
	if err := m.sign(ctx, cl, at); err != nil {
		return err
	}
	if m.ExpiresAt.ValueString() < time.Now().UTC().Format(time.RFC3339) { // both in UTC: as strings they are in order
		tfkit.Warn(ctx, "The presigned URL has expired", fmt.Sprintf("The link to %s/%s ended at %s. Set a later signed_at, or a longer expires_in.", m.Location().Bucket, m.Key.ValueString(), m.ExpiresAt.ValueString()))
	}
	return nil
}
