// Command localspaces runs a local Spaces: something for demos, and for trying
// out what would otherwise cost money. See internal/localspaces/README.md.
//
// The lines it prints first are for a shell, so that
//
//	localspaces | sed '/^$/q' > env.sh
//
// or a copy of them sets up a client.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "localspaces:", err)
		os.Exit(1)
	}
}

// logInterval is how often access logs are delivered and lifecycle rules
// applied. Spaces takes an hour and a day.
const logInterval = time.Minute

// run serves until ctx is done.
func run(ctx context.Context, args []string, out io.Writer) error {
	opt := localspaces.Options{DeleteDelay: 5 * time.Millisecond}
	flags := flag.NewFlagSet("localspaces", flag.ContinueOnError)
	listen := flags.String("listen", "127.0.0.1:9000", "`address` to listen on; port 0 takes a free one")
	flags.Func("region", "`region` to serve; may be repeated (default nyc3)", func(region string) error {
		opt.Regions = append(opt.Regions, region)
		return nil
	})
	flags.DurationVar(&opt.RTT, "rtt", 0, "`time` to add to every answer, to make it feel far away")
	flags.StringVar(&opt.Dir, "data", "", "`directory` to keep data in (default memory)")
	flags.StringVar(&opt.AccessKey, "access-key", "", "access `key` (default: one is made up)")
	flags.StringVar(&opt.SecretKey, "secret-key", "", "secret `key` that goes with it")
	flags.StringVar(&opt.Token, "token", "", "`token` for DigitalOcean's API (default: one is made up)")
	flags.BoolVar(&opt.RateLimits, "rate-limits", false, "limit calls of the CDN, as DigitalOcean's API does")
	flags.DurationVar(&opt.CertificateDelay, "certificate-delay", 0, "`time` until a certificate of Let's Encrypt is verified")
	flags.BoolVar(&opt.Strict, "strict", false, "be as hard on clients as Spaces may be: require Content-MD5, exclude no writer from a bucket with versioning")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	s, err := localspaces.New(opt)
	if err != nil {
		return err
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", *listen)
	if err != nil {
		return errors.Join(err, s.Close())
	}
	announce(out, s, opt, listener.Addr())
	return errors.Join(serve(ctx, s, listener), s.Close())
}

// serve serves until ctx is done, and then what has been begun.
func serve(ctx context.Context, s *localspaces.Server, listener net.Listener) error {
	server := &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()

	tick := time.NewTicker(logInterval)
	defer tick.Stop()
	for {
		select {
		case err := <-served:
			return err
		case <-tick.C:
			if err := errors.Join(s.ApplyLifecycle(ctx), s.DeliverLogs(ctx)); err != nil {
				fmt.Fprintln(os.Stderr, "localspaces:", err)
			}
		case <-ctx.Done():
			ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
			defer cancel()
			if err := server.Shutdown(ending); err != nil {
				return errors.Join(err, server.Close())
			}
			return nil
		}
	}
}

// announce prints how to use s, first as lines for a shell.
func announce(out io.Writer, s *localspaces.Server, opt localspaces.Options, addr net.Addr) {
	_, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		port = "9000"
	}
	regions := append([]string(nil), opt.Regions...)
	if len(regions) == 0 {
		regions = []string{"nyc3"}
	}
	access, secret := s.Credentials()
	fmt.Fprintf(out, `export SPACES_ENDPOINT_URL='http://{region}.localhost:%s'
export SPACES_ACCESS_KEY_ID='%s'
export SPACES_SECRET_ACCESS_KEY='%s'
export SPACES_REGION='%s'
export DIGITALOCEAN_API_URL='http://127.0.0.1:%s'
export DIGITALOCEAN_TOKEN='%s'

# A local Spaces is serving %s at %s.
# To look around, with the AWS command line:
#   AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s aws --endpoint-url http://localhost:%s --region %s s3 ls
# To read a public object: curl http://BUCKET.%s.localhost:%s/KEY
# The same through the CDN, once the bucket has an endpoint: curl -i http://BUCKET.%s.cdn.localhost:%s/KEY
`, port, access, secret, regions[0], port, s.Token(), strings.Join(regions, ", "), addr,
		access, secret, port, regions[0], regions[0], port, regions[0], port)
}
