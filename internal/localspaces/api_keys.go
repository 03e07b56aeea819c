package localspaces

import (
	"cmp"
	"net/http"
	"slices"
	"sync/atomic"
	"time"
)

// mostKeys is how many keys an account can have.
const mostKeys = 200

// shownKey is a key as the API shows it.
type shownKey struct {
	Name      string  `json:"name"`
	Grants    []Grant `json:"grants"`
	AccessKey string  `json:"access_key"`
	CreatedAt string  `json:"created_at"`
	SecretKey string  `json:"secret_key,omitempty"`
}

func (k *key) shown() shownKey {
	return shownKey{Name: k.name, Grants: append([]Grant{}, k.grants...), AccessKey: k.accessKey, CreatedAt: apiTime(k.created)}
}

// changeKeys calls change with the keys, in a slice of its own, and keeps what
// it answers. No bucket gets a policy meanwhile.
func (s *Server) changeKeys(change func(keys []*key) ([]*key, error)) error {
	s.store.mu.RLock()
	defer s.store.mu.RUnlock()
	s.keys.mu.Lock()
	defer s.keys.mu.Unlock()
	keys, err := change(slices.Clone(s.keys.keys))
	if err != nil {
		return err
	}
	var saved []savedKey
	for _, k := range keys {
		if k.made {
			saved = append(saved, savedKey{k.accessKey, k.secretKey, k.name, k.created, k.grants})
		}
	}
	if err := s.store.files.saveAs("keys.json", saved); err != nil {
		return err
	}
	s.keys.keys = keys
	return nil
}

// savedKey is a key in its file.
type savedKey struct {
	AccessKey, SecretKey, Name string
	Created                    time.Time
	Grants                     []Grant
}

func (s *Server) loadKeys() error {
	var saved []savedKey
	err := s.store.files.loadFrom("keys.json", &saved)
	for _, k := range saved {
		s.keys.keys = append(s.keys.keys, &key{
			accessKey: k.AccessKey, secretKey: k.SecretKey, grants: k.Grants, name: k.Name, created: k.Created, made: true,
		})
	}
	return err
}

// checkGrants checks the grants of a new or changed key. It is called within
// changeKeys.
func (s *Server) checkGrants(grants []Grant) error {
	seen := map[string]bool{}
	for _, g := range grants {
		switch g.Permission {
		case "fullaccess":
			if len(grants) > 1 {
				return badRequest("cannot mix fullaccess with other grants")
			}
			if g.Bucket != "" {
				return badRequest("A fullaccess grant has no bucket; here it has %q.", g.Bucket)
			}
			return nil
		case "read", "readwrite":
		default:
			return badRequest("The permission %q is not known. Known are read, readwrite and fullaccess.", g.Permission)
		}
		if g.Bucket == "" {
			return badRequest("A %s grant needs a bucket.", g.Permission)
		}
		if seen[g.Bucket] {
			return badRequest("The bucket %q has two grants.", g.Bucket)
		}
		seen[g.Bucket] = true
	}
	for bucket := range seen {
		if b := s.store.buckets[bucket]; b != nil && b.Documents["policy"] != nil {
			return badRequest("The bucket %q has a policy. A limited key cannot have a grant on it.", bucket)
		}
	}
	return nil
}

func (s *Server) createSpacesKey(c *call) error {
	var in struct {
		Name   string
		Grants []Grant
	}
	if err := c.readJSON(&in); err != nil {
		return err
	}
	made := &key{
		accessKey: "DO00" + newID(16), secretKey: newID(43), grants: in.Grants, name: in.Name, created: s.opt.Now(), made: true,
		lag: new(atomic.Int64),
	}
	made.lag.Store(int64(s.opt.KeyLag))
	err := s.changeKeys(func(keys []*key) ([]*key, error) {
		if in.Name == "" {
			return nil, badRequest("A key needs a name.")
		}
		if err := s.checkGrants(in.Grants); err != nil {
			return nil, err
		}
		if len(keys) >= mostKeys {
			return nil, badRequest("The account has %d keys; it cannot have more.", len(keys))
		}
		return append(keys, made), nil
	})
	if err != nil {
		return err
	}
	answer := made.shown()
	answer.SecretKey = made.secretKey
	return c.answerJSON(http.StatusCreated, "key", answer)
}

