package object

import (
	"context"
	"crypto/md5" //nolint:gosec // what SSE-C compares keys with
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// customerKey is a key of the customer's, which Spaces encrypts an object with
// and does not keep (SSE-C). The zero value is no key.
type customerKey struct {
	algorithm, key, md5 *string // as they are sent
}

const customerKeySize = 32 // bytes; AES-256 is all there is

func newCustomerKey(encoded string) (customerKey, error) {
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(raw) != customerKeySize {
		return customerKey{}, spaces.Fail(spaces.Other, "customer_key_wo: %s", wrongCustomerKey(encoded))
	}
	sum := md5.Sum(raw) //nolint:gosec // see the import
	return customerKey{
		algorithm: aws.String("AES256"),
		key:       aws.String(base64.StdEncoding.EncodeToString(raw)), // without line breaks
		md5:       aws.String(base64.StdEncoding.EncodeToString(sum[:])),
	}, nil
}

// customerKeyRule says nothing of the key itself.
var customerKeyRule = tfkit.Rule{
	Title: "Not a key for SSE-C", Wants: "must be 32 bytes in base64",
	Wrong: wrongCustomerKey,
}

func wrongCustomerKey(encoded string) string {
	const rule = "SSE-C takes a key of 32 bytes in base64, which are 44 characters, as random_bytes makes it or openssl rand -base64 32. "
	raw, err := base64.StdEncoding.DecodeString(encoded)
	switch {
	case err == nil && len(raw) == customerKeySize:
		return ""
	case len(encoded) == customerKeySize:
		return rule + "This one has 32 characters. If they are the key itself, give it as base64encode(...)."
	case err != nil:
		return rule + "This one is not base64."
	}
	return rule + fmt.Sprintf("This one is base64 of %d bytes.", len(raw))
}

// takeKey reads the key of the configuration, for this operation alone.
func (m *model) takeKey(ctx context.Context) error {
	given, err := tfkit.WriteOnly(ctx, "customer_key_wo")
	switch {
	case err != nil:
		return err
	case given.IsNull() != m.CustomerKeyWOVersion.IsNull():
		return spaces.Fail(spaces.Other, "Only one of customer_key_wo and customer_key_wo_version has a value, and they go together: the other one was not known until now, and turned out to be null.")
	case given.IsNull():
		return nil
	}
	m.sse, err = newCustomerKey(given.ValueString())
	return err
}

// errEncrypted is all that can be known of an object without its key.
var errEncrypted = spaces.Fail(spaces.Other, "The object is encrypted with a key of the customer's (SSE-C). Spaces tells neither its headers nor its content without that key, and only the resource spaces_object can send it, while applying.")

// whyBadRequest asks again, in a request whose answer has room for words, why a
// HEAD was answered 400. Without a key that is most often because it takes one.
func (d *described) whyBadRequest(ctx context.Context, c *s3.Client, version *string, head error) error {
	var answer *smithyhttp.ResponseError
	if !errors.As(head, &answer) || answer.HTTPStatusCode() != http.StatusBadRequest || d.sse.key != nil {
		return head
	}
	out, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: d.Name(), Key: d.Key.ValueStringPointer(), VersionId: version, Range: aws.String("bytes=0-0")})
	switch {
	case err == nil:
		_ = out.Body.Close()
		return head
	case hasCode(err, "InvalidRequest"), hasCode(err, "InvalidArgument") && version == nil: // the latter is Ceph's, and of a wrong version ID
		return errEncrypted
	}
	return err
}

// readLocked refreshes an object that is encrypted, without its key: whether it
// is there, and its ACL.
func (m *model) readLocked(ctx context.Context, cl *spaces.Clients, c *s3.Client) error {
	acl, err := readACL(ctx, c, &m.described, nil)
	switch {
	case err != nil:
		return err
	case m.Size.IsNull():
		return fmt.Errorf("%w So it cannot be imported. Leave the import out: with customer_key_wo and its content in the configuration, applying uploads it anew, in its place", errEncrypted)
	case m.CustomerKeyWOVersion.IsNull(): // somebody else has put it there
		m.ETag, m.ContentSHA256, m.ContentWOVersion = types.StringNull(), types.StringNull(), types.Int64Null()
	default:
		m.warnLocked(ctx, cl)
	}
	m.ACL = acl
	return nil
}

// lockedTold has the clients, and so the runs, in which it was said.
var lockedTold sync.Map

func (m *model) warnLocked(ctx context.Context, cl *spaces.Clients) {
	if _, told := lockedTold.LoadOrStore(cl, true); told {
		return
	}
	tfkit.Warn(ctx, "Encrypted objects are refreshed in part", fmt.Sprintf("The object %s/%s is encrypted with a key of the customer's (SSE-C), without which Spaces tells neither its headers nor its ETag, and Terraform has no write-only arguments while it refreshes. "+
		"That the object is there, and its ACL, were checked; all else in the state is kept as it was applied. The same goes for every other object with customer_key_wo, and is said once a run.", m.Bucket.ValueString(), m.Key.ValueString()))
}

// keyInClear says whether keys would travel unencrypted to another machine.
func keyInClear(endpoint string) bool {
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "http" {
		return false
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	return host != "localhost" && !strings.HasSuffix(host, ".localhost") && (ip == nil || !ip.IsLoopback())
}
