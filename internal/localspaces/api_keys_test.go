package localspaces_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/digitalocean/godo"

	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

func getInput(bucket, key string) *s3.GetObjectInput {
	return &s3.GetObjectInput{Bucket: &bucket, Key: &key}
}

func grantsOf(grants []godo.Grant) []*godo.Grant {
	list := []*godo.Grant{} // godo sends nil as null
	for i := range grants {
		list = append(list, &grants[i])
	}
	return list
}

func makeKey(t *testing.T, c *godo.Client, grants ...godo.Grant) *godo.SpacesKey {
	t.Helper()
	k, resp, err := c.SpacesKeys.Create(t.Context(), &godo.SpacesKeyCreateRequest{Name: "key", Grants: grantsOf(grants)})
	must(t)(k, err)
	if resp.StatusCode != 201 || k.SecretKey == "" || len(k.AccessKey) != 20 || len(k.Grants) != len(grants) {
		t.Fatalf("made %d %+v", resp.StatusCode, k)
	}
	if _, err := time.Parse(time.RFC3339, k.CreatedAt); err != nil {
		t.Error(err)
	}
	return k
}

// TestAPIKeysOpenS3: a key made by the API opens S3 with exactly its grants.
func TestAPIKeysOpenS3(t *testing.T) {
	e := start(t, localspaces.Options{})
	owner, ctx := e.withBucket("one"), t.Context()
	e.withBucket("two")
	put(t, owner, "one", "k", "v")
	put(t, owner, "two", "k", "v")
	c := e.api(e.Token())
	write := func(c *s3.Client, bucket string) (any, error) {
		return c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("n"), Body: strings.NewReader("v")})
	}

	k := makeKey(t, c, godo.Grant{Bucket: "one", Permission: "read"})
	limited := e.clientWith("nyc3", k.AccessKey, k.SecretKey)
	get(t, limited, getInput("one", "k"))
	refused(t, 403, "AccessDenied")(write(limited, "one"))
	refused(t, 403, "AccessDenied")(limited.GetObject(ctx, getInput("two", "k")))
	refused(t, 403, "AccessDenied")(limited.ListBuckets(ctx, nil))

	changed, _, err := c.SpacesKeys.Update(ctx, k.AccessKey, &godo.SpacesKeyUpdateRequest{
		Name: "renamed", Grants: []*godo.Grant{{Bucket: "two", Permission: "readwrite"}},
	})
	must(t)(changed, err)
	if changed.Name != "renamed" || changed.SecretKey != "" || changed.CreatedAt != k.CreatedAt {
		t.Errorf("changed to %+v", changed)
	}
	refused(t, 403, "AccessDenied")(limited.GetObject(ctx, getInput("one", "k")))
	must(t)(write(limited, "two"))

	e.call("PATCH", "/v2/spaces/keys/"+k.AccessKey, object{"name": "patched"}).want(t, 200, `"name":"patched"`)
	must(t)(write(limited, "two"))
	// What godo sends for no grants takes them all.
	_, _, err = c.SpacesKeys.Update(ctx, k.AccessKey, &godo.SpacesKeyUpdateRequest{Name: "none"})
	must(t)(nil, err)
	refused(t, 403, "AccessDenied")(write(limited, "two"))
	e.call("GET", "/v2/spaces/keys/"+k.AccessKey, nil).want(t, 200, `"grants":[]`)

	_, err = c.SpacesKeys.Delete(ctx, k.AccessKey)
	must(t)(nil, err)
	refused(t, 403, "InvalidAccessKeyId")(write(limited, "two"))
	_, err = c.SpacesKeys.Delete(ctx, k.AccessKey)
	apiRefused(t, 404, "")(err)
	_, _, err = c.SpacesKeys.Get(ctx, k.AccessKey)
	apiRefused(t, 404, "")(err)
	_, _, err = c.SpacesKeys.Update(ctx, k.AccessKey, &godo.SpacesKeyUpdateRequest{Name: "gone"})
	apiRefused(t, 404, "")(err)

	k = makeKey(t, c, godo.Grant{Permission: "fullaccess"})
	must(t)(e.clientWith("nyc3", k.AccessKey, k.SecretKey).CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("three")}))
}

