package function

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"
)

// ContentType is what spaces_object would detect by name. That is for package
// object to say, which this one does not know; "" means that the name says nothing.
func ContentType(detect func(name string) string) func() function.Function {
	return func() function.Function {
		return pure{
			"content_type",
			function.Definition{
				Summary: "Content type by the extension of a path",
				MarkdownDescription: "Returns the content type that `spaces_object` gives to an object by the extension of its key, for example `text/html; charset=utf-8` for `index.html`. " +
					"It is null when the extension says nothing; `spaces_object` goes by the first bytes of the content then. The table is the provider's own, so that every machine has the same answer.",
				Parameters: []function.Parameter{
					function.StringParameter{Name: "path", MarkdownDescription: "Path of a file or key of an object. It need not exist."},
				},
				Return: function.StringReturn{},
			},
			func(ctx context.Context, arguments function.ArgumentsData) (any, *function.FuncError) {
				var path string
				err := arguments.Get(ctx, &path)
				return orNull(detect(path)), err
			},
		}
	}
}

// orNull is nil for "", which is null.
func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
