package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest/ceph"
	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

const region = "nyc3"

// server is where all tools do their work, with the bucket in the path: not
// all of them find names below localhost.
type server struct {
	name, endpoint, accessKey, secretKey string

	client *s3.Client
	local  *localspaces.Server // nil where the server is another
	stop   func() error
}

func start(ctx context.Context, name string, rtt time.Duration) (server, error) {
	var s server
	switch name {
	case "local":
		local, err := localspaces.New(localspaces.Options{Regions: []string{region}, RTT: rtt, DeleteDelay: 5 * time.Millisecond})
		if err != nil {
			return s, err
		}
		listener := httptest.NewServer(local)
		s = server{name: fmt.Sprintf("local Spaces, %d ms away", rtt.Milliseconds()), endpoint: listener.URL, local: local}
		s.accessKey, s.secretKey = local.Credentials()
		s.stop = func() error { listener.Close(); return local.Close() }
	case "ceph":
		cluster, err := ceph.Start(ctx, ceph.Options{Regions: []string{region}})
		if err != nil {
			return s, err
		}
		s = server{
			name: "Ceph, on this machine", endpoint: cluster.Gateway(region),
			accessKey: cluster.AccessKey, secretKey: cluster.SecretKey, stop: cluster.Stop,
		}
	default:
		return s, fmt.Errorf("no server is called %q: there are local and ceph", name)
	}
	endpoint, err := spaces.ParseEndpoint(s.endpoint)
	if err != nil {
		return s, err
	}
	s.client, err = spaces.New(spaces.Config{
		AccessKey: s.accessKey, SecretKey: s.secretKey, Endpoint: endpoint, PathStyle: true, MaxRetries: 4, Version: "bench", Patience: spaces.DefaultPatience,
	}).S3(region)
	return s, err
}

// host is the server's without the scheme.
func (s server) host() string { return strings.TrimPrefix(s.endpoint, "http://") }

// bucket makes an empty one.
func (s server) bucket(ctx context.Context, name string) error {
	_, err := s.client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &name})
	return err
}

// count counts the requests that a function makes, by their operation. It is
// nil where the server does not tell.
func (s server) count(do func() error) (map[string]int, error) {
	if s.local == nil {
		return nil, do()
	}
	s.local.ResetRequests()
	err := do()
	counts := map[string]int{}
	for _, r := range s.local.Requests() {
		counts[r.Operation]++
	}
	return counts, err
}
