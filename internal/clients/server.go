//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest/ceph"
	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

const (
	region = "nyc3"
	// name begins the names of all buckets.
	name                                       = "clients"
	filesBucket, readonlyBucket, privateBucket = name + "-files", name + "-readonly", name + "-private"
)

// server is a Spaces that clients are tried on.
type server struct {
	name      string
	endpoint  string // with {region}
	full      map[string]string
	variables map[string]any // of the setup, beside those that all servers have
	ca        string         // file of the certificate, if it speaks TLS
	stop      func() error
}

// start starts a server by its name.
func start(ctx context.Context, name string) (*server, error) {
	switch name {
	case "local":
		return startLocal(ctx)
	case "ceph":
		return startCeph(ctx)
	}
	return nil, fmt.Errorf("no such server: %s", name)
}

func startLocal(ctx context.Context) (*server, error) {
	local, err := localspaces.New(localspaces.Options{Regions: []string{region}, DeleteDelay: 5 * time.Millisecond})
	if err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, local.Close())
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return nil, errors.Join(err, local.Close())
	}
	serving := &http.Server{Handler: local, ReadHeaderTimeout: time.Minute}
	go func() { _ = serving.Serve(listener) }() // ends with Close
	access, secret := local.Credentials()
	return &server{
		name: "local", endpoint: "http://{region}.localhost:" + port,
		full:      keys(access, secret),
		variables: map[string]any{"token": local.Token(), "api_endpoint": "http://127.0.0.1:" + port},
		stop:      func() error { return errors.Join(serving.Close(), local.Close()) },
	}, nil
}

func startCeph(ctx context.Context) (*server, error) {
	cluster, err := ceph.Start(ctx, ceph.Options{Regions: []string{region}})
	if err != nil {
		return nil, err
	}
	limited, err := cluster.Grant(ctx, region, map[string]string{filesBucket: "readwrite", readonlyBucket: "read"})
	if err != nil {
		return nil, errors.Join(err, cluster.Stop())
	}
	return &server{
		name: "ceph", endpoint: cluster.Endpoint.HTTPS, ca: cluster.CAFile,
		full:      keys(cluster.AccessKey, cluster.SecretKey),
		variables: map[string]any{"limited": keys(limited.AccessKey, limited.SecretKey)},
		stop:      cluster.Stop,
	}, nil
}

func keys(access, secret string) map[string]string {
	return map[string]string{"access_key": access, "secret_key": secret}
}
