package localspaces

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// files keeps a store in a directory. A nil one keeps nothing.
//
//	key.json                        the access key that was made up
//	token.json                      the token that was made up
//	keys.json                       the keys made by DigitalOcean's API
//	api.json                        its certificates and CDN endpoints
//	bodies/ID                       pieces of bodies
//	buckets/NAME/bucket.json        a bucketView
//	buckets/NAME/objects/HASH.json  an object with all its versions
//	buckets/NAME/uploads/ID.json    an unfinished upload
//
// Each file is written beside its place and renamed, a body before what refers
// to it. So a process that is killed leaves whole files, and at worst a body
// that nothing refers to, which the next start removes.
type files struct {
	dir string
}

func (f *files) body(name string) string { return filepath.Join(f.dir, "bodies", name) }
func (f *files) bucket(name ...string) string {
	return filepath.Join(append([]string{f.dir, "buckets"}, name...)...)
}

func (f *files) object(bucket, k string) string {
	return f.bucket(bucket, "objects", hashed(k)+".json")
}
func (f *files) upload(bucket, i string) string { return f.bucket(bucket, "uploads", i+".json") }

// hashed names a file for a key, which can hold what no file name may.
func hashed(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

func openStore(dir string) (*store, error) {
	st := &store{buckets: map[string]*bucket{}}
	if dir == "" {
		return st, nil
	}
	st.files = &files{dir}
	for _, sub := range []string{"bodies", "buckets"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, err
		}
	}
	names, err := os.ReadDir(st.files.bucket())
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		b, err := st.files.loadBucket(name.Name())
		switch {
		case errors.Is(err, fs.ErrNotExist): // killed while making or deleting it
			if err := os.RemoveAll(st.files.bucket(name.Name())); err != nil {
				return nil, err
			}
		case err != nil:
			return nil, fmt.Errorf("read bucket %s: %w", name.Name(), err)
		default:
			st.buckets[b.Name] = b
		}
	}
	return st, st.files.sweep(st.buckets)
}

// credentials makes up a full-access key, and remembers it with the data.
func (st *store) credentials() (accessKey, secretKey string, err error) {
	var made struct{ AccessKey, SecretKey string }
	if st.files != nil {
		err := load(filepath.Join(st.files.dir, "key.json"), &made)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return made.AccessKey, made.SecretKey, err
		}
	}
	made.AccessKey, made.SecretKey = "DO00"+newID(16), newID(43)
	if st.files != nil {
		err = save(filepath.Join(st.files.dir, "key.json"), made)
	}
	return made.AccessKey, made.SecretKey, err
}

func (f *files) loadBucket(name string) (*bucket, error) {
	b := newBucket(bucketView{})
	if err := load(f.bucket(name, "bucket.json"), &b.bucketView); err != nil {
		return nil, err
	}
	var keys []string
	err := each(f.bucket(name, "objects"), func(path string) error {
		o := new(object)
		if err := load(path, o); err != nil {
			return err
		}
		b.objects[o.Key] = o
		keys = append(keys, o.Key)
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(keys)
	b.keys = keys
	return b, each(f.bucket(name, "uploads"), func(path string) error {
		u := new(upload)
		if err := load(path, u); err != nil {
			return err
		}
		b.uploads[u.ID] = u
		return nil
	})
}

// sweep removes what killed processes left behind.
func (f *files) sweep(buckets map[string]*bucket) error {
	used := map[string]bool{}
	for _, b := range buckets {
		for _, o := range b.objects {
			for _, v := range o.Versions {
				for _, p := range v.Body.Pieces {
					used[p.File] = true
				}
			}
		}
		for _, u := range b.uploads {
			for _, p := range u.Parts {
				used[p.Piece.File] = true
			}
		}
	}
	return each(filepath.Join(f.dir, "bodies"), func(path string) error {
		if used[filepath.Base(path)] {
			return nil
		}
		return os.Remove(path)
	})
}

// each calls f with every file in dir, which need not exist.
func each(dir string, f func(path string) error) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if strings.HasPrefix(e.Name(), "new-") { // never renamed
			err = os.Remove(path)
		} else {
			err = f(path)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *files) saveBucket(b *bucket) error {
	if f == nil {
		return nil
	}
	for _, sub := range []string{"objects", "uploads"} {
		if err := os.MkdirAll(f.bucket(b.Name, sub), 0o700); err != nil {
			return err
		}
	}
	return save(f.bucket(b.Name, "bucket.json"), b.bucketView)
}

// removeBucket removes first the file without which the rest does not count.
func (f *files) removeBucket(name string) error {
	if f == nil {
		return nil
	}
	return errors.Join(os.Remove(f.bucket(name, "bucket.json")), os.RemoveAll(f.bucket(name)))
}

func (f *files) saveObject(b *bucket, key string) error {
	if f == nil {
		return nil
	}
	if o := b.objects[key]; o != nil {
		return save(f.object(b.Name, key), o)
	}
	return removeIfThere(f.object(b.Name, key))
}

func (f *files) saveUpload(b *bucket, u *upload) error {
	if f == nil {
		return nil
	}
	return save(f.upload(b.Name, u.ID), u)
}

func (f *files) removeUpload(b *bucket, id string) error {
	if f == nil {
		return nil
	}
	return removeIfThere(f.upload(b.Name, id))
}

// saveAs keeps v in a file of that name.
func (f *files) saveAs(name string, v any) error {
	if f == nil {
		return nil
	}
	return save(filepath.Join(f.dir, name), v)
}

// loadFrom loads v from a file of that name, if it is there.
func (f *files) loadFrom(name string, v any) error {
	if f == nil {
		return nil
	}
	err := load(filepath.Join(f.dir, name), v)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// remove lets go of pieces. It does not matter if that fails: the next start
// sweeps.
func (f *files) remove(pieces []piece) {
	if f == nil {
		return
	}
	for _, p := range pieces {
		_ = os.Remove(f.body(p.File))
	}
}

func (f *files) receiveFile(r io.Reader) (piece, error) {
	name := newID(26)
	var n int64
	err := replace(f.body(name), func(w io.Writer) (err error) {
		n, err = io.Copy(w, r)
		return err
	})
	return piece{Size: n, File: name}, err
}

func removeIfThere(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func load(path string, v any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func save(path string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return replace(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// replace writes a file so that at any moment the old one or the new one is
// there.
func replace(path string, write func(io.Writer) error) error {
	file, err := os.CreateTemp(filepath.Dir(path), "new-")
	if err != nil {
		return err
	}
	if err := errors.Join(write(file), file.Close()); err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return os.Rename(file.Name(), path)
}
