package object

import (
	"crypto/md5" //nolint:gosec // what S3 compares bodies with
	"encoding/hex"
	"fmt"
	"slices"
	"testing"
)

func TestPartSize(t *testing.T) {
	const mib, gib, tib = 1 << 20, 1 << 30, 1 << 40
	for _, test := range []struct{ size, part, parts int64 }{
		{0, 16 * mib, 1},
		{1, 16 * mib, 1},
		{16 * mib, 16 * mib, 1},
		{16*mib + 1, 16 * mib, 2},
		{64*mib + 1, 16 * mib, 5},
		{10 * gib, 16 * mib, 640},
		{160_000 * mib, 16 * mib, 10_000}, // the most that the usual parts can hold
		{160_000*mib + 1, 17 * mib, 9412},
		{1 * tib, 105 * mib, 9987},
		{5 * tib, 525 * mib, 9987},
	} {
		part := partSize(test.size)
		if parts := countParts(test.size, part); part != test.part || parts != test.parts {
			t.Errorf("%d bytes: %d parts of %d, want %d of %d", test.size, parts, part, test.parts, test.part)
		}
	}
	// The limits of S3 hold all the way, and the parts make up the whole.
	for size := int64(1); size <= maxObject; size += size/7 + 1 {
		for _, size := range []int64{size, size + 1, size / mib * mib} {
			part := partSize(size)
			parts := countParts(size, part)
			last := size - (parts-1)*part
			if part < minPart || part > maxPut || parts > maxParts || last < 0 || last > part {
				t.Errorf("%d bytes: %d parts of %d, the last of %d", size, parts, part, last)
			}
		}
	}
}

func TestETagHash(t *testing.T) {
	content := []byte("0123456789")
	sum := func(b ...byte) []byte { s := md5.Sum(b); return s[:] } //nolint:gosec // as above
	var sums []byte
	for _, part := range []string{"0123", "4567", "89"} {
		sums = append(sums, sum([]byte(part)...)...)
	}
	whole := sum(sum(content...)...)
	for part, want := range map[int64]string{
		4:  hex.EncodeToString(sum(sums...)) + "-3",
		10: hex.EncodeToString(whole) + "-1",
		99: hex.EncodeToString(whole) + "-1",
	} {
		for _, step := range []int{1, 3, 4, 10} { // however it is written
			h := newETagHash(part)
			for chunk := range slices.Chunk(content, step) {
				if n, err := h.Write(chunk); n != len(chunk) || err != nil {
					t.Fatal(n, err)
				}
			}
			if got := h.etag(); got != want {
				t.Errorf("parts of %d, written by %d: %s, want %s", part, step, got, want)
			}
		}
	}
	if got, want := newETagHash(4).etag(), hex.EncodeToString(sum(sum()...))+"-1"; got != want {
		t.Errorf("empty: %s, want %s", got, want)
	}
}

func TestPartSizesOf(t *testing.T) {
	const mib = 1 << 20
	for _, test := range []struct {
		etag string
		size int64
		want []int64 // among others
		most int
	}{
		{md5A, 10, nil, 0},
		{"", 10, nil, 0},
		{md5A + "-0", 10, nil, 0},
		{md5A + "-99999999", 10, nil, 0},
		{md5A + "-3", 0, nil, 0},
		{md5A + "-1", 0, []int64{1}, 1},
		{md5A + "-1", 7 * mib, []int64{7 * mib}, 1},
		{md5A + "-7", 100 * mib, []int64{16 * mib, 15 * mib}, 6},        // ours, s3cmd
		{md5A + "-20", 100 * mib, []int64{5 * mib}, 3},                  // rclone, AWS
		{md5A + "-13", 100 * mib, []int64{8 * mib}, 4},                  // the AWS command line
		{md5A + "-21", 100 * mib, []int64{5 * 1000 * 1000}, 3},          // what counts in decimals
		{md5A + "-9987", 5 << 40, []int64{525 * mib}, 3},                // ours
		{md5A + "-10000", 3 << 40, []int64{(3<<40 + 9999) / 10_000}, 1}, // divided evenly
	} {
		got := partSizesOf(test.etag, test.size)
		if len(got) > test.most {
			t.Errorf("%s of %d bytes: %d candidates", test.etag, test.size, len(got))
		}
		for _, want := range test.want {
			if !slices.Contains(got, want) {
				t.Errorf("%s of %d bytes: %d is not in %v", test.etag, test.size, want, got)
			}
		}
		for _, part := range got {
			if want := fmt.Sprintf("%s-%d", md5A, countParts(test.size, part)); want != test.etag {
				t.Errorf("%d bytes in parts of %d are %s, want %s", test.size, part, want, test.etag)
			}
		}
	}
}
