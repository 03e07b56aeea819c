package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	framework "github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/do-spaces/terraform-provider-spaces/internal/accesskey"
	"github.com/do-spaces/terraform-provider-spaces/internal/bucket"
	"github.com/do-spaces/terraform-provider-spaces/internal/cdn"
	"github.com/do-spaces/terraform-provider-spaces/internal/certificate"
	"github.com/do-spaces/terraform-provider-spaces/internal/function"
	"github.com/do-spaces/terraform-provider-spaces/internal/object"
)

// The table of contents: every entity the provider has.

var resources = []func() resource.Resource{
	accesskey.Resource,
	bucket.Resource,
	bucket.ACL.Resource,
	bucket.CORS.Resource,
	bucket.Lifecycle.Resource,
	bucket.Logging.Resource,
	bucket.Policy.Resource,
	bucket.Versioning.Resource,
	bucket.Website.Resource,
	cdn.FlushResource,
	cdn.Resource,
	certificate.Resource,
	object.DirectoryResource,
	object.Resource,
	object.CopyResource,
}

var dataSources = []func() datasource.DataSource{
	accesskey.DataSource,
	accesskey.ListDataSource,
	bucket.DataSource,
	bucket.ListDataSource,
	bucket.ACL.DataSource,
	bucket.CORS.DataSource,
	bucket.Lifecycle.DataSource,
	bucket.Logging.DataSource,
	bucket.Policy.DataSource,
	bucket.PolicyDocument,
	bucket.Versioning.DataSource,
	bucket.Website.DataSource,
	cdn.DataSource,
	cdn.ListDataSource,
	certificate.DataSource,
	object.DataSource,
	object.ListDataSource,
	object.PresignedURLDataSource,
}

var ephemeralResources = []func() ephemeral.EphemeralResource{
	accesskey.Ephemeral,
	object.Ephemeral,
	object.PresignedURLEphemeral,
}

var actions = []func() action.Action{
	bucket.EmptyAction,
	object.TransferAction,
	cdn.FlushAction,
}

var functions = []func() framework.Function{
	function.AWSConfig,
	function.BackendConfig,
	function.BucketARN,
	function.BucketHost,
	function.BucketURN,
	function.CDNHost,
	function.ContentType(object.ContentType),
	function.CyberduckBookmark,
	function.ParseURL,
	function.RcloneConfig,
	function.S3cmdConfig,
	function.TransmitSettings,
	function.WebsiteHost,
}
