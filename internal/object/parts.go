package object

import (
	"regexp"
	"slices"
	"strconv"
)

// What the Spaces Limits page allows, in bytes.
const (
	maxPut    = 5 << 30 // one PUT, or one part
	maxObject = 5 << 40
	minPart   = 5 << 20 // but for the last part
	maxParts  = 10_000
)

const (
	// putLimit is how large an object may be to be sent in one request. Up to
	// here an ETag is the MD5 of the content, which other tools can compare.
	putLimit = 64 << 20
	// usualPart is the size of a part unless there would be too many of them.
	// It is what is sent once more after a fault.
	usualPart = 16 << 20
)

// partSize is how many bytes each part of an upload has, but for the last one:
// whole MiB, and as few as 10,000 parts allow.
func partSize(size int64) int64 {
	const mib = 1 << 20
	least := (size + maxParts - 1) / maxParts
	return max(usualPart, (least+mib-1)/mib*mib)
}

// countParts is how many parts of a size there are. An empty content is one.
func countParts(size, part int64) int64 { return max(1, (size+part-1)/part) }

var (
	// plainMD5 is what an ETag looks like that is the MD5 of a content.
	plainMD5 = regexp.MustCompile(`^[0-9a-f]{32}$`)
	inParts  = regexp.MustCompile(`^[0-9a-f]{32}-([0-9]{1,5})$`)
)

// knownParts are the part sizes of other tools in MiB: of the AWS and
// DigitalOcean providers, rclone, the AWS tools, Cyberduck, s3cmd, MinIO's
// client, and what people set instead.
var knownParts = []int64{5, 6, 7, 8, 10, 12, 15, 16, 20, 24, 25, 30, 32, 40, 48, 50, 60, 64, 80, 96, 100, 120, 128, 150, 192, 200, 250, 256, 300, 384, 400, 500, 512, 600, 768, 800, 1000, 1024, 2048, 4096, 5120}

// partSizesOf are the sizes of parts that an ETag may have come from, given how
// large the object is. There are seldom more than two.
func partSizesOf(etag string, size int64) []int64 {
	found := inParts.FindStringSubmatch(etag)
	if found == nil {
		return nil
	}
	parts, err := strconv.ParseInt(found[1], 10, 64)
	if err != nil || parts < 1 {
		return nil
	}
	if parts == 1 {
		return []int64{max(1, size)}
	}
	const mib = 1 << 20
	even := (size + parts - 1) / parts
	candidates := []int64{partSize(size), (even + mib - 1) / mib * mib, even}
	for _, n := range knownParts {
		candidates = append(candidates, n*mib, n*1000*1000)
	}
	slices.Sort(candidates)
	return slices.DeleteFunc(slices.Compact(candidates), func(part int64) bool {
		return part < 1 || countParts(size, part) != parts
	})
}
