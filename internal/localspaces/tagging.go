package localspaces

import (
	"net/http"
	"net/url"

	"github.com/rclone/gofakes3"
)

func invalidTag(format string, args ...any) error {
	return failure(http.StatusBadRequest, "InvalidTag", format, args...)
}

// checkTags goes by S3's limits.
func checkTags(tags map[string]string) error {
	if len(tags) > 10 {
		return invalidTag("There are %d tags; an object can have 10.", len(tags))
	}
	for name, value := range tags {
		if name == "" || len([]rune(name)) > 128 || len([]rune(value)) > 256 {
			return invalidTag("The tag %q has no name, one of over 128 characters, or a value of over 256.", name)
		}
	}
	return nil
}

// headerTags reads an x-amz-tagging header.
func headerTags(header string) (map[string]string, error) {
	if header == "" {
		return nil, nil
	}
	values, err := url.ParseQuery(header)
	if err != nil {
		return nil, invalidArgument("x-amz-tagging is not a URL-encoded query.")
	}
	tags := map[string]string{}
	for name, v := range values {
		if len(v) > 1 {
			return nil, invalidTag("The tag %q is there more than once.", name)
		}
		tags[name] = v[0]
	}
	return tags, checkTags(tags)
}

func (s *Server) getObjectTagging(c *call) error {
	v, err := s.version(c)
	if err != nil {
		return err
	}
	out := gofakes3.Tagging{Xmlns: s3Namespace}
	for _, name := range sortedKeys(v.Tags) {
		out.TagSet = append(out.TagSet, gofakes3.Tag{Key: name, Value: v.Tags[name]})
	}
	return writeXML(c, out)
}

func (s *Server) putObjectTagging(c *call) error {
	body, err := s.document(c)
	if err != nil {
		return err
	}
	var in struct {
		Tags    []struct{ Key, Value string } `xml:"TagSet>Tag"`
		Unknown *unknownElement               `xml:",any"`
	}
	if err := decodeDocument("Tagging", body, &in); err != nil {
		return err
	}
	tags := map[string]string{}
	for _, t := range in.Tags {
		if _, twice := tags[t.Key]; twice {
			return invalidTag("The tag %q is there more than once.", t.Key)
		}
		tags[t.Key] = t.Value
	}
	if err := checkTags(tags); err != nil {
		return err
	}
	return s.amend(c, func(v *version) { v.Tags = tags })
}

func (s *Server) deleteObjectTagging(c *call) error {
	if err := s.amend(c, func(v *version) { v.Tags = nil }); err != nil {
		return err
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}
