package localspaces

import (
	"context"
	"time"
)

// staleUpload is the age at which Spaces removes unfinished uploads by itself.
const staleUpload = 30 * 24 * time.Hour

// ApplyLifecycle does now, by the server's clock, what the lifecycle rules of
// all buckets say, and aborts uploads that are older than Spaces keeps any.
// Spaces does both about once a day, by itself.
func (s *Server) ApplyLifecycle(ctx context.Context) error {
	st := s.store
	st.mu.Lock()
	defer st.mu.Unlock()
	now := s.opt.Now()
	for _, b := range st.buckets {
		if err := ctx.Err(); err != nil {
			return err
		}
		rules := new(lifecycle)
		if document := b.Documents["lifecycle"]; document != nil {
			var err error
			if rules, err = parseLifecycle(document); err != nil {
				return err
			}
		}
		for _, key := range append([]string(nil), b.keys...) {
			if err := s.expireObject(b, b.objects[key], rules, now); err != nil {
				return err
			}
		}
		for _, u := range b.uploads {
			item := lifecycleItem{Key: u.Key, Tags: u.Result.Tags, Modified: u.Initiated, Upload: true}
			if now.Sub(u.Initiated) > staleUpload || rules.expired(item, now) {
				if err := s.end(b, u, nil); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// expireObject removes what of o has had its time, old versions first.
func (s *Server) expireObject(b *bucket, o *object, rules *lifecycle, now time.Time) error {
	for i := len(o.Versions) - 1; i >= 0; i-- {
		v := o.Versions[i]
		item := lifecycleItem{
			Key: o.Key, Size: v.Body.size(), Tags: v.Tags, Modified: v.Modified,
			Current: i == 0, DeleteMarker: v.Marker, Noncurrent: v.Noncurrent,
			OnlyVersion: len(b.objects[o.Key].Versions) == 1, // by now
		}
		if !rules.expired(item, now) {
			continue
		}
		var err error
		if i == 0 && !v.Marker {
			_, err = s.store.remove(b, o.Key, now)
		} else {
			_, err = s.store.removeVersion(b, o.Key, v.id())
		}
		if err != nil {
			return err
		}
	}
	return nil
}