// TestAPIKeyLag: a new key is not known everywhere at once.
func TestAPIKeyLag(t *testing.T) {
	e := start(t, localspaces.Options{KeyLag: 2})
	e.withBucket("one")
	c := e.api(e.Token())
	for range 2 { // each key has a lag of its own
		k := makeKey(t, c, godo.Grant{Bucket: "one", Permission: "read"})
		s3Client := e.clientWith("nyc3", k.AccessKey, k.SecretKey)
		head := func() (any, error) {
			return s3Client.GetBucketLocation(t.Context(), &s3.GetBucketLocationInput{Bucket: aws.String("one")})
		}
		refused(t, 403, "InvalidAccessKeyId")(head())
		e.call("PATCH", "/v2/spaces/keys/"+k.AccessKey, object{"name": "renamed"}).want(t, 200, "renamed")
		refused(t, 403, "InvalidAccessKeyId")(head())
		must(t)(head())
		must(t)(head())
	}
}

func TestAPIKeyValidation(t *testing.T) {
	e := start(t, localspaces.Options{})
	c, ctx := e.api(e.Token()), t.Context()
	full, limited := makeKey(t, c, godo.Grant{Permission: "fullaccess"}), makeKey(t, c)
	for contains, body := range map[string]object{
		"name":         {"grants": []object{}},
		"cannot mix":   {"name": "k", "grants": []object{{"permission": "fullaccess"}, {"bucket": "b", "permission": "read"}}},
		"mix full":     {"name": "k", "grants": []object{{"bucket": "b", "permission": "read"}, {"permission": "fullaccess"}}},
		"has no":       {"name": "k", "grants": []object{{"bucket": "b", "permission": "fullaccess"}}},
		"not known":    {"name": "k", "grants": []object{{"bucket": "b", "permission": "write"}}},
		`""`:           {"name": "k", "grants": []object{{"bucket": "b", "permission": ""}}},
		"needs a buck": {"name": "k", "grants": []object{{"permission": "read"}}},
		"two grants":   {"name": "k", "grants": []object{{"bucket": "b", "permission": "read"}, {"bucket": "b", "permission": "readwrite"}}},
	} {
		contains, _ := json.Marshal(contains)
		want := strings.Trim(string(contains), `"`)
		e.call("POST", "/v2/spaces/keys", body).want(t, 400, want)
		e.call("PUT", "/v2/spaces/keys/"+limited.AccessKey, body).want(t, 400, want)
	}
	for _, update := range []struct {
		key    *godo.SpacesKey
		grants []*godo.Grant
	}{
		{full, nil},
		{full, []*godo.Grant{{Bucket: "b", Permission: "read"}}},
		{limited, []*godo.Grant{{Permission: "fullaccess"}}},
	} {
		_, _, err := c.SpacesKeys.Update(ctx, update.key.AccessKey, &godo.SpacesKeyUpdateRequest{Name: "k", Grants: update.grants})
		apiRefused(t, 400, "limited")(err)
	}
}

