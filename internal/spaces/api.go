package spaces

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/digitalocean/godo"
)

// What godo leaves to its callers, once for all entities of DigitalOcean's API.

// longestPage is the largest page that the API gives.
const longestPage = 200

// Pages are the items of all pages that one of godo's List functions gets. An
// error ends them. godo's IsLastPage is not asked: it panics when an answer has
// no links, and takes one without pages for the last. What ends a list is that
// as many items have come as the answer counts, or an empty page.
func Pages[T any](ctx context.Context, list func(context.Context, *godo.ListOptions) ([]T, *godo.Response, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for page, seen := 1, 0; ; page++ {
			items, resp, err := list(ctx, &godo.ListOptions{Page: page, PerPage: longestPage})
			if err != nil {
				var none T
				yield(none, readable(err))
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			seen += len(items)
			if len(items) == 0 || last(resp, seen, len(items)) {
				return
			}
		}
	}
}

// last says whether a page ends the list.
func last(resp *godo.Response, seen, here int) bool {
	switch {
	case resp != nil && resp.Links != nil && resp.Links.Pages != nil && resp.Links.Pages.Next != "":
		return false
	case resp != nil && resp.Meta != nil:
		return seen >= resp.Meta.Total
	}
	return here < longestPage
}

// One guards what a function of godo's returns: nil without an error, when the
// answer has another shape than godo expects, becomes an error.
func One[T any](item *T, _ *godo.Response, err error) (*T, error) {
	if err != nil {
		return nil, readable(err)
	}
	if item == nil {
		return nil, errShape
	}
	return item, nil
}

var errShape = Fail(Other, "DigitalOcean's API answered with success, but not with what was asked for. Check api_endpoint (or DIGITALOCEAN_API_URL), and whether something between here and there changes answers.")

// OtherShape says whether an error is One's, for an answer without the item.
func OtherShape(err error) bool { return errors.Is(err, errShape) }

// readable says of an answer that is no JSON, or only half of one, what it is.
func readable(err error) error {
	var (
		syntax *json.SyntaxError
		shape  *json.UnmarshalTypeError
		sent   *url.Error
	)
	if errors.As(err, &sent) {
		return err // no answer came
	}
	if errors.As(err, &syntax) || errors.As(err, &shape) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) && !unsent(err) {
		return fmt.Errorf("DigitalOcean's API answered with success, but its answer cannot be read, so it may be cut off or somebody else's; check api_endpoint (or DIGITALOCEAN_API_URL): %w", err)
	}
	return err
}

// Doubtful says whether a request that failed may have been carried out all
// the same: it was sent, and no answer refused it. What makes something, such
// as an access key, has to look for it then before it is sent again.
func Doubtful(err error) bool {
	var (
		api  *godo.ErrorResponse
		arg  *godo.ArgError
		dial *net.OpError
		ours *kindError
	)
	switch {
	case OtherShape(err):
		return true
	case err == nil, errors.As(err, &ours), errors.As(err, &arg), Hopeless(err), errors.As(err, &dial) && dial.Op == "dial":
		return false
	case errors.As(err, &api) && api.Response != nil:
		return api.Response.StatusCode >= 500 || api.Response.StatusCode == http.StatusRequestTimeout
	}
	return true
}

// CheckAPIID refuses what cannot be an ID of the API's, such as one of an
// import. godo puts IDs into paths as they are, and "../.." leads elsewhere.
func CheckAPIID(what, id string) error {
	if apiID.MatchString(id) {
		return nil
	}
	return Fail(Other, "%q cannot be %s: these have letters, digits, dashes and underscores only.", id, what)
}

var apiID = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// scopes are those that a token needs for a call, by path and method. PATCH is
// as PUT.
var scopes = map[string]map[string]string{
	"/v2/spaces/keys": {
		http.MethodGet: "spaces_key:read", http.MethodPost: "spaces_key:create_credentials",
		http.MethodPut: "spaces_key:update", http.MethodDelete: "spaces_key:delete",
	},
	"/v2/cdn/endpoints": {
		http.MethodGet: "cdn:read", http.MethodPost: "cdn:create",
		http.MethodPut: "cdn:update", http.MethodDelete: "cdn:delete", // purging too
	},
	"/v2/certificates": {
		http.MethodGet: "certificate:read", http.MethodPost: "certificate:create",
		http.MethodDelete: "certificate:delete",
	},
}

// scopeFor is the scope that a token needs for a request, or "".
func scopeFor(r *http.Request) string {
	method := r.Method
	if method == http.MethodPatch {
		method = http.MethodPut
	}
	for path, byMethod := range scopes {
		if _, rest, found := strings.Cut(r.URL.Path, path); found && (rest == "" || rest[0] == '/') {
			return byMethod[method]
		}
	}
	return ""
}
