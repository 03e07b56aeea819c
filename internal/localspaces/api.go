package localspaces

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// api is what DigitalOcean's API knows beside keys, which are in the keyring.
type api struct {
	mu     sync.RWMutex
	tokens map[string][]string // scopes by token
	state  apiState

	limits rateLimits
}

// apiState is what the API keeps. It is replaced and never changed.
type apiState struct {
	Certificates []certificate // oldest first
	Endpoints    []cdnEndpoint // oldest first
}

// apiRoutes are the calls, by method and path. "*" stands for an ID.
var apiRoutes map[string]operation

func init() { // as routes
	apiRoutes = map[string]operation{
		"GET spaces/keys":      {name: "ListSpacesKeys", action: "spaces_key:read", serve: (*Server).listSpacesKeys},
		"POST spaces/keys":     {name: "CreateSpacesKey", action: "spaces_key:create_credentials", serve: (*Server).createSpacesKey},
		"GET spaces/keys/*":    {name: "GetSpacesKey", action: "spaces_key:read", serve: (*Server).getSpacesKey},
		"PUT spaces/keys/*":    {name: "UpdateSpacesKey", action: "spaces_key:update", serve: (*Server).updateSpacesKey},
		"PATCH spaces/keys/*":  {name: "UpdateSpacesKey", action: "spaces_key:update", serve: (*Server).updateSpacesKey},
		"DELETE spaces/keys/*": {name: "DeleteSpacesKey", action: "spaces_key:delete", serve: (*Server).deleteSpacesKey},

		"GET certificates":      {name: "ListCertificates", action: "certificate:read", serve: (*Server).listCertificates},
		"POST certificates":     {name: "CreateCertificate", action: "certificate:create", serve: (*Server).createCertificate},
		"GET certificates/*":    {name: "GetCertificate", action: "certificate:read", serve: (*Server).getCertificate},
		"DELETE certificates/*": {name: "DeleteCertificate", action: "certificate:delete", serve: (*Server).deleteCertificate},

		"GET cdn/endpoints":            {name: "ListCDNEndpoints", action: "cdn:read", serve: (*Server).listCDNEndpoints},
		"POST cdn/endpoints":           {name: "CreateCDNEndpoint", action: "cdn:create", serve: (*Server).createCDNEndpoint},
		"GET cdn/endpoints/*":          {name: "GetCDNEndpoint", action: "cdn:read", serve: (*Server).getCDNEndpoint},
		"PUT cdn/endpoints/*":          {name: "UpdateCDNEndpoint", action: "cdn:update", serve: (*Server).updateCDNEndpoint},
		"DELETE cdn/endpoints/*":       {name: "DeleteCDNEndpoint", action: "cdn:delete", serve: (*Server).deleteCDNEndpoint},
		"DELETE cdn/endpoints/*/cache": {name: "PurgeCDNCache", action: "cdn:delete", serve: (*Server).purgeCDNCache},
	}
}

// apiCollections are the paths that lists are at, and items below.
var apiCollections = []string{"spaces/keys", "certificates", "cdn/endpoints"}

// AddToken makes a token of DigitalOcean's API valid, for calls that need
// those scopes, such as "spaces_key:read". Without scopes it may do nothing.
func (s *Server) AddToken(token string, scopes ...string) {
	s.api.mu.Lock()
	defer s.api.mu.Unlock()
	s.api.tokens[token] = slices.Clone(scopes)
}

// RemoveToken makes a token invalid.
func (s *Server) RemoveToken(token string) {
	s.api.mu.Lock()
	defer s.api.mu.Unlock()
	delete(s.api.tokens, token)
}

// Token is a token for all calls of the API.
func (s *Server) Token() string { return s.opt.Token }

// loadAPI loads what the API keeps, and makes the server's own token valid.
func (s *Server) loadAPI() error {
	files := s.store.files
	if s.opt.Token == "" {
		if err := files.loadFrom("token.json", &s.opt.Token); err != nil {
			return err
		}
	}
	if s.opt.Token == "" {
		s.opt.Token = "dop_v1_" + strings.ToLower(newID(32))
		if err := files.saveAs("token.json", s.opt.Token); err != nil {
			return err
		}
	}
	s.api.tokens = map[string][]string{s.opt.Token: {allScopes}}
	if err := s.loadKeys(); err != nil {
		return err
	}
	return files.loadFrom("api.json", &s.api.state)
}

// locateAPI finds the operation that c's path and method name in the API, and
// the ID that it is about, or the error to answer.
func (s *Server) locateAPI(c *call) error {
	path := strings.TrimPrefix(c.r.URL.Path, "/v2/")
	c.op.name = c.r.Method + " /v2/" + path
	for _, collection := range apiCollections {
		rest, ok := strings.CutPrefix(path, collection)
		if !ok || rest != "" && !strings.HasPrefix(rest, "/") {
			continue
		}
		pattern := collection
		if rest != "" {
			id, tail, found := strings.Cut(rest[1:], "/")
			if id == "" {
				break
			}
			c.at.Key = id
			if pattern += "/*"; found {
				pattern += "/" + tail
			}
		}
		if op, ok := apiRoutes[c.r.Method+" "+pattern]; ok {
			c.op = op
			return nil
		}
		for route := range apiRoutes {
			if strings.HasSuffix(route, " "+pattern) {
				return failure(http.StatusMethodNotAllowed, "method_not_allowed", "The method %s is not allowed at %s.", c.r.Method, c.r.URL.Path)
			}
		}
	}
	return notFound("path", c.r.URL.Path)
}

