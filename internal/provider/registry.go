package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	framework "github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/do-spaces/terraform-provider-spaces/internal/bucket"
	"github.com/do-spaces/terraform-provider-spaces/internal/function"
	"github.com/do-spaces/terraform-provider-spaces/internal/object"
)

// The table of contents: every entity the provider has.

var resources = []func() resource.Resource{
	bucket.Resource,
	bucket.ACL.Resource,
	bucket.CORS.Resource,
	bucket.Lifecycle.Resource,
	bucket.Logging.Resource,
	bucket.Policy.Resource,
	bucket.Versioning.Resource,
	bucket.Website.Resource,
	object.Resource,
}

var dataSources = []func() datasource.DataSource{
	bucket.DataSource,
	bucket.ListDataSource,
	bucket.ACL.DataSource,
	bucket.CORS.DataSource,
	bucket.Lifecycle.DataSource,
	bucket.Logging.DataSource,
	bucket.Policy.DataSource,
	bucket.Versioning.DataSource,
	bucket.Website.DataSource,
	object.DataSource,
	object.ListDataSource,
	object.PresignedURLDataSource,
}

var ephemeralResources = []func() ephemeral.EphemeralResource{
	object.Ephemeral,
	object.PresignedURLEphemeral,
}

var actions = []func() action.Action{}

var functions = []func() framework.Function{
	function.AWSConfig,
	function.BackendConfig,
	function.BucketARN,
	function.BucketHost,
	function.BucketURN,
	function.CDNHost,
	function.ContentType(object.ContentType),
	function.ParseURL,
	function.RcloneConfig,
	function.S3cmdConfig,
	function.WebsiteHost,
}
