package apicheck

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/oasdiff/yaml"
)

// paths are what a description has to describe. Of all else that is in it, a
// provider's whole API perhaps, nothing is looked at.
var paths = []string{
	"/v2/spaces/keys",
	"/v2/spaces/keys/{access_key}",
	"/v2/certificates",
	"/v2/certificates/{certificate_id}",
	"/v2/cdn/endpoints",
	"/v2/cdn/endpoints/{cdn_id}",
	"/v2/cdn/endpoints/{cdn_id}/cache",
}

// Description is an OpenAPI description of DigitalOcean's API.
type Description struct {
	name       string
	exceptions []exception
	router     routers.Router
}

// Load reads a description from a file, in YAML or JSON, and from the files it
// refers to: all of them local. References may stand where OpenAPI has them and
// also in the place of operations, as in DigitalOcean's own source.
func Load(path string) (*Description, error) {
	f, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return load(f, exceptions)
}

// parse reads a description that is in one piece.
func parse(name string, text []byte, exceptions []exception) (*Description, error) {
	f, err := parseFile(name, text)
	if err != nil {
		return nil, err
	}
	return load(f, exceptions)
}

// load makes a document of our paths alone, without references, so that nothing
// else in it can be wrong or slow.
func load(f *file, exceptions []exception) (*Description, error) {
	fail := func(err error) (*Description, error) { return nil, fmt.Errorf("%s: %w", f.path, err) }
	described, err := f.object("paths")
	if err != nil {
		return fail(err)
	}
	found := map[string]any{}
	for _, path := range paths {
		for name, item := range described {
			if anyNames(name) == anyNames(path) {
				if found[name], err = inline(item, f, 0); err != nil {
					return fail(fmt.Errorf("%s: %w", name, err))
				}
			}
		}
	}
	if len(found) != len(paths) {
		return fail(fmt.Errorf("it describes %d of the %d paths %s", len(found), len(paths), strings.Join(paths, ", ")))
	}
	document := map[string]any{
		"openapi": f.root["openapi"], "info": map[string]any{"title": f.path, "version": "1"}, "paths": found,
	}
	if security := f.root["security"]; security != nil {
		document["security"] = security
	}
	if schemes, err := f.object("components", "securitySchemes"); err == nil {
		inlined, err := inline(schemes, f, 0)
		if err != nil {
			return fail(err)
		}
		document["components"] = map[string]any{"securitySchemes": inlined}
	}
	text, err := json.Marshal(document)
	if err != nil {
		return fail(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return fail(err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		return fail(err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return fail(err)
	}
	return &Description{name: filepath.Base(f.path), exceptions: exceptions, router: router}, nil
}

var parameter = regexp.MustCompile(`\{[^}]*\}`)

// anyNames is a path without the names of its parameters.
func anyNames(path string) string { return parameter.ReplaceAllString(path, "{}") }

// file is one of those that a description consists of.
type file struct {
	path  string
	root  map[string]any
	files map[string]*file // all that were read, by path
}

func readFile(path string) (*file, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parseFile(path, text)
}

func parseFile(path string, text []byte) (*file, error) {
	text, err := yaml.YAMLToJSON(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	f := &file{path: path, files: map[string]*file{}}
	if err := json.Unmarshal(text, &f.root); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	f.files[path] = f
	return f, nil
}

// object is the object below those keys.
func (f *file) object(keys ...string) (map[string]any, error) {
	object := f.root
	for i, key := range keys {
		below, ok := object[key].(map[string]any)
		if !ok {
			return nil, fmt.Errorf("there is no object %s", strings.Join(keys[:i+1], "/"))
		}
		object = below
	}
	return object, nil
}

// deepest is how many references may lead from one to the next.
const deepest = 50

// inline puts in the place of each reference what it refers to, and leaves out
// examples.
func inline(v any, in *file, depth int) (any, error) {
	if depth > deepest {
		return nil, errors.New("its references have no end")
	}
	switch v := v.(type) {
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok {
			target, from, err := in.follow(ref)
			if err != nil {
				return nil, fmt.Errorf("%s in %s: %w", ref, in.path, err)
			}
			return inline(target, from, depth+1)
		}
		inlined := map[string]any{}
		for key, below := range v {
			if key == "example" || key == "examples" || strings.HasPrefix(key, "x-") { // no field of ours has such a name
				continue
			}
			var err error
			if inlined[key], err = inline(below, in, depth); err != nil {
				return nil, err
			}
		}
		return inlined, nil
	case []any:
		inlined := make([]any, len(v))
		for i, below := range v {
			var err error
			if inlined[i], err = inline(below, in, depth); err != nil {
				return nil, err
			}
		}
		return inlined, nil
	}
	return v, nil
}

// follow is what ref refers to, and the file that it is in.
func (f *file) follow(ref string) (any, *file, error) {
	path, pointer, _ := strings.Cut(ref, "#")
	from := f
	if path != "" {
		if strings.Contains(path, "://") {
			return nil, nil, errors.New("only local files are read")
		}
		path = filepath.Join(filepath.Dir(f.path), filepath.FromSlash(path))
		if from = f.files[path]; from == nil {
			var err error
			if from, err = readFile(path); err != nil {
				return nil, nil, err
			}
			f.files[path], from.files = from, f.files
		}
	}
	var target any = from.root
	for key := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if key == "" {
			continue
		}
		key, err := url.PathUnescape(strings.NewReplacer("~1", "/", "~0", "~").Replace(key))
		if err != nil {
			return nil, nil, err
		}
		object, ok := target.(map[string]any)
		if !ok || object[key] == nil {
			return nil, nil, fmt.Errorf("there is no %s", key)
		}
		target = object[key]
	}
	return target, from, nil
}
