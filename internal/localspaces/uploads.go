package localspaces

import (
	"cmp"
	"slices"

	"github.com/rclone/gofakes3"
)

// listMultipartUploads lists unfinished uploads by key, those of a key by age.
func (s *Server) listMultipartUploads(c *call) error {
	l, err := newListing(c.query, "max-uploads")
	if err != nil {
		return err
	}
	after, afterID := c.query.Get("key-marker"), c.query.Get("upload-id-marker")
	out := uploadList{MaxUploads: l.max, ListMultipartUploadsResult: gofakes3.ListMultipartUploadsResult{
		Bucket: c.at.Bucket, KeyMarker: l.encode(after), UploadIDMarker: gofakes3.UploadID(afterID),
		Prefix: l.encode(l.prefix), Delimiter: l.encode(l.delimiter),
	}}
	err = s.store.read(c, func(b *bucket) error {
		byKey := b.uploadsByKey()
		n := 0
		add := func(key, id string) bool { // one more entry, if the page has room
			if n == l.max {
				out.IsTruncated = l.max > 0
				return false
			}
			n, out.NextKeyMarker, out.NextUploadIDMarker = n+1, key, gofakes3.UploadID(id)
			return true
		}
		for key, isPrefix := range l.walk(sortedKeys(byKey), after, afterID != "") {
			if isPrefix {
				if !add(key, "") {
					return nil
				}
				out.CommonPrefixes = append(out.CommonPrefixes, gofakes3.CommonPrefix{Prefix: l.encode(key)})
				continue
			}
			uploads := byKey[key]
			if key == after {
				uploads = uploads[slices.IndexFunc(uploads, func(u *upload) bool { return u.ID == afterID })+1:]
			}
			for _, u := range uploads {
				if !add(key, u.ID) {
					return nil
				}
				out.Uploads = append(out.Uploads, gofakes3.ListMultipartUploadItem{
					Key: l.encode(key), UploadID: gofakes3.UploadID(u.ID), Initiator: ownerInfo, Owner: ownerInfo,
					StorageClass: gofakes3.StorageStandard, Initiated: gofakes3.NewContentTime(u.Initiated),
				})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	out.NextKeyMarker = l.encode(out.NextKeyMarker)
	if !out.IsTruncated {
		out.NextKeyMarker, out.NextUploadIDMarker = "", ""
	}
	return writeXML(c, out)
}

func (b *bucket) uploadsByKey() map[string][]*upload {
	byKey := map[string][]*upload{}
	for _, u := range b.uploads {
		byKey[u.Key] = append(byKey[u.Key], u)
	}
	for _, uploads := range byKey {
		slices.SortFunc(uploads, func(x, y *upload) int {
			return cmp.Or(x.Initiated.Compare(y.Initiated), cmp.Compare(x.ID, y.ID))
		})
	}
	return byKey
}