// serveAPI answers a call of DigitalOcean's API.
func (s *Server) serveAPI(c *call) {
	h := c.w.Header()
	h.Del("x-amz-request-id")
	h.Set("x-request-id", newUUID())
	unknown := s.locateAPI(c)
	defer s.watch(c)()
	s.faults.apply(c, func(c *call) {
		scopes, err := s.scopes(c.r)
		if err == nil {
			err = s.limitCalls(c)
		}
		if err == nil {
			err = unknown
		}
		if err == nil && !slices.Contains(scopes, c.op.action) && !slices.Contains(scopes, allScopes) {
			// Which scope would be needed is not said.
			err = failure(http.StatusForbidden, "forbidden", "You are not authorized to perform this operation.")
		}
		if err == nil {
			err = c.op.serve(s, c)
		}
		if err != nil {
			c.fail(err)
		}
	})
}

// allScopes is the scope of the server's own token.
const allScopes = "*"

// scopes are those of the token that r bears.
func (s *Server) scopes(r *http.Request) ([]string, error) {
	s.api.mu.RLock()
	defer s.api.mu.RUnlock()
	if scopes, ok := s.api.tokens[bearer(r)]; ok {
		return scopes, nil
	}
	return nil, failure(http.StatusUnauthorized, "unauthorized", "There is no token, or not a valid one.")
}

func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// changeAPI calls change with a copy of the API's state, which it may change,
// and keeps it if there is no error.
func (s *Server) changeAPI(change func(*apiState) error) error {
	s.api.mu.Lock()
	defer s.api.mu.Unlock()
	next := apiState{slices.Clone(s.api.state.Certificates), slices.Clone(s.api.state.Endpoints)}
	if err := change(&next); err != nil {
		return err
	}
	if err := s.store.files.saveAs("api.json", next); err != nil {
		return err
	}
	s.api.state = next
	return nil
}

func (s *Server) apiState() apiState {
	s.api.mu.RLock()
	defer s.api.mu.RUnlock()
	return s.api.state
}

// readJSON reads the request's body into v.
func (c *call) readJSON(v any) error {
	body, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, 1<<20))
	if err != nil {
		return badRequest("The body cannot be read: %v.", err)
	}
	if err := json.Unmarshal(body, v); err != nil {
		return badRequest("The body is not the JSON that this call takes: %v.", err)
	}
	return nil
}

// answerJSON answers v under name.
func (c *call) answerJSON(status int, name string, v any) error {
	body, err := json.Marshal(map[string]any{name: v})
	if err != nil {
		return err
	}
	c.sendJSON(status, body)
	return nil
}

func (c *call) sendJSON(status int, body []byte) {
	c.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	c.w.WriteHeader(status)
	_, _ = c.w.Write(body)
}

// noContent answers what has been deleted or purged.
func (c *call) noContent() error {
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// failJSON answers e as the API does.
func (c *call) failJSON(e *apiError) {
	body, err := json.Marshal(map[string]string{
		"id": e.Code, "message": e.Message, "request_id": c.w.Header().Get("x-request-id"),
	})
	if err != nil { // strings always marshal
		body = []byte("{}")
	}
	c.sendJSON(e.Status, body)
}

const (
	defaultPage = 20
	longestPage = 200
)

// answerPage answers the page of items that c asks for, under name.
func answerPage[T any](c *call, name string, items []T) error {
	page, err := c.number("page", 1, 1<<30)
	if err != nil {
		return err
	}
	size, err := c.number("per_page", defaultPage, longestPage)
	if err != nil {
		return err
	}
	last := max(1, (len(items)+size-1)/size)
	pages := map[string]string{}
	if page > 1 {
		pages["first"], pages["prev"] = c.pageURL(1), c.pageURL(min(page-1, last))
	}
	if page < last {
		pages["next"], pages["last"] = c.pageURL(page+1), c.pageURL(last)
	}
	links := map[string]any{}
	if len(pages) > 0 {
		links["pages"] = pages
	}
	begin := len(items)
	if page <= last {
		begin = (page - 1) * size
	}
	shown := append([]T{}, items[begin:min(begin+size, len(items))]...) // never null
	body, err := json.Marshal(map[string]any{name: shown, "links": links, "meta": map[string]int{"total": len(items)}})
	if err != nil {
		return err
	}
	c.sendJSON(http.StatusOK, body)
	return nil
}

// number is a positive number in c's query.
func (c *call) number(name string, absent, most int) (int, error) {
	if !c.query.Has(name) {
		return absent, nil
	}
	n, err := strconv.Atoi(c.query.Get(name))
	if err != nil || n < 1 || n > most {
		return 0, badRequest("%s is %q; it has to be a number from 1 to %d.", name, c.query.Get(name), most)
	}
	return n, nil
}

// pageURL is the address of another page of what c asks for.
func (c *call) pageURL(page int) string {
	query := c.r.URL.Query()
	query.Set("page", strconv.Itoa(page))
	u := url.URL{Scheme: "http", Host: c.r.Host, Path: c.r.URL.Path, RawQuery: query.Encode()}
	if c.r.TLS != nil {
		u.Scheme = "https"
	}
	return u.String()
}

func badRequest(format string, args ...any) *apiError {
	return failure(http.StatusBadRequest, "bad_request", format, args...)
}

func unprocessable(format string, args ...any) *apiError {
	return failure(http.StatusUnprocessableEntity, "unprocessable_entity", format, args...)
}

func notFound(what, id string) *apiError {
	return failure(http.StatusNotFound, "not_found", "There is no %s %q.", what, id)
}

// usualID is the API's name for a failure with status.
func usualID(status int) string {
	switch status {
	case http.StatusInternalServerError:
		return "server_error"
	case http.StatusServiceUnavailable:
		return "service_unavailable"
	}
	return strings.ToLower(strings.ReplaceAll(http.StatusText(status), " ", "_"))
}

// apiTime is a time as the API writes it.
func apiTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