func (s *Server) getSpacesKey(c *call) error {
	k := s.keys.find(c.at.Key)
	if k == nil {
		return notFound("key", c.at.Key)
	}
	return c.answerJSON(http.StatusOK, "key", k.shown())
}

// updateSpacesKey serves PUT, for which what is absent is empty, and PATCH, for
// which it is as before.
func (s *Server) updateSpacesKey(c *call) error {
	var in struct {
		Name   *string
		Grants *[]Grant
	}
	if err := c.readJSON(&in); err != nil {
		return err
	}
	var changed *key
	err := s.changeKeys(func(keys []*key) ([]*key, error) {
		i := slices.IndexFunc(keys, func(k *key) bool { return k.accessKey == c.at.Key })
		if i < 0 {
			return nil, notFound("key", c.at.Key)
		}
		copied := *keys[i]
		changed = &copied
		if c.r.Method == http.MethodPut {
			changed.name, changed.grants = "", nil
		}
		if in.Name != nil {
			changed.name = *in.Name
		}
		if in.Grants != nil {
			changed.grants = *in.Grants
		}
		if changed.name == "" {
			return nil, badRequest("A key needs a name.")
		}
		if err := s.checkGrants(changed.grants); err != nil {
			return nil, err
		}
		if (keys[i].level("") == fullAccess) != (changed.level("") == fullAccess) {
			return nil, badRequest("A key with full access cannot become a limited one, nor the other way round.")
		}
		keys[i] = changed
		return keys, nil
	})
	if err != nil {
		return err
	}
	return c.answerJSON(http.StatusOK, "key", changed.shown())
}

func (s *Server) deleteSpacesKey(c *call) error {
	err := s.changeKeys(func(keys []*key) ([]*key, error) {
		i := slices.IndexFunc(keys, func(k *key) bool { return k.accessKey == c.at.Key })
		if i < 0 {
			return nil, notFound("key", c.at.Key)
		}
		return slices.Delete(keys, i, i+1), nil
	})
	if err != nil {
		return err
	}
	return c.noContent()
}

func (s *Server) listSpacesKeys(c *call) error {
	order, err := keyOrder(c)
	if err != nil {
		return err
	}
	s.keys.mu.RLock()
	keys := slices.Clone(s.keys.keys)
	s.keys.mu.RUnlock()
	name, bucket, permission := c.query.Get("name"), c.query.Get("bucket"), c.query.Get("permission")
	keys = slices.DeleteFunc(keys, func(k *key) bool {
		return name != "" && k.name != name ||
			bucket != "" && !slices.ContainsFunc(k.grants, func(g Grant) bool { return g.Bucket == bucket }) ||
			permission != "" && !slices.ContainsFunc(k.grants, func(g Grant) bool { return g.Permission == permission })
	})
	slices.SortStableFunc(keys, order)
	shown := make([]shownKey, len(keys))
	for i, k := range keys {
		shown[i] = k.shown()
	}
	return answerPage(c, "keys", shown)
}

// keyOrder is the order that c asks for; without a word of it the newest key
// is first.
func keyOrder(c *call) (func(a, b *key) int, error) {
	by, direction := c.query.Get("sort"), c.query.Get("sort_direction")
	if by != "" && direction == "" {
		return nil, badRequest("sort needs a sort_direction.")
	}
	var order func(a, b *key) int
	switch by {
	case "", "created_at":
		order = func(a, b *key) int { return a.created.Compare(b.created) }
	case "name":
		order = func(a, b *key) int { return cmp.Compare(a.name, b.name) }
	default:
		return nil, badRequest("Keys cannot be sorted by %q, only by created_at and name.", by)
	}
	switch direction {
	case "asc":
		return order, nil
	case "", "desc":
		return func(a, b *key) int { return order(b, a) }, nil
	}
	return nil, badRequest("sort_direction is %q; it has to be asc or desc.", direction)
}
