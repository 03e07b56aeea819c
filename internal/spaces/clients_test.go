package spaces_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
)

func TestAMissingCredentialIsNamedWithItsVariables(t *testing.T) {
	t.Parallel()
	s3 := func(cl *spaces.Clients) error { _, err := cl.S3(region); return err }
	api := func(cl *spaces.Clients) error { _, err := cl.API(); return err }
	for _, c := range []struct {
		name    string
		missing func(*spaces.Config)
		ask     func(*spaces.Clients) error
		other   func(*spaces.Clients) error // does not need it
		says    []string
	}{
		{
			"access_key", func(c *spaces.Config) { c.AccessKey = "" }, s3, api,
			[]string{"argument access_key", "SPACES_ACCESS_KEY_ID"},
		},
		{
			"secret_key", func(c *spaces.Config) { c.SecretKey = "" }, s3, api,
			[]string{"argument secret_key", "SPACES_SECRET_ACCESS_KEY"},
		},
		{
			"token", func(c *spaces.Config) { c.Token = "" }, api, s3,
			[]string{"argument token", "DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cl := spaces.New(config(t, "http://127.0.0.1:1", c.missing))
			err := c.ask(cl)
			mustBe(t, err, spaces.BadKey)
			for _, want := range c.says {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("no %q in: %v", want, err)
				}
			}
			if err := c.other(cl); err != nil {
				t.Errorf("the other client needs it too: %v", err)
			}

			// Not known yet is another matter than missing.
			cl = spaces.New(config(t, "http://127.0.0.1:1", c.missing, func(conf *spaces.Config) { conf.Unknown = []string{c.name} }))
			err = c.ask(cl)
			mustBe(t, err, spaces.Unknown)
			if !strings.Contains(err.Error(), c.name) || !strings.Contains(err.Error(), "not known before apply") {
				t.Errorf("it does not say what is unknown: %v", err)
			}
			if err := c.other(cl); err != nil {
				t.Errorf("the other client needs it too: %v", err)
			}
		})
	}
}

// Asking the usual address in place of one that is not known yet would find
// nothing there, and drop it all from the state.
func TestAnAddressThatIsNotKnownYetIsNotGuessed(t *testing.T) {
	t.Parallel()
	cl := spaces.New(config(t, spaces.DefaultEndpoint, func(c *spaces.Config) { c.Unknown = []string{"endpoint", "api_endpoint"} }))
	_, err := cl.S3(region)
	mustBe(t, err, spaces.Unknown)
	if !strings.Contains(err.Error(), "the provider's endpoint, which is not known") {
		t.Error(err)
	}
	_, err = cl.API()
	mustBe(t, err, spaces.Unknown)
	if !strings.Contains(err.Error(), "the provider's api_endpoint, which is not known") {
		t.Error(err)
	}
}

func TestMakingClientsAsksNothingOfTheNetwork(t *testing.T) {
	t.Parallel()
	s := serve(t, func(http.ResponseWriter, *http.Request) {})
	cl := s.clients()
	for range 2 {
		for _, r := range []string{"nyc3", "ams3"} {
			if _, err := cl.S3(r); err != nil {
				t.Error(err)
			}
		}
		if _, err := cl.API(); err != nil {
			t.Error(err)
		}
	}
	if n := len(s.requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

func TestARegionHasOneClient(t *testing.T) {
	t.Parallel()
	cl := spaces.New(config(t, "http://127.0.0.1:1"))
	first := s3Of(t, cl)
	if s3Of(t, cl) != first {
		t.Error("a second one was made")
	}
	other, err := cl.S3("ams3")
	if err != nil || other == first || other.Options().Region != "ams3" {
		t.Errorf("ams3 has the client of %s (%v)", other.Options().Region, err)
	}
	a, _ := cl.API()
	if b, _ := cl.API(); a != b {
		t.Error("a second client of the API was made")
	}
}

func TestLockKeepsOneLocationApartAndNoTwo(t *testing.T) {
	t.Parallel()
	cl := spaces.New(config(t, "http://127.0.0.1:1"))
	here := spaces.Location{Region: region, Bucket: bucket}

	// Without the lock this count is too low, and the race detector speaks up.
	n := 0
	if err := together(50, func(int) error {
		defer cl.Lock(here)()
		n++
		return nil
	}); err != nil || n != 50 {
		t.Errorf("%d of 50", n)
	}

	unlock := cl.Lock(here)
	locked := make(chan struct{})
	go func() {
		defer close(locked)
		cl.Lock(here)()
	}()
	for _, other := range []spaces.Location{{Region: "ams3", Bucket: bucket}, {Region: region, Bucket: logs}} {
		cl.Lock(other)() // or this test hangs
	}
	select {
	case <-locked:
		t.Error("locked twice")
	case <-time.After(50 * time.Millisecond):
	}
	unlock()
	<-locked
}

func TestABucketOfThisRunIsWaitedForLonger(t *testing.T) {
	t.Parallel()
	at := spaces.Location{Region: region, Bucket: bucket}
	cl := spaces.New(config(t, "http://127.0.0.1:1", func(c *spaces.Config) {
		c.Patience = spaces.Patience{Write: time.Minute, Birth: 10 * time.Minute}
	}))
	check := func(when string, wait time.Duration, freed bool) {
		t.Helper()
		if got := cl.BirthWait(at); got != wait {
			t.Errorf("%s: wait %s, want %s", when, got, wait)
		}
		if got := cl.JustFreed(bucket); got != freed {
			t.Errorf("%s: freed %t", when, got)
		}
	}
	check("unknown", 10*time.Second, false)
	cl.Born(at)
	check("born", 10*time.Minute, false)
	cl.Died(at)
	check("died", 10*time.Second, true)
	cl.Born(at)
	check("born again", 10*time.Minute, false)

	cl.Died(spaces.Location{Region: "ams3", Bucket: logs})
	if !cl.JustFreed(logs) {
		t.Error("a name that was freed in another region does not count, and names are unique across them")
	}
	if cl.JustFreed("another") {
		t.Error("another name counts as freed")
	}
	short := spaces.New(config(t, "http://127.0.0.1:1", func(c *spaces.Config) {
		c.Patience = spaces.Patience{Write: time.Hour, Birth: time.Second}
	}))
	if got := short.BirthWait(at); got != time.Second {
		t.Errorf("an unknown bucket is waited for longer than a new one: %s", got)
	}
}
