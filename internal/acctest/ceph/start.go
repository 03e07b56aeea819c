package ceph

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
)

var (
	//go:embed ceph.conf.tmpl
	confText string
	conf     = template.Must(template.New("ceph.conf").Parse(confText))
)

// start starts the parts one after the other: each needs the one before.
func (c *Cluster) start(ctx context.Context) error {
	if err := c.startStore(ctx); err != nil {
		return err
	}
	for _, region := range c.options.Regions {
		if err := c.startGateway(ctx, region); err != nil {
			return err
		}
	}
	return c.startProxy(ctx)
}

func (c *Cluster) path(name string) string { return filepath.Join(c.options.Dir, name) }

// command is how one of Ceph's programs is run for this cluster.
func (c *Cluster) command(ctx context.Context, tool string, args ...string) *exec.Cmd {
	cmd := c.in.command(ctx, tool, args...)
	cmd.SysProcAttr = dieWithParent()
	cmd.Env = append(os.Environ(), "CEPH_CONF="+c.path("ceph.conf"), "CEPH_ARGS=",
		// Have the allocators give the memory of deleted objects back.
		"MALLOC_ARENA_MAX=4", "MALLOC_TRIM_THRESHOLD_=131072", "TCMALLOC_AGGRESSIVE_DECOMMIT=t")
	return cmd
}

// launch starts one of Ceph's servers, to be ended by Stop.
func (c *Cluster) launch(name, program string, args ...string) (*daemon, error) {
	d, err := launch(name, c.path(name+".log"), func(ctx context.Context) *exec.Cmd {
		return c.command(ctx, program, append([]string{"-f"}, args...)...)
	})
	if err == nil {
		c.daemons = append(c.daemons, d)
	}
	return d, err
}

// startStore starts the monitor and the OSD.
func (c *Cluster) startStore(ctx context.Context) error {
	monitor, err := freeAddress(ctx)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	err = conf.Execute(&text, map[string]any{
		"Dir": c.options.Dir, "Monitor": monitor, "Lib": c.in.lib(), "LifecycleDay": int(c.options.LifecycleDay.Seconds()),
	})
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.path("ceph.conf"), text.Bytes(), 0o600); err != nil {
		return err
	}
	if err := errors.Join(os.Mkdir(c.path("mon"), 0o700), os.Mkdir(c.path("osd"), 0o700)); err != nil {
		return err
	}
	// With an OSD on its map from the start, the monitor need not be asked for one.
	monmap, osdmap := c.path("monmap"), c.path("osdmap")
	for _, args := range [][]string{
		{"monmaptool", "--create", "--addv", "a", "[v2:" + monitor + "]", monmap},
		{"osdmaptool", "--createsimple", "1", osdmap},
		{"ceph-mon", "-i", "a", "--mkfs", "--monmap", monmap, "--osdmap", osdmap},
		{"ceph-osd", "-i", "0", "--mkfs", "--no-mon-config"},
	} {
		if err := run(c.command(ctx, args[0], args[1:]...)); err != nil {
			return err
		}
	}
	if _, err := c.launch("mon", "ceph-mon", "-i", "a"); err != nil {
		return err
	}
	_, err = c.launch("osd", "ceph-osd", "-i", "0")
	return err
}

// A region is a zonegroup of one zone. Ceph chooses the names of its pools, but
// for those with the buckets' data. Created without these descriptions, they
// would have to belong to a realm, which takes longer to set up.
const (
	zone = `{"id": "REGION", "name": "REGION", "placement_pools": [{"key": "default-placement", "val": {
		"index_pool": "REGION.index", "data_extra_pool": "REGION.extra",
		"storage_classes": {"STANDARD": {"data_pool": "REGION.data"}}}}]}`
	zonegroup = `{"id": "REGION", "name": "REGION", "api_name": "REGION", "is_master": true, "master_zone": "REGION",
		"zones": [{"id": "REGION", "name": "REGION"}],
		"default_placement": "default-placement", "placement_targets": [{"name": "default-placement"}]}`
)

// startGateway makes a region with its users, and starts the radosgw for it.
func (c *Cluster) startGateway(ctx context.Context, region string) error {
	address, err := freeAddress(ctx)
	if err != nil {
		return err
	}
	c.gateways[region] = address
	in := []string{"--rgw-zonegroup=" + region, "--rgw-zone=" + region}
	admin := func(stdin string, args ...string) error {
		cmd := c.command(ctx, "radosgw-admin", append(args, in...)...)
		cmd.Stdin = strings.NewReader(strings.ReplaceAll(stdin, "REGION", region))
		return run(cmd)
	}
	if err := admin(zone, "zone", "set"); err != nil {
		return err
	}
	if err := admin(zonegroup, "zonegroup", "set"); err != nil {
		return err
	}
	if err := admin("", "user", "create", "--uid="+account, "--display-name="+account,
		"--caps=users=*;user-policy=*", "--access-key="+c.AccessKey, "--secret-key="+c.SecretKey); err != nil {
		return err
	}
	d, err := c.launch("radosgw-"+region, "radosgw", append(in, "-n", "client.rgw."+region,
		"--rgw-frontends=beast endpoint="+address+" tcp_nodelay=1",
		"--rgw-dns-name="+region+"."+domain,
		"--rgw-dns-s3website-name="+region+"-static."+domain)...)
	if err != nil {
		return err
	}
	err = d.until(ctx, func() bool {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address, nil)
		if err != nil {
			return false
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	if err != nil {
		return err
	}
	return c.makeLimited(ctx, region)
}

// startProxy puts the proxy before the gateways.
func (c *Cluster) startProxy(ctx context.Context) error {
	cert, pem, err := newCertificate(c.options.Regions)
	if err != nil {
		return err
	}
	c.CAFile = c.path("ca.pem")
	if err := os.WriteFile(c.CAFile, slices.Concat(systemRoots(), []byte("\n"), pem), 0o600); err != nil {
		return err
	}
	c.proxy = newProxy(c.gateways)
	http, err := c.proxy.serve(ctx, nil)
	if err != nil {
		return err
	}
	https, err := c.proxy.serve(ctx, cert)
	if err != nil {
		return err
	}
	c.Endpoint = Endpoint{HTTP: "http://{region}." + domain + ":" + http, HTTPS: "https://{region}." + domain + ":" + https}
	return nil
}

// freeAddress finds a port that nobody listens on, below those that the kernel
// gives to outgoing connections: one of these could take it before it is used.
func freeAddress(ctx context.Context) (string, error) {
	var err error
	for range 100 {
		address := fmt.Sprintf("127.0.0.1:%d", 20000+rand.IntN(10000))
		var l net.Listener
		if l, err = new(net.ListenConfig).Listen(ctx, "tcp", address); err == nil {
			return address, l.Close()
		}
	}
	return "", fmt.Errorf("no free port on 127.0.0.1: %w", err)
}
