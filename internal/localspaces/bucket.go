package localspaces

import (
	"encoding/xml"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"sort"

	xxml "github.com/minio/xxml"
	"github.com/rclone/gofakes3"
)

var (
	bucketName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)
	ownerInfo  = &gofakes3.UserInfo{ID: ownerID, DisplayName: ownerID}
)

// checkBucketName goes by Spaces' rules, and where they say nothing by S3's and
// Ceph's: a dash is not the last, and between letters or digits there may be a dot.
func checkBucketName(name string) error {
	switch _, err := netip.ParseAddr(name); {
	case len(name) < 3 || len(name) > 63:
		return failure(http.StatusBadRequest, "InvalidBucketName", "A bucket's name has 3 to 63 characters.")
	case !bucketName.MatchString(name):
		return failure(http.StatusBadRequest, "InvalidBucketName",
			"A bucket's name is of lowercase letters, digits and dashes, and begins and ends with a letter or digit.")
	case err == nil:
		return failure(http.StatusBadRequest, "InvalidBucketName", "A bucket's name is no IP address.")
	}
	return nil
}

func newBucket(v bucketView) *bucket {
	return &bucket{bucketView: v, objects: map[string]*object{}, uploads: map[string]*upload{}, ended: map[string]completed{}}
}

// writeXML answers with v. Unlike encoding/xml, xxml can write every character
// that a key can hold.
func writeXML(c *call, v any) error {
	body, err := xxml.Marshal(v)
	if err != nil {
		return err
	}
	c.w.Header().Set("Content-Type", "application/xml")
	_, err = c.w.Write(append([]byte(xml.Header), body...))
	return err
}

// listBuckets lists the region's buckets, all of them at once, as Ceph does.
func (s *Server) listBuckets(c *call) error {
	out := gofakes3.Storage{Xmlns: s3Namespace, Owner: ownerInfo}
	s.store.mu.RLock()
	for name, b := range s.store.buckets {
		if c.stale {
			if w, ok := s.store.history.last(name, write.ofBucket); ok {
				b = w.whole
			}
		}
		if b != nil && b.Region == c.at.Region {
			out.Buckets = append(out.Buckets, gofakes3.BucketInfo{Name: name, CreationDate: gofakes3.NewContentTime(b.Created)})
		}
	}
	s.store.mu.RUnlock()
	sort.Slice(out.Buckets, func(i, j int) bool { return out.Buckets[i].Name < out.Buckets[j].Name })
	return writeXML(c, out)
}

// createBucket makes a bucket in the region of the host. A name that is taken
// is taken, also by the asker: Spaces has been seen to answer so.
func (s *Server) createBucket(c *call) error {
	if err := checkBucketName(c.at.Bucket); err != nil {
		return err
	}
	body, err := s.document(c)
	if err != nil {
		return err
	}
	var access acl
	if canned := c.r.Header.Get("x-amz-acl"); canned != "" {
		if access, err = cannedACL(canned); err != nil {
			return err
		}
	}
	if err := checkLocation(body, c.at.Region); err != nil {
		return err
	}

	st := s.store
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.buckets[c.at.Bucket] != nil {
		return failure(http.StatusConflict, "BucketAlreadyExists",
			"The name %q is taken. Names are shared by all users of all regions.", c.at.Bucket)
	}
	b := newBucket(bucketView{
		Name: c.at.Bucket, Region: c.at.Region, Created: s.opt.Now(),
		Documents: map[string][]byte{"acl": access.answer(ownerID)},
	})
	if err := st.files.saveBucket(b); err != nil {
		return err
	}
	st.history.add(write{bucket: b.Name})
	st.buckets[b.Name] = b
	c.w.Header().Set("Location", "/"+b.Name)
	return nil
}

func checkLocation(body []byte, region string) error {
	if len(body) == 0 {
		return nil
	}
	var in struct {
		LocationConstraint string
		Location, Bucket   *struct{}
		Tags               *struct{}
	}
	if err := decodeDocument("CreateBucketConfiguration", body, &in); err != nil {
		return err
	}
	if in.Location != nil || in.Bucket != nil || in.Tags != nil {
		return notImplemented("Of a CreateBucketConfiguration, Spaces has only LocationConstraint.")
	}
	if in.LocationConstraint != "" && in.LocationConstraint != region {
		return failure(http.StatusBadRequest, "InvalidLocationConstraint",
			"The location constraint is %q, and the host is that of %q.", in.LocationConstraint, region)
	}
	return nil
}

// deleteBucket deletes an empty bucket. Unfinished uploads go with it, as in
// Ceph.
func (s *Server) deleteBucket(c *call) error {
	err := s.store.write(c, func(b *bucket) error {
		if len(b.objects) > 0 {
			return failure(http.StatusConflict, "BucketNotEmpty",
				"The bucket %q holds objects, old versions or delete markers.", b.Name)
		}
		s.store.history.add(write{bucket: b.Name, whole: b})
		delete(s.store.buckets, b.Name)
		for _, u := range b.uploads {
			s.store.files.remove(u.pieces())
		}
		return s.store.files.removeBucket(b.Name)
	})
	if err != nil {
		return err
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) headBucket(c *call) error {
	_, _, err := s.look(c, "")
	return err
}

func (s *Server) getBucketLocation(c *call) error {
	b, _, err := s.look(c, "")
	if err != nil {
		return err
	}
	return writeXML(c, gofakes3.GetBucketLocation{Xmlns: s3Namespace, LocationConstraint: b.Region})
}

// addCORS lets the page that sent c read its answer, if a rule of the bucket
// says so.
func (s *Server) addCORS(c *call) {
	origin := c.r.Header.Get("Origin")
	if origin == "" || c.r.Method == http.MethodOptions {
		return
	}
	if rules := s.cors(c); rules != nil {
		for name, values := range rules.actual(origin, c.r.Method) {
			c.w.Header()[name] = values
		}
	}
}

// preflight answers a browser that asks what a page may do. It needs no
// permission.
func (s *Server) preflight(c *call) error {
	origin, method := c.r.Header.Get("Origin"), c.r.Header.Get("Access-Control-Request-Method")
	if origin == "" || method == "" {
		return failure(http.StatusBadRequest, "BadRequest", "A preflight has Origin and Access-Control-Request-Method.")
	}
	if _, _, err := s.look(c, ""); err != nil {
		return err
	}
	if rules := s.cors(c); rules != nil {
		if h, ok := rules.preflight(origin, method, commaSeparated(c.r.Header.Values("Access-Control-Request-Headers"))); ok {
			for name, values := range h {
				c.w.Header()[name] = values
			}
			return nil
		}
	}
	return failure(http.StatusForbidden, "AccessForbidden", "CORSResponse: no CORS rule of the bucket fits this request.")
}

// cors is the CORS rules of c's bucket, or nil.
func (s *Server) cors(c *call) *corsRules {
	b, _, err := s.look(c, "")
	if err != nil || b.Documents["cors"] == nil {
		return nil
	}
	rules, err := parseCORS(b.Documents["cors"])
	if err != nil {
		return nil
	}
	return rules
}

// commaSeparated are the elements of a header that is a list.
func commaSeparated(values []string) []string {
	var all []string
	for _, v := range values {
		all = append(all, slices.Collect(splitTrimmed(v))...)
	}
	return all
}
