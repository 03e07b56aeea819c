package object

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// described is what the resource and the data source both tell of an object.
type described struct {
	tfkit.InBucket
	Key                types.String `tfsdk:"key"`
	ACL                types.String `tfsdk:"acl"`
	ContentType        types.String `tfsdk:"content_type"`
	CacheControl       types.String `tfsdk:"cache_control"`
	ContentDisposition types.String `tfsdk:"content_disposition"`
	ContentEncoding    types.String `tfsdk:"content_encoding"`
	ContentLanguage    types.String `tfsdk:"content_language"`
	Expires            types.String `tfsdk:"expires"`
	WebsiteRedirect    types.String `tfsdk:"website_redirect"`
	Metadata           types.Map    `tfsdk:"metadata"`
	ETag               types.String `tfsdk:"etag"`
	VersionID          types.String `tfsdk:"version_id"`
	Size               types.Int64  `tfsdk:"size"`
	ContentSHA256      types.String `tfsdk:"content_sha256"`
	LastModified       types.String `tfsdk:"last_modified"`
	URL                types.String `tfsdk:"url"`

	sse       customerKey // what it is encrypted with, as far as this operation knows
	encrypted bool        // as read
}

// description are the attributes of described. The computed ones without a
// plan modifier are planned in plan.go.
func description() map[string]schema.Attribute {
	header := func(description string, validators ...validator.String) schema.StringAttribute {
		a := tfkit.OptionalString(description)
		a.Validators = append(append(a.Validators, headerRule), validators...)
		return a
	}
	planned := func(description string) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	acl := tfkit.OptionalString("`private`: only keys may read the object; `public-read`: anybody may. The default is `private`. A bucket policy can open or close it regardless.", spaces.ACLPrivate, spaces.ACLPublicRead)
	acl.Computed, acl.Default = true, stringdefault.StaticString(spaces.ACLPrivate)
	contentType := header("Media type, such as `text/html; charset=utf-8`. The default follows from the key's extension, by a table of the provider's own, else from the first bytes.")
	contentType.Computed = true
	metadata := tfkit.OptionalMap("The object's own metadata, sent as `x-amz-meta-*` headers. Keys are in lower case, as Spaces returns them.")
	metadata.Validators = append(metadata.Validators, metadataRule{})
	return tfkit.WithBucket(map[string]schema.Attribute{
		"key": schema.StringAttribute{
			MarkdownDescription: "Name of the object in the bucket, up to 1,024 bytes. It is taken exactly as written: a slash at its beginning, or two in a row, are part of it. Changing it makes a new object.",
			Required:            true,
			Validators:          []validator.String{keyRule},
			PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
		},
		"acl":                 acl,
		"content_type":        contentType,
		"cache_control":       header("How browsers and the CDN may keep it, such as `public, max-age=3600`."),
		"content_disposition": header("How browsers present it, such as `attachment; filename=\"report.pdf\"`."),
		"content_encoding":    header("How the content is encoded already, such as `gzip`. Nothing is encoded by this."),
		"content_language":    header("Language of the content, such as `en`."),
		"expires":             header("When it is no longer fresh, as a time in RFC 3339 such as `2030-01-31T00:00:00Z`.", timeRule),
		"website_redirect":    header("Where the bucket's website sends visitors of this key: a path of the same site that begins with `/`, or a URL.", redirectRule),
		"metadata":            metadata,
		"etag":                planned("ETag, without quotes: the MD5 of the content, unless it was uploaded in parts or encrypted."),
		"version_id":          planned("ID of the version, in a versioned bucket."),
		"size":                schema.Int64Attribute{MarkdownDescription: "Size in bytes.", Computed: true},
		"content_sha256":      planned("SHA-256 of the content, in hexadecimal. It is null with `content_wo`, and when the content was changed outside Terraform."),
		"last_modified":       planned("When it was last written, in RFC 3339."),
		"url":                 tfkit.ComputedString("Address of the object. Reading it without a signature needs the ACL `public-read`, or a bucket policy."),
	})
}

