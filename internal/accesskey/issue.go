package accesskey

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/digitalocean/godo"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// issue makes a key and returns it with its secret, which is told only once.
// When the answer is lost the secret is lost with it: the key that may have
// been made is then looked for and deleted, before another one is made.
func issue(ctx context.Context, cl *spaces.Clients, name string, grants []grant) (*godo.SpacesKey, error) {
	api, err := cl.API()
	if err != nil {
		return nil, err
	}
	// One at a time of each name, so that none takes another's for an orphan.
	defer cl.Lock(spaces.Location{Bucket: "key " + name})()
	before, err := named(ctx, api, name)
	if err != nil {
		return nil, err
	}
	o := orphans{cl: cl, api: api, name: name, grants: grants, known: map[string]bool{}}
	for _, key := range before {
		o.known[key.AccessKey] = true
	}
	var key *godo.SpacesKey
	err = cl.Patience.Until(ctx, cl.Patience.Write, func(ctx context.Context) error {
		var err error
		key, err = spaces.One(api.SpacesKeys.Create(ctx, &godo.SpacesKeyCreateRequest{Name: name, Grants: toAPI(grants)}))
		if err == nil && (key.AccessKey == "" || key.SecretKey == "") {
			err = spaces.Fail(spaces.Other, "The API answered that the key %q was made, but without its access key or its secret.", key.AccessKey)
		} else if !spaces.Doubtful(err) {
			return err
		}
		o.lost++
		if cleaning := o.remove(ctx); cleaning != nil {
			return fmt.Errorf("%w: %w", err, cleaning)
		}
		switch spaces.KindOf(err) {
		case spaces.Busy, spaces.Unreachable:
			return spaces.NotYet(err)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	// One that shows only now has been made by an answer that was lost.
	o.known[key.AccessKey] = true
	if err := o.remove(ctx); err != nil {
		tfkit.Warn(ctx, "An access key may be left over", spaces.Text(err))
	}
	return key, nil
}

// orphans are keys that this call has made without learning their secrets.
type orphans struct {
	cl     *spaces.Clients
	api    *godo.Client
	name   string
	grants []grant
	known  map[string]bool // access keys that are none: there before, or given out
	lost   int             // answers that were lost, less the keys found for them
}

// remove deletes the orphans, also for a user who has pressed Ctrl-C. A new key
// may take a moment to be listed, so where none is seen it looks twice.
func (o *orphans) remove(ctx context.Context) error {
	const limit = time.Minute
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	for look := 0; look < 2 && o.lost > 0; look++ {
		if look > 0 {
			if err := spaces.Pause(ctx, o.cl.Patience.Gone); err != nil {
				return err
			}
		}
		if err := o.removeSeen(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (o *orphans) removeSeen(ctx context.Context) error {
	keys, err := named(ctx, o.api, o.name)
	if err != nil {
		return fmt.Errorf("the key %q may have been made all the same, without anybody knowing its secret, and looking for it failed. Look for it with the data source spaces_keys or in the control panel, and delete it: %w", o.name, err)
	}
	var found []string
	for _, key := range keys {
		if !o.known[key.AccessKey] && sameGrants(key, o.grants) {
			found = append(found, key.AccessKey)
		}
	}
	if len(found) > o.lost {
		return spaces.Fail(spaces.Other, "The answer was lost, and meanwhile more keys named %q turned up than can have been made here: %s. One may be somebody else's, so none was deleted. Delete those that nobody uses, and run again.", o.name, strings.Join(found, ", "))
	}
	for _, accessKey := range found {
		if _, err := o.api.SpacesKeys.Delete(ctx, accessKey); err != nil && spaces.KindOf(err) != spaces.NotFound {
			return fmt.Errorf("the key %s, named %q, was made without anybody knowing its secret, and deleting it failed. Delete it in the control panel: %w", accessKey, o.name, err)
		}
		o.known[accessKey] = true
		o.lost--
	}
	return nil
}

// awaitUse waits until S3 knows a new key. One that may not list buckets is
// told so, and is known.
func awaitUse(ctx context.Context, cl *spaces.Clients, key *godo.SpacesKey) error {
	c, err := signer(cl, key)
	if err == nil {
		err = cl.Patience.Until(ctx, cl.Patience.Birth, func(ctx context.Context) error {
			_, err := c.ListBuckets(ctx, &s3.ListBucketsInput{})
			switch spaces.KindOf(err) {
			case spaces.BadKey, spaces.Busy:
				return spaces.NotYet(err)
			}
			return err
		})
	}
	switch spaces.KindOf(err) {
	case spaces.Denied:
		return nil
	case spaces.BadKey, spaces.Busy, spaces.Cancelled:
		return fmt.Errorf("the key %s was made, but Spaces has not accepted it yet: %w", key.AccessKey, err)
	}
	if err != nil {
		tfkit.Warn(ctx, "Not checked whether the access key can be used", fmt.Sprintf(
			"The key %s was made. Spaces takes a moment to know a new key, which is waited for by asking Spaces; but it could not be asked: %s", key.AccessKey, spaces.Text(err)))
	}
	return nil
}

// signer is a client that signs with a key.
func signer(cl *spaces.Clients, key *godo.SpacesKey) (*s3.Client, error) {
	region, err := anyRegion(cl)
	if err != nil {
		return nil, err
	}
	return cl.As(key.AccessKey, key.SecretKey).S3(region)
}

// anyRegion is where a key is tried: keys are the same in all regions.
func anyRegion(cl *spaces.Clients) (string, error) {
	if cl.Region != "" {
		return cl.Region, nil
	}
	const one = "nyc3"
	if own, err := spaces.ParseEndpoint(spaces.DefaultEndpoint); err == nil && cl.Endpoint == own {
		return one, nil
	}
	return "", errors.New("the provider has an endpoint of its own, but no region")
}

// get is the key of an access key.
func get(ctx context.Context, cl *spaces.Clients, accessKey string) (*godo.SpacesKey, error) {
	if err := spaces.CheckAPIID("an access key", accessKey); err != nil {
		return nil, err
	}
	api, err := cl.API()
	if err != nil {
		return nil, err
	}
	key, err := spaces.One(api.SpacesKeys.Get(ctx, accessKey))
	if !spaces.OtherShape(err) {
		return key, err
	}
	// DigitalOcean describes this answer as a list in one place, as one key in
	// another, and godo reads the latter only. It is no word of the key's being gone.
	for key, listing := range spaces.Pages(ctx, api.SpacesKeys.List) {
		if listing != nil {
			return nil, listing
		}
		if key.AccessKey == accessKey {
			return key, nil
		}
	}
	return nil, err
}

// named are the keys of a name, which need not be unique. The API could pick
// them out, but godo cannot ask it to.
func named(ctx context.Context, api *godo.Client, name string) ([]*godo.SpacesKey, error) {
	var keys []*godo.SpacesKey
	for key, err := range spaces.Pages(ctx, api.SpacesKeys.List) {
		if err != nil {
			return nil, err
		}
		if key.Name == name {
			keys = append(keys, key)
		}
	}
	return keys, nil
}
