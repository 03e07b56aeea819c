package localspaces

import (
	xxml "github.com/minio/xxml"
)

// deleted says what became of one key, in DeleteObjects' terms.
type deleted struct {
	Key                   string
	VersionID             string `xml:"VersionId,omitempty"`
	DeleteMarker          bool   `xml:",omitempty"`
	DeleteMarkerVersionID string `xml:"DeleteMarkerVersionId,omitempty"`
}

type notDeleted struct {
	Key       string
	VersionID string `xml:"VersionId,omitempty"`
	Code      string
	Message   string
}

// deleteObjects deletes up to a thousand keys or versions, each with an error
// of its own.
func (s *Server) deleteObjects(c *call) error {
	body, err := s.document(c)
	if err != nil {
		return err
	}
	var in struct {
		Quiet  bool
		Object []struct {
			Key       string
			VersionID string          `xml:"VersionId"`
			Unknown   *unknownElement `xml:",any"` // conditions, which Spaces does not have
		}
	}
	if err := decodeDocument("Delete", body, &in); err != nil {
		return err
	}
	if len(in.Object) == 0 || len(in.Object) > 1000 {
		return malformedXML("There are %d objects; 1 to 1000 are deleted at a time.", len(in.Object))
	}
	out := struct {
		XMLName xxml.Name `xml:"DeleteResult"`
		Xmlns   string    `xml:"xmlns,attr"`
		Deleted []deleted
		Error   []notDeleted
	}{Xmlns: s3Namespace}
	for _, o := range in.Object {
		var done deleted
		err := s.mayDo(c, c.op, o.Key, o.VersionID)
		if err == nil {
			err = checkKey(o.Key)
		}
		if err == nil {
			err = s.store.write(c, func(b *bucket) (err error) {
				done, err = s.delete(b, o.Key, o.VersionID)
				return err
			})
		}
		switch {
		case err != nil:
			e := asAPIError(err)
			out.Error = append(out.Error, notDeleted{Key: o.Key, VersionID: o.VersionID, Code: e.Code, Message: e.Message})
		case !in.Quiet:
			out.Deleted = append(out.Deleted, done)
		}
	}
	// The Go SDK closes its request's body as soon as an answer begins. If net/http is
	// not through with the body at that moment, though all of it has been sent, it
	// closes the connection, and an answer of more than a packet is lost. On loopback
	// 1 % of the answers about 200 keys are, and 7 % of those about 1,000; none when
	// they come 5 ms later. A test double is not to hide that, a demo may.
	if len(in.Object) > 10 {
		pause(c.r.Context(), s.opt.DeleteDelay)
	}
	return writeXML(c, out)
}