// describe fills in all that a HEAD tells.
func (d *described) describe(ctx context.Context, cl *spaces.Clients, c *s3.Client, version *string) error {
	out, err := d.look(ctx, c, version)
	if err != nil {
		return err
	}
	d.encrypted = out.SSECustomerAlgorithm != nil
	if d.sse.key != nil && !d.encrypted {
		return spaces.Fail(spaces.Busy, "It was sent with a key to encrypt it with (SSE-C), but is read as not encrypted: reads lag behind, or this server does not encrypt.")
	}
	d.ETag = text(bare(out.ETag))
	d.VersionID = versionID(out.VersionId)
	d.Size = types.Int64Value(aws.ToInt64(out.ContentLength))
	d.LastModified = types.StringNull()
	if out.LastModified != nil {
		d.LastModified = types.StringValue(out.LastModified.UTC().Format(time.RFC3339))
	}
	d.ContentType = text(out.ContentType)
	d.CacheControl = text(out.CacheControl)
	d.ContentDisposition = text(out.ContentDisposition)
	d.ContentEncoding = text(out.ContentEncoding)
	d.ContentLanguage = text(out.ContentLanguage)
	d.WebsiteRedirect = text(out.WebsiteRedirectLocation)
	d.Expires = readExpires(d.Expires, aws.ToString(out.ExpiresString))
	d.Metadata = readMetadata(d.Metadata, out.Metadata)
	d.URL = types.StringValue(address(cl, d.Location(), d.Key.ValueString()))
	return nil
}

// look asks for an object's headers. The answer to a HEAD has no room for S3's
// own words, so a "not found" or "forbidden" is asked for once more in a
// request that has: a proxy's 404 must not empty a state.
func (d *described) look(ctx context.Context, c *s3.Client, version *string) (*s3.HeadObjectOutput, error) {
	in := &s3.HeadObjectInput{
		Bucket: d.Name(), Key: d.Key.ValueStringPointer(), VersionId: version,
		SSECustomerAlgorithm: d.sse.algorithm, SSECustomerKey: d.sse.key, SSECustomerKeyMD5: d.sse.md5,
	}
	out, err := c.HeadObject(ctx, in)
	if kind := spaces.KindOf(err); kind != spaces.NotFound && kind != spaces.Denied {
		return out, d.whyBadRequest(ctx, c, version, err)
	}
	if _, err := readACL(ctx, c, d, version); err != nil {
		return nil, err
	}
	// It has an ACL, so it is there: it was made just now, or may not be read.
	out, err = c.HeadObject(ctx, in)
	if spaces.KindOf(err) == spaces.NotFound {
		return nil, spaces.Fail(spaces.Busy, "The object has an ACL, yet HEAD says that there is none (404).")
	}
	return out, err
}

func readACL(ctx context.Context, c *s3.Client, d *described, version *string) (types.String, error) {
	out, err := c.GetObjectAcl(ctx, &s3.GetObjectAclInput{Bucket: d.Name(), Key: d.Key.ValueStringPointer(), VersionId: version})
	if err != nil {
		return types.StringNull(), err
	}
	return types.StringValue(spaces.CannedACL(out.Grants, out.Owner)), nil
}

// putACL changes nothing but the ACL.
func (d *described) putACL(ctx context.Context, cl *spaces.Clients) error {
	c, err := cl.S3(d.Location().Region)
	if err != nil {
		return err
	}
	_, err = c.PutObjectAcl(ctx, &s3.PutObjectAclInput{
		Bucket: d.Name(), Key: d.Key.ValueStringPointer(), ACL: s3types.ObjectCannedACL(d.ACL.ValueString()),
	})
	return err
}

