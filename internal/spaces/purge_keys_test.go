package spaces_test

import (
	"fmt"
	"testing"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

func TestDeleteKeys(t *testing.T) {
	t.Parallel()
	s := startLocal(t)
	c := s.s3()
	keys := []string{"a", "b c+%#", "d\x01e"} // XML cannot hold the last one
	for _, key := range append(keys, "kept") {
		if err := put(t.Context(), c, key, "x"); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 1500 { // what is gone already is no failure
		keys = append(keys, fmt.Sprint("gone-", i))
	}
	s.forget()
	if err := spaces.DeleteKeys(t.Context(), c, bucket, keys); err != nil {
		t.Fatal(err)
	}
	if got := len(s.requests()); got != 3 {
		t.Errorf("%d requests, want 2 batches and one for the key that XML cannot hold", got)
	}
	for page, err := range spaces.Objects(t.Context(), c, spaces.ObjectsInput{Bucket: bucket}) {
		if err != nil || len(page.Objects) != 1 || *page.Objects[0].Key != "kept" {
			t.Errorf("%v is left (%v)", page.Objects, err)
		}
	}
	s.forget()
	if err := spaces.DeleteKeys(t.Context(), c, bucket, nil); err != nil || len(s.requests()) != 0 {
		t.Errorf("for no keys there were %d requests (%v)", len(s.requests()), err)
	}
}