// TestAPIKeysAndPolicies exclude each other.
func TestAPIKeysAndPolicies(t *testing.T) {
	e := start(t, localspaces.Options{})
	owner, ctx, b := e.withBucket("with-policy"), t.Context(), aws.String("with-policy")
	c := e.api(e.Token())
	setPolicy := func() (any, error) {
		return owner.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: b, Policy: policyFor(*b)})
	}
	k := makeKey(t, c, godo.Grant{Bucket: *b, Permission: "read"})
	refused(t, 403, "AccessDenied")(setPolicy())
	_, err := c.SpacesKeys.Delete(ctx, k.AccessKey)
	must(t)(nil, err)
	must(t)(setPolicy())
	grants := []*godo.Grant{{Bucket: *b, Permission: "read"}}
	_, _, err = c.SpacesKeys.Create(ctx, &godo.SpacesKeyCreateRequest{Name: "k", Grants: grants})
	apiRefused(t, 400, "policy")(err)
	_, _, err = c.SpacesKeys.Update(ctx, makeKey(t, c).AccessKey, &godo.SpacesKeyUpdateRequest{Name: "k", Grants: grants})
	apiRefused(t, 400, "policy")(err)
	makeKey(t, c, godo.Grant{Permission: "fullaccess"})
}

// TestAPIKeyLimit: as many keys at once as it takes; 200 are in the end.
func TestAPIKeyLimit(t *testing.T) {
	e := start(t, localspaces.Options{})
	c := e.api(e.Token())
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for i := range 55 {
				_, _, _ = c.SpacesKeys.Create(t.Context(), &godo.SpacesKeyCreateRequest{Name: fmt.Sprint(i), Grants: grantsOf(nil)})
			}
		})
	}
	clients.Wait()
	keys, resp, err := c.SpacesKeys.List(t.Context(), &godo.ListOptions{PerPage: 200})
	must(t)(keys, err)
	if len(keys) != 200 || resp.Meta.Total != 200 {
		t.Errorf("there are %d keys of %d", len(keys), resp.Meta.Total)
	}
	_, _, err = c.SpacesKeys.Create(t.Context(), &godo.SpacesKeyCreateRequest{Name: "k"})
	apiRefused(t, 400, "200 keys")(err)
}

func TestAPIKeyList(t *testing.T) {
	now := &clock{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	e := start(t, localspaces.Options{AccessKey: "MAIN", SecretKey: "secret", Now: now.Now})
	for name, grants := range map[string][]object{
		"b & c": {{"bucket": "one", "permission": "read"}},
		"a":     {{"bucket": "one", "permission": "readwrite"}, {"bucket": "two", "permission": "read"}},
	} {
		now.now = map[string]time.Time{"b & c": time.Unix(1800000000, 0), "a": time.Unix(1900000000, 0)}[name]
		e.call("POST", "/v2/spaces/keys", object{"name": name, "grants": grants}).want(t, 201, "secret_key")
	}
	for query, want := range map[string]string{
		"":                                    "a, b & c, MAIN",
		"sort=created_at&sort_direction=asc":  "MAIN, b & c, a",
		"sort=name&sort_direction=asc":        "MAIN, a, b & c",
		"sort=name&sort_direction=desc":       "b & c, a, MAIN",
		"name=" + url.QueryEscape("b & c"):    "b & c",
		"name=b":                              "",
		"bucket=one":                          "a, b & c",
		"bucket=two":                          "a",
		"permission=read":                     "a, b & c",
		"permission=fullaccess":               "MAIN",
		"bucket=one&name=a":                   "a",
		"bucket=one&page=2&per_page=1":        "b & c",
		"sort_direction=asc&per_page=1&name=": "MAIN",
	} {
		a := e.call("GET", "/v2/spaces/keys?"+query, nil)
		a.want(t, 200, `"total"`)
		var list struct{ Keys []godo.SpacesKey }
		must(t)(nil, json.Unmarshal([]byte(a.body), &list))
		var names []string
		for _, k := range list.Keys {
			names = append(names, k.Name)
		}
		if got := strings.Join(names, ", "); got != want || strings.Contains(a.body, "secret") {
			t.Errorf("%s: got %s, want %s, in %s", query, got, want, a.body)
		}
	}
	for _, query := range []string{"sort=name", "sort=grants&sort_direction=asc", "sort=name&sort_direction=up"} {
		e.call("GET", "/v2/spaces/keys?"+query, nil).want(t, 400, "bad_request")
	}
}
