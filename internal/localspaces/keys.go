package localspaces

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// ownerID is the account that all buckets, objects and keys belong to. Spaces
// shows such a number.
const ownerID = "6174283"

// Grant gives a key a permission on a bucket, in the terms of DigitalOcean's
// API: "read", "readwrite" or "fullaccess", the last with no bucket.
type Grant struct {
	Bucket     string `json:"bucket"`
	Permission string `json:"permission"`
}

// key is replaced and never changed.
type key struct {
	accessKey, secretKey string
	grants               []Grant
	name                 string
	created              time.Time
	made                 bool          // by the API; such keys are kept in Options.Dir
	lag                  *atomic.Int64 // how many requests are still refused, or nil
}

// early reports whether the key does not work yet, and counts that it was tried.
func (k *key) early() bool { return k.lag != nil && k.lag.Add(-1) >= 0 }

// level is what the key may do on bucket.
func (k *key) level(bucket string) level {
	most := nobody
	for _, g := range k.grants {
		if g.Bucket != "" && g.Bucket != bucket {
			continue
		}
		most = max(most, map[string]level{"read": read, "readwrite": readWrite, "fullaccess": fullAccess}[g.Permission])
	}
	return most
}

// limitedTo reports whether the key is a limited one with a grant on bucket.
func (k *key) limitedTo(bucket string) bool {
	return k.level("") != fullAccess && k.level(bucket) != nobody
}

// keyring holds the account's keys.
type keyring struct {
	mu   sync.RWMutex
	keys []*key
}

// AddKey makes a key valid, replacing one of the same access key. Without
// grants it exists and may do nothing. In the API its name is its access key.
func (s *Server) AddKey(accessKey, secretKey string, grants ...Grant) {
	s.RemoveKey(accessKey)
	s.keys.mu.Lock()
	defer s.keys.mu.Unlock()
	s.keys.keys = append(s.keys.keys, &key{
		accessKey: accessKey, secretKey: secretKey, grants: slices.Clone(grants), name: accessKey, created: s.opt.Now(),
	})
}

// RemoveKey makes a key invalid.
func (s *Server) RemoveKey(accessKey string) {
	s.keys.mu.Lock()
	defer s.keys.mu.Unlock()
	s.keys.keys = slices.DeleteFunc(s.keys.keys, func(k *key) bool { return k.accessKey == accessKey })
}

// find is the key of that access key, or nil.
func (kr *keyring) find(accessKey string) *key {
	kr.mu.RLock()
	defer kr.mu.RUnlock()
	for _, k := range kr.keys {
		if k.accessKey == accessKey {
			return k
		}
	}
	return nil
}

// limitedTo is some limited key with a grant on bucket, or nil.
func (kr *keyring) limitedTo(bucket string) *key {
	kr.mu.RLock()
	defer kr.mu.RUnlock()
	for _, k := range kr.keys {
		if k.limitedTo(bucket) {
			return k
		}
	}
	return nil
}
