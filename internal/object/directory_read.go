package object

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// readDirectory compares a listing with the manifest. What this operation has
// written needs none: each upload was answered with the ETag of what is there.
func readDirectory(ctx context.Context, cl *spaces.Clients, m *directory) error {
	if m.written != nil {
		m.show(m.written)
		return nil
	}
	c, err := cl.S3(m.Location().Region)
	if err != nil {
		return err
	}
	before, err := keptManifest(ctx)
	if err != nil {
		return err
	}
	now, err := m.compare(ctx, c, before)
	if err == nil && before != nil && !maps.Equal(now, before) {
		// A listing can lag behind, so it is asked for once more.
		if err = spaces.Pause(ctx, cl.Patience.Gone); err == nil {
			now, err = m.compare(ctx, c, before)
		}
	}
	switch {
	case err != nil:
		return err
	case before == nil && len(now) == 0:
		return spaces.ErrNotFound // there is nothing to import
	case before == nil:
		m.DeleteExtraneous, m.TrackFiles = types.BoolValue(false), types.BoolValue(true)
	case maps.Equal(now, before):
		return nil
	case !m.TrackFiles.ValueBool():
		tfkit.Warn(ctx, fmt.Sprintf("Objects of spaces_directory %s/%s were changed outside Terraform", m.Location(), m.folder()), drift(before, now))
	}
	m.show(now)
	return now.keep(ctx)
}

// compare lists what is below the prefix. After an import, when there is no
// manifest, all of it is somebody else's, until a file of the same content
// shows otherwise.
func (m *directory) compare(ctx context.Context, c *s3.Client, before manifest) (manifest, error) {
	now, take := make(manifest, len(before)), m.filter()
	for page, err := range spaces.Objects(ctx, c, spaces.ObjectsInput{Bucket: m.Bucket.ValueString(), Prefix: m.folder()}) {
		if err != nil {
			return nil, err
		}
		for _, o := range page.Objects {
			key, etag, size := *o.Key, *bare(o.ETag), aws.ToInt64(o.Size)
			e, known := before[key]
			switch {
			case known && e.etag == etag && e.size == size:
				now[key] = e
			case known && !e.foreign:
				now[key] = entry{etag: etag, size: size, extras: none}
			case before == nil || m.extraneous(key, take):
				now[key] = entry{etag: etag, size: size, extras: none, foreign: true}
			}
		}
	}
	return now, nil
}

// drift says which keys are no longer what they were.
func drift(before, now manifest) string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(before)) {
		if e, found := now[key]; !found {
			all = append(all, fmt.Sprintf("%q was deleted", key))
		} else if e != before[key] {
			all = append(all, fmt.Sprintf("%q has another content", key))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(now)) {
		if _, found := before[key]; !found {
			all = append(all, fmt.Sprintf("%q is new", key))
		}
	}
	return firstOf(all)
}

// deleteDirectory deletes what Terraform has uploaded, and nothing else.
func deleteDirectory(ctx context.Context, cl *spaces.Clients, m *directory) error {
	c, err := cl.S3(m.Location().Region)
	if err != nil {
		return err
	}
	before, err := keptManifest(ctx)
	if err != nil {
		return err
	}
	return spaces.DeleteKeys(ctx, c, m.Bucket.ValueString(), before.keys(func(_ string, e entry) bool { return !e.foreign }))
}

// keys are those of some entries, in order.
func (m manifest) keys(of func(key string, e entry) bool) []string {
	var keys []string
	for key, e := range m {
		if of(key, e) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}
