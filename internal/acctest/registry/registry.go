// Package registry is a provider registry on loopback. It serves one release,
// as GoReleaser leaves it in dist/, in the place of registry.terraform.io and
// registry.opentofu.org, so that "terraform init" and "tofu init" do with it
// what they will do with the published one: discovery, versions, download,
// sums, signature.
//
// The protocol is described at
// https://developer.hashicorp.com/terraform/internals/provider-registry-protocol
package registry

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Release is what is published: the files of a folder and the keys that the
// registry vouches for.
type Release struct {
	Dir  string            // with NAME_VERSION_OS_ARCH.zip, …_SHA256SUMS, …_SHA256SUMS.sig, …_manifest.json
	Keys map[string]string // ASCII-armored public keys by their ID

	// Alter changes a file on its way, as who has got into the registry could.
	// What the registry says of an archive's sum is what SHA256SUMS says then.
	// It may be nil.
	Alter func(name string, content []byte) []byte
}

// Platform is one that the release has an archive for.
type Platform struct {
	OS   string `json:"os"`
	Arch string `json:"arch"`
}

// index is what a registry learns of a release when it is published.
type index struct {
	prefix    string // of all files: terraform-provider-spaces_1.2.3
	version   string
	protocols []string
	archives  map[Platform]string // their names
}

var (
	sumsName    = regexp.MustCompile(`^terraform-provider-spaces_([0-9][^_]*)_SHA256SUMS$`)
	archiveName = regexp.MustCompile(`^terraform-provider-spaces_([0-9][^_]*)_([a-z0-9]+)_([a-z0-9]+)\.zip$`)
)

// publish reads a release, and refuses one that the registry would refuse.
func publish(dir string) (index, error) {
	var x index
	found, err := filepath.Glob(filepath.Join(dir, "*_SHA256SUMS"))
	if err != nil {
		return x, err
	}
	if len(found) != 1 || !sumsName.MatchString(filepath.Base(found[0])) {
		return x, fmt.Errorf("%s has not one terraform-provider-spaces_VERSION_SHA256SUMS: %q", dir, found)
	}
	sumsFile := filepath.Base(found[0])
	x.version = sumsName.FindStringSubmatch(sumsFile)[1]
	x.prefix = strings.TrimSuffix(sumsFile, "_SHA256SUMS")
	sums, err := os.ReadFile(found[0])
	if err != nil {
		return x, err
	}
	manifest := x.prefix + "_manifest.json"
	x.archives = map[Platform]string{}
	for line := range strings.Lines(string(sums)) {
		sum, name, ok := strings.Cut(strings.TrimSpace(line), "  ")
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return x, fmt.Errorf("%s names what is not released: %w", sumsFile, err)
		}
		if own := sha256.Sum256(content); !ok || sum != hex.EncodeToString(own[:]) {
			return x, fmt.Errorf("%s is wrong about %s", sumsFile, name)
		}
		switch parts := archiveName.FindStringSubmatch(name); {
		case name == manifest:
			x.protocols, err = protocols(content)
		case parts == nil || parts[1] != x.version:
			err = fmt.Errorf("%s has %s, which is no archive of the provider", sumsFile, name)
		default:
			x.archives[Platform{parts[2], parts[3]}] = name
		}
		if err != nil {
			return x, err
		}
	}
	if len(x.protocols) == 0 {
		return x, fmt.Errorf("%s has no %s", sumsFile, manifest)
	}
	return x, nil
}

// protocols are the plugin protocols of the registry's manifest.
func protocols(manifest []byte) ([]string, error) {
	var m struct {
		Version  int `json:"version"`
		Metadata struct {
			Protocols []string `json:"protocol_versions"`
		} `json:"metadata"`
	}
	if err := json.Unmarshal(manifest, &m); err != nil {
		return nil, err
	}
	if m.Version != 1 {
		return nil, fmt.Errorf("the manifest is of version %d", m.Version)
	}
	return m.Metadata.Protocols, nil
}

// read is a file of the release as it arrives.
func (r Release) read(name string) ([]byte, error) {
	content, err := os.ReadFile(filepath.Join(r.Dir, name))
	if err == nil && r.Alter != nil {
		content = r.Alter(name, content)
	}
	return content, err
}

// sumOf is what SHA256SUMS says of a file.
func sumOf(sums []byte, name string) string {
	for line := range strings.Lines(string(sums)) {
		if sum, found := strings.CutSuffix(strings.TrimSpace(line), "  "+name); found {
			return sum
		}
	}
	return ""
}

// handler serves the registry protocol for do-spaces/spaces.
func handler(r Release, x index) http.Handler {
	answer := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v) // the client misses what cannot be sent
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/terraform.json", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]string{"providers.v1": "/v1/providers/"})
	})
	mux.HandleFunc("GET /v1/providers/do-spaces/spaces/versions", func(w http.ResponseWriter, _ *http.Request) {
		var platforms []Platform
		for p := range x.archives {
			platforms = append(platforms, p)
		}
		answer(w, map[string]any{"versions": []any{
			map[string]any{"version": x.version, "protocols": x.protocols, "platforms": platforms},
		}})
	})
	mux.HandleFunc("GET /v1/providers/do-spaces/spaces/{version}/download/{os}/{arch}", func(w http.ResponseWriter, req *http.Request) {
		p := Platform{req.PathValue("os"), req.PathValue("arch")}
		name, ok := x.archives[p]
		if !ok || req.PathValue("version") != x.version {
			http.NotFound(w, req)
			return
		}
		sums, err := r.read(x.prefix + "_SHA256SUMS")
		if err != nil {
			http.Error(w, fmt.Sprint(err), http.StatusInternalServerError)
			return
		}
		keys := []any{}
		for id, armor := range r.Keys {
			keys = append(keys, map[string]string{"key_id": id, "ascii_armor": armor})
		}
		answer(w, map[string]any{
			"protocols": x.protocols, "os": p.OS, "arch": p.Arch, "filename": name, "shasum": sumOf(sums, name),
			"download_url":          "/files/" + name,
			"shasums_url":           "/files/" + x.prefix + "_SHA256SUMS",
			"shasums_signature_url": "/files/" + x.prefix + "_SHA256SUMS.sig",
			"signing_keys":          map[string]any{"gpg_public_keys": keys},
		})
	})
	mux.HandleFunc("GET /files/{name}", func(w http.ResponseWriter, req *http.Request) {
		content, err := r.read(filepath.Base(req.PathValue("name")))
		if err != nil {
			http.NotFound(w, req)
			return
		}
		_, _ = w.Write(content) // the client misses what cannot be sent
	})
	return mux
}
