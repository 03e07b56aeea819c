package object_test

import (
	"context"
	"crypto/md5" //nolint:gosec // what SSE-C compares keys with
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
)

// sparse is a file that takes little room on the disk: every 4 MiB of it begin
// with a number of their own, all else is zero.
func sparse(t *testing.T, size int64) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "large.bin")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(size); err != nil {
		t.Fatal(err)
	}
	for at := int64(0); at+8 < size; at += 4 << 20 {
		if _, err := f.WriteAt(binary.BigEndian.AppendUint64(nil, uint64(at+1)), at); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func readSum(r io.Reader) (string, error) {
	sum := sha256.New()
	_, err := io.Copy(sum, r)
	return hex.EncodeToString(sum.Sum(nil)), err
}

func sumOf(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := readSum(f)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func md5InBase64(inBase64 string) string {
	raw, _ := base64.StdEncoding.DecodeString(inBase64)
	s := md5.Sum(raw) //nolint:gosec // see the import
	return base64.StdEncoding.EncodeToString(s[:])
}

// putInParts uploads a file behind Terraform's back, in parts of a size.
func putInParts(e *acctest.Env, path string, part int64) func() {
	return e.Behind(func(ctx context.Context, c *s3.Client) error {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return err
		}
		key := aws.String("large.bin")
		up, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &e.Name, Key: key, ContentType: aws.String("application/octet-stream")})
		if err != nil {
			return err
		}
		var parts []s3types.CompletedPart
		for at := int64(0); at < info.Size(); at += part {
			number := aws.Int32(int32(len(parts) + 1))
			out, err := c.UploadPart(ctx, &s3.UploadPartInput{
				Bucket: &e.Name, Key: key, UploadId: up.UploadId, PartNumber: number,
				Body: io.NewSectionReader(f, at, min(part, info.Size()-at)),
			})
			if err != nil {
				return err
			}
			parts = append(parts, s3types.CompletedPart{PartNumber: number, ETag: out.ETag})
		}
		_, err = c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
			Bucket: &e.Name, Key: key, UploadId: up.UploadId, MultipartUpload: &s3types.CompletedMultipartUpload{Parts: parts},
		})
		return err
	})
}

// An object in parts is compared by its content, whatever the parts are.
func TestAccObject_inParts(t *testing.T) {
	const size = 70<<20 + 1
	e := acctest.New(t)
	path := sparse(t, size)
	hcl := config(e, fmt.Sprintf("key = \"large.bin\"\n source = %q\n acl = \"public-read\"\n metadata = { a = \"b\" }", path))
	same := config(e, fmt.Sprintf("key = \"large.bin\"\n source = %q", path))
	e.Steps(
		expect(hcl, plancheck.ResourceActionCreate, append(is(map[string]string{
			"content_sha256": sumOf(t, path), "acl": "public-read", "content_type": "application/octet-stream",
		}), statecheck.ExpectKnownValue(addr, tfjsonpath.New("size"), knownvalue.Int64Exact(size)))...),
		noChange(hcl),
		expect(same, plancheck.ResourceActionUpdate), // back to the headers that are put below
		// Uploaded once more with another tool, in other parts, and in one.
		after(putInParts(e, path, 8<<20), noChange(same)),
		resource.TestStep{RefreshState: true},
		after(putInParts(e, path, 100<<20), noChange(same)),
		// Changed, with the same size and number of parts.
		after(func() {
			other := sparse(t, size)
			f, err := os.OpenFile(other, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.WriteAt([]byte("!"), size-1); err != nil {
				t.Fatal(err)
			}
			f.Close()
			putInParts(e, other, 16<<20)()
		}, expect(same, plancheck.ResourceActionUpdate, is(map[string]string{"content_sha256": sumOf(t, path)})...)),
		noChange(same),
	)
}

// An object that somebody uploaded in parts is taken over without sending it.
func TestAccObject_importInParts(t *testing.T) {
	e := acctest.New(t)
	path := sparse(t, 20<<20)
	bucket := e.Config(bucketConfig)
	hcl := bucket + fmt.Sprintf(`
import {
  to = spaces_object.test
  id = "%s/${var.name}/large.bin"
}
resource "spaces_object" "test" {
  bucket = spaces_bucket.test.name
  key    = "large.bin"
  source = %q
}
`, e.Region(), path)
	unsent := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
		plancheck.ExpectResourceAction(addr, plancheck.ResourceActionUpdate),
		plancheck.ExpectKnownValue(addr, tfjsonpath.New("etag"), knownvalue.NotNull()),
		plancheck.ExpectKnownValue(addr, tfjsonpath.New("content_sha256"), knownvalue.StringExact(sumOf(t, path))),
	}}
	e.Steps(
		resource.TestStep{Config: bucket},
		after(putInParts(e, path, 15<<20), resource.TestStep{Config: hcl, ConfigPlanChecks: unsent}), // as s3cmd does
		noChange(hcl),
	)
}
