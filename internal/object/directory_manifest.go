package object

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// entry is what is known of one key.
type entry struct {
	sha256  string // of the content, in hexadecimal; "" where the ETag is all that is known of it
	etag    string // as the server says it, without quotes
	size    int64
	extras  string // text of extras
	acl     string // in force; "" where it is not known
	foreign bool   // was there without Terraform, and is not ours to delete unless delete_extraneous says so
}

// hash is what the user sees: the content's SHA-256, and where rules give
// something, the SHA-256 of that and the rules' part. It never is that of a
// content which somebody else has put there.
func (e entry) hash() string {
	switch {
	case e.sha256 == "":
		return "not uploaded by Terraform, ETag " + e.etag
	case e.extras == none:
		return e.sha256
	}
	sum := sha256.Sum256([]byte(e.sha256 + "\n" + e.extras))
	return hex.EncodeToString(sum[:])
}

// manifest is what is known of the keys of a directory. It is kept in the
// resource's private state, because a map of tens of thousands of values in the
// state itself makes Terraform take minutes.
type manifest map[string]entry

const manifestKey = "manifest"

// keptManifest is nil where there is none, as after an import.
func keptManifest(ctx context.Context) (manifest, error) {
	packed, err := tfkit.Kept(ctx, manifestKey)
	if err != nil || packed == nil {
		return nil, err
	}
	m, err := unpack(packed)
	if err != nil {
		return nil, fmt.Errorf("the list of what was uploaded cannot be read from the state: %w", err)
	}
	return m, nil
}

func (m manifest) keep(ctx context.Context) error {
	packed, err := m.pack()
	if err != nil {
		return err
	}
	return tfkit.Keep(ctx, manifestKey, packed)
}