// input is a PUT of all that is described, without a body.
func (d *described) input() (*s3.PutObjectInput, error) {
	in := &s3.PutObjectInput{
		Bucket: d.Name(), Key: d.Key.ValueStringPointer(),
		ContentType:             d.ContentType.ValueStringPointer(),
		CacheControl:            d.CacheControl.ValueStringPointer(),
		ContentDisposition:      d.ContentDisposition.ValueStringPointer(),
		ContentEncoding:         d.ContentEncoding.ValueStringPointer(),
		ContentLanguage:         d.ContentLanguage.ValueStringPointer(),
		WebsiteRedirectLocation: d.WebsiteRedirect.ValueStringPointer(),
		Metadata:                plain(d.Metadata),
		SSECustomerAlgorithm:    d.sse.algorithm, SSECustomerKey: d.sse.key, SSECustomerKeyMD5: d.sse.md5,
	}
	if !d.Expires.IsNull() {
		at, err := time.Parse(time.RFC3339, d.Expires.ValueString())
		if err != nil {
			return nil, fmt.Errorf("expires: %w", err)
		}
		in.Expires = &at
	}
	return in, nil
}

// text is a string whose absence is null.
func text(s *string) types.String { return tfkit.OrNull(aws.ToString(s)) }

// versionID is null for "null", the only version in a bucket that keeps none.
func versionID(id *string) types.String {
	if aws.ToString(id) == "null" {
		return types.StringNull()
	}
	return text(id)
}

// bare is an ETag without what HTTP puts around it.
func bare(etag *string) *string {
	return aws.String(strings.Trim(strings.TrimPrefix(aws.ToString(etag), "W/"), `"`))
}

// readExpires keeps the time as it was written while it means what is read. A
// header that is no time is shown as it is.
func readExpires(written types.String, header string) types.String {
	at, err := http.ParseTime(header)
	switch {
	case header == "":
		return types.StringNull()
	case err != nil:
		return types.StringValue(header)
	}
	read := types.StringValue(at.UTC().Format(time.RFC3339))
	if sameTime(written, read) {
		return written
	}
	return read
}

// sameTime says whether two times in RFC 3339 are the same second, which is as
// exact as HTTP is.
func sameTime(a, b types.String) bool {
	if a.Equal(b) {
		return true
	}
	x, errX := time.Parse(time.RFC3339, a.ValueString())
	y, errY := time.Parse(time.RFC3339, b.ValueString())
	return errors.Join(errX, errY) == nil && x.Truncate(time.Second).Equal(y.Truncate(time.Second))
}

// readMetadata keeps the keys as they were written where the server has changed
// underscores into dashes, as some releases of Ceph do.
func readMetadata(written types.Map, read map[string]string) types.Map {
	read = maps.Clone(read)
	for key, value := range plain(written) {
		dashed := strings.ReplaceAll(key, "_", "-")
		if _, found := read[key]; !found && read[dashed] == value && value != "" {
			delete(read, dashed)
			read[key] = value
		}
	}
	if len(read) == 0 {
		return types.MapNull(types.StringType)
	}
	return types.MapValueMust(types.StringType, mapOf(read))
}

func mapOf(all map[string]string) map[string]attr.Value {
	values := make(map[string]attr.Value, len(all))
	for key, value := range all {
		values[key] = types.StringValue(value)
	}
	return values
}

func plain(m types.Map) map[string]string {
	all := make(map[string]string, len(m.Elements()))
	for key, value := range m.Elements() {
		if s, ok := value.(types.String); ok {
			all[key] = s.ValueString()
		}
	}
	return all
}

// address is the URL of a key. It holds the bucket in the path where requests
// do so too.
func address(cl *spaces.Clients, at spaces.Location, key string) string {
	base := cl.Endpoint.URL(at.Region)
	if cl.PathStyle || strings.Contains(at.Bucket, ".") { // no certificate is for a dotted name
		return base + "/" + at.Bucket + "/" + escape(key)
	}
	scheme, _, _ := strings.Cut(base, "://")
	return scheme + "://" + cl.Endpoint.BucketHost(at) + "/" + escape(key)
}

// escape writes a key as a URL's path: all but letters, digits, and -._~/ as
// the hexadecimal numbers of its bytes.
func escape(key string) string {
	parts := strings.Split(key, "/")
	for i, part := range parts {
		parts[i] = strings.ReplaceAll(url.QueryEscape(part), "+", "%20")
	}
	return strings.Join(parts, "/")
}
