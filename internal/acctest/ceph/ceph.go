// Package ceph starts a throw-away Ceph on loopback, from Debian's packages:
// the object gateway that Spaces is built on, for the acceptance tests.
//
// Each region is a zone of Ceph with buckets and a gateway of its own. One proxy
// in front of them makes the regions look like those of Spaces, told apart by
// the host's name alone:
//
//	https://REGION.localhost:PORT/BUCKET/KEY
//	https://BUCKET.REGION.localhost:PORT/KEY
//	https://BUCKET.REGION-static.localhost:PORT/PATH   the bucket's website
//
// Go does not resolve names under "localhost": clients dial 127.0.0.1.
package ceph

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Options say what kind of cluster to start. The zero value will do.
type Options struct {
	Regions      []string      // nyc3 and ams3 if empty
	LifecycleDay time.Duration // how long a lifecycle "day" lasts, in whole seconds; 0: no rule is ever acted upon
	Dir          string        // where to keep state; a temporary folder if empty. Kept when Start fails, removed by Stop
	Release      int           // of Ceph: 16 if 0, or 18
}

// Cluster is a running Ceph. It ends with this process even if Stop is not
// called, but then its folder stays.
type Cluster struct {
	Keys
	// Limited is a key that may read and write the objects of all buckets, and
	// nothing else, like a Spaces key with the grant "readwrite".
	Limited Keys
	// CAFile holds the certificate of the TLS endpoints, and those that the
	// system trusts anyway.
	CAFile   string
	Endpoint Endpoint

	options  Options
	in       installation
	daemons  []*daemon
	gateways map[string]string // region → address of its radosgw
	proxy    *proxy
}

// Keys are an access key and its secret.
type Keys struct{ AccessKey, SecretKey string }

// Endpoint are the URLs of the regions, with "{region}" where the name belongs.
type Endpoint struct{ HTTP, HTTPS string }

var regionName = regexp.MustCompile(`^[a-z][a-z0-9]*$`)

// Start starts a cluster and returns when all its regions answer. It does not
// install anything. The context counts until then only.
func Start(ctx context.Context, o Options) (*Cluster, error) {
	if len(o.Regions) == 0 {
		o.Regions = []string{"nyc3", "ams3"}
	}
	for _, region := range o.Regions {
		if !regionName.MatchString(region) {
			return nil, fmt.Errorf("%q is no name for a region: it must consist of small letters and digits", region)
		}
	}
	if o.LifecycleDay%time.Second != 0 || o.LifecycleDay < 0 {
		return nil, fmt.Errorf("a lifecycle day of %s: it must be whole seconds", o.LifecycleDay)
	}
	if o.Release == 0 {
		o.Release = 16
	}
	in, err := find(o.Release)
	if err != nil {
		return nil, err
	}
	if missing := Missing(o.Release); len(missing) > 0 {
		return nil, fmt.Errorf("Ceph %d is not installed (missing: %s). Install it with:\n  go run ./internal/acctest/ceph/cmd install -release %d",
			o.Release, strings.Join(missing, ", "), o.Release)
	}

	temporary := o.Dir == ""
	if temporary {
		if o.Dir, err = os.MkdirTemp("", "ceph-"); err != nil {
			return nil, err
		}
	} else if o.Dir, err = filepath.Abs(o.Dir); err != nil {
		return nil, err
	} else if err := os.Mkdir(o.Dir, 0o700); err != nil { // one that is there is not ours to remove
		return nil, err
	}
	c := &Cluster{options: o, in: in, Keys: newKeys(), Limited: newKeys(), gateways: map[string]string{}}
	bounded, cancel := context.WithTimeoutCause(ctx, time.Minute, errors.New("it took longer than a minute"))
	defer cancel()
	if err := c.start(bounded); err != nil {
		if bounded.Err() != nil {
			err = fmt.Errorf("%w: %w", context.Cause(bounded), err)
		}
		for _, d := range c.daemons {
			if ctx.Err() == nil { // not told to give up: somebody has to find out why
				err = fmt.Errorf("%w\n%s", err, d.lastWords())
			}
		}
		c.end()
		if temporary {
			err = errors.Join(err, os.RemoveAll(o.Dir))
		}
		return nil, fmt.Errorf("starting Ceph: %w", err)
	}
	return c, nil
}

// Stop ends the cluster and removes its folder. Its error says if a part of the
// cluster had ended before.
func (c *Cluster) Stop() error {
	var errs []error
	for _, d := range c.daemons {
		errs = append(errs, d.died())
	}
	c.end()
	return errors.Join(append(errs, os.RemoveAll(c.options.Dir))...)
}

func (c *Cluster) end() {
	if c.proxy != nil {
		c.proxy.close()
	}
	for _, d := range c.daemons {
		d.stop()
	}
}

// Gateway is the address of a region's gateway itself, without the proxy: plain
// HTTP, and buckets in the path only.
func (c *Cluster) Gateway(region string) string { return "http://" + c.gateways[region] }

// Env is what tells the acceptance tests about the cluster.
func (c *Cluster) Env() []string {
	env := []string{
		"SPACES_TEST_SERVER=ceph",
		"SPACES_TEST_ENDPOINT=" + c.Endpoint.HTTPS,
		"SPACES_TEST_HTTP_ENDPOINT=" + c.Endpoint.HTTP,
		"SPACES_TEST_REGIONS=" + strings.Join(c.options.Regions, ","),
		"SPACES_TEST_ACCESS_KEY=" + c.AccessKey,
		"SPACES_TEST_SECRET_KEY=" + c.SecretKey,
		"SPACES_TEST_LIMITED_ACCESS_KEY=" + c.Limited.AccessKey,
		"SPACES_TEST_LIMITED_SECRET_KEY=" + c.Limited.SecretKey,
		"SPACES_TEST_LACKS=logging", // of buckets: 405 from every release
		"SSL_CERT_FILE=" + c.CAFile,
	}
	if day := c.options.LifecycleDay; day > 0 {
		env = append(env, "SPACES_TEST_LIFECYCLE_DAY="+day.String())
	}
	return env
}
