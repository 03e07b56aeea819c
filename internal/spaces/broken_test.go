package spaces_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// brokenOff is an answer that ends before it is whole.
func brokenOff(status int, part string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Length", "5000")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, part)
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
		panic(http.ErrAbortHandler)
	}
}

func deleteTwo(t *testing.T, c *s3.Client) error {
	t.Helper()
	a, b, bucket := "a", "b", "bucket"
	_, err := c.DeleteObjects(t.Context(), &s3.DeleteObjectsInput{
		Bucket: &bucket, Delete: &types.Delete{Objects: []types.ObjectIdentifier{{Key: &a}, {Key: &b}}},
	})
	return err
}

func TestAnswerBrokenOffIsRetried(t *testing.T) {
	t.Parallel()
	for name, part := range map[string]string{
		"before its body": "",
		"in its body":     `<?xml version="1.0" encoding="UTF-8"?><DeleteResult><Deleted><Key>a</Ke`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first := true
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if first {
					first = false
					brokenOff(http.StatusOK, part)(w, r)
				}
				_, _ = io.Copy(io.Discard, r.Body)
				_, _ = io.WriteString(w, `<DeleteResult></DeleteResult>`)
			})
			if err := deleteTwo(t, s.s3()); err != nil {
				t.Fatal(err)
			}
			if n := len(s.requests()); n != 2 {
				t.Errorf("%d requests, want 2", n)
			}
		})
	}
}

func TestAnswerBrokenOffIsNamed(t *testing.T) {
	t.Parallel()
	s := serve(t, brokenOff(http.StatusOK, "<DeleteResult>"))
	err := deleteTwo(t, s.s3(noRetries))
	mustBe(t, err, spaces.Unreachable)
	if text := spaces.Text(err); !strings.Contains(text, "answer broke off") {
		t.Errorf("the text is %q", text)
	}
}
