package localspaces

import (
	"fmt"
	"testing"
	"time"
)

// TestEdgeLatecomer: what was asked of the bucket before a purge, and came after
// it, is not kept.
func TestEdgeLatecomer(t *testing.T) {
	var ed edge
	now := time.Now()
	id := copyID{endpoint: "e", path: "a"}
	_, purged := ed.find(id, now)
	ed.purge(Purge{"e", []string{"*"}})
	ed.keep(id, &edgeCopy{expires: now.Add(time.Hour)}, purged)
	kept, purged := ed.find(id, now)
	if kept != nil {
		t.Error("a copy of before the purge is kept")
	}
	ed.keep(id, &edgeCopy{expires: now.Add(time.Hour)}, purged)
	if kept, _ = ed.find(id, now); kept == nil {
		t.Error("a copy of after the purge is not kept")
	}
}

// TestEdgeRoom: the cache does not grow for ever, and counts right.
func TestEdgeRoom(t *testing.T) {
	var ed edge
	now := time.Now()
	body := make([]byte, largestCopy)
	keep := func(path string) {
		ed.keep(copyID{"e", path, ""}, &edgeCopy{body: body, expires: now.Add(time.Hour)}, ed.purged)
	}
	for i := range 3 * largestCache / largestCopy {
		keep(fmt.Sprint(i))
		keep(fmt.Sprint(i)) // in the place of the one before
		if ed.bytes > largestCache || ed.bytes != int64(len(ed.copies))*largestCopy {
			t.Fatalf("after %d there are %d of %d bytes", i, len(ed.copies), ed.bytes)
		}
	}
	if len(ed.copies) != largestCache/largestCopy {
		t.Errorf("%d are kept", len(ed.copies))
	}
	ed.forget("other")
	ed.forget("e")
	if len(ed.copies) != 0 || ed.bytes != 0 {
		t.Errorf("forgotten are all but %d of %d bytes", len(ed.copies), ed.bytes)
	}
}
