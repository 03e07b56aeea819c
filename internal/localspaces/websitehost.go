package localspaces

import (
	"fmt"
	"html"
	"net/http"
	"strings"
)

// serveWebsite answers at a bucket's -static host: anonymously, and with
// errors that are pages.
func (s *Server) serveWebsite(c *call) {
	s.addCORS(c)
	var err error
	switch c.r.Method {
	case http.MethodOptions:
		err = s.preflight(c)
	case http.MethodGet, http.MethodHead:
		err = s.visit(c)
	default:
		err = failure(http.StatusMethodNotAllowed, "MethodNotAllowed", "A website is only read.")
	}
	if err != nil {
		errorPage(c, asAPIError(err))
	}
}

// visit answers with a page, a redirect, or the website's way to say that
// there is none.
func (s *Server) visit(c *call) error {
	b, _, err := s.look(c, "")
	if err != nil {
		return err
	}
	if b.Documents["website"] == nil {
		return failure(http.StatusNotFound, "NoSuchWebsiteConfiguration", "The bucket %q has no website configuration.", b.Name)
	}
	site, err := parseWebsite(b.Documents["website"])
	if err != nil {
		return err
	}
	path := "/" + c.at.Key
	answer := site.route(path, func(key string) bool {
		_, o, err := s.look(c, key)
		v := o.find("")
		return err == nil && v != nil && !v.Marker
	})
	problem := s.page404(c, answer)
	if problem == nil && answer.Key != "" {
		page := c.reading(answer.Key)
		if problem = s.mayDo(page, readOperation(), answer.Key, ""); problem == nil {
			return s.servePage(page)
		}
	}
	if problem != nil {
		answer = site.routeError(path, asAPIError(problem).Status)
	}
	if answer.Location != "" {
		redirect(c, answer.Status, answer.Location)
		return nil
	}
	return s.errorDocument(c, answer.Key, asAPIError(problem))
}

// page404 is the problem of an answer that found nothing. Only who may list the
// bucket is told that there is nothing; to others it is forbidden. So it is in
// S3, and was measured in Ceph.
func (s *Server) page404(c *call, answer websiteAnswer) error {
	if answer.Status != http.StatusNotFound || answer.Location != "" || answer.Key != "" {
		return nil
	}
	if s.mayDo(c.reading(""), listOperation(), "", "") == nil {
		return noSuchKey(c.at.Key)
	}
	return accessDenied("There is no such page, or it is not public.")
}

// reading is c, but about another key of its bucket, and with no query.
func (c *call) reading(key string) *call {
	other := *c
	other.at.Key = key
	other.query = nil
	return &other
}

// servePage serves an object, or redirects to where it says.
func (s *Server) servePage(c *call) error {
	v, err := s.version(c)
	if err != nil {
		return err
	}
	if target := v.Header["X-Amz-Website-Redirect-Location"]; target != "" {
		redirect(c, http.StatusMovedPermanently, target)
		return nil
	}
	return s.getObject(c)
}

// errorDocument serves the website's own error page, if the public may read
// it, with the status of problem.
func (s *Server) errorDocument(c *call, key string, problem *apiError) error {
	if key == "" {
		return problem
	}
	page := c.reading(key)
	if err := s.mayDo(page, readOperation(), key, ""); err != nil {
		return problem
	}
	v, err := s.version(page)
	if err != nil || v.SSEKeyMD5 != "" {
		return problem
	}
	v.writeHeaders(c.w.Header())
	c.w.Header().Set("x-amz-error-code", problem.Code)
	c.w.code = problem.Code
	return s.send(c, problem.Status, v, 0, v.Body.size())
}

func redirect(c *call, status int, location string) {
	if rest, ok := strings.CutPrefix(location, "https:///"); ok { // the same host by another protocol
		location = "https://" + c.r.Host + "/" + rest
	} else if rest, ok := strings.CutPrefix(location, "http:///"); ok {
		location = "http://" + c.r.Host + "/" + rest
	}
	c.w.Header().Set("Location", location)
	c.w.WriteHeader(status)
}

// errorPage is what S3 shows where a website has no page for an error.
func errorPage(c *call, e *apiError) {
	c.w.code = e.Code
	h := c.w.Header()
	h.Set("x-amz-error-code", e.Code)
	if e.Status == http.StatusNotModified {
		c.w.WriteHeader(e.Status)
		return
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	title := fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status))
	c.w.WriteHeader(e.Status)
	if c.r.Method != http.MethodHead {
		fmt.Fprintf(c.w, "<html><head><title>%s</title></head><body><h1>%s</h1><ul><li>Code: %s</li><li>Message: %s</li></ul></body></html>\n",
			title, title, html.EscapeString(e.Code), html.EscapeString(e.Message))
	}
}
