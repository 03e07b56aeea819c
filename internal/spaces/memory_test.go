package spaces_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

// Emptying a bucket of 150,000 keys takes no more memory than one of 15,000:
// were the keys kept, it would be some 100 MiB more. It is not parallel to
// others, whose memory would be counted too.
func TestEmptyNeedsTheSameMemoryForAnyBucket(t *testing.T) {
	const pages, long = 150, 600
	filler := strings.Repeat("k", long)
	var early, late atomic.Uint64
	live := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	listed := 0
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPost:
			_, _ = io.Copy(io.Discard, r.Body)
			_, _ = io.WriteString(w, "<DeleteResult></DeleteResult>")
		case r.URL.Query().Has("uploads"):
			_, _ = io.WriteString(w, "<ListMultipartUploadsResult></ListMultipartUploadsResult>")
		default: // one page of versions after the other, never two at once
			listed++
			switch listed {
			case pages / 10:
				early.Store(live())
			case pages:
				late.Store(live())
			}
			_, _ = io.WriteString(w, "<ListVersionsResult>")
			last := ""
			for i := range 1000 {
				last = fmt.Sprintf("%s%08d", filler, listed*1000+i)
				_, _ = fmt.Fprintf(w, "<Version><Key>%s</Key><VersionId>v</VersionId><IsLatest>true</IsLatest></Version>", last)
			}
			_, _ = fmt.Fprintf(w, "<NextKeyMarker>%s</NextKeyMarker><NextVersionIdMarker>v</NextVersionIdMarker><IsTruncated>%t</IsTruncated></ListVersionsResult>", last, listed < pages)
		}
	}))
	defer web.Close()
	c := s3Of(t, spaces.New(config(t, web.URL)))
	if err := spaces.Empty(t.Context(), c, "bucket"); err != nil {
		t.Fatal(err)
	}
	const slack = 40 << 20 // batches in flight, and what other tests hold
	if late.Load() > early.Load()+slack {
		t.Errorf("%d MiB are in use after %d pages, %d MiB were after %d", late.Load()>>20, pages, early.Load()>>20, pages/10)
	}
}
