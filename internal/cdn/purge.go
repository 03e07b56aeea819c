package cdn

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/digitalocean/godo"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// everything is the purge of all that an endpoint has cached.
const everything = "*"

// largestPurge is how many paths DigitalOcean lets be purged in 20 seconds; a
// wildcard counts as one.
const largestPurge = 50

// purge removes files from an endpoint's cache, as many at a time as may be.
// One that waits for the limit is told when it ends by the answer, which the
// client heeds. The same purge must not run twice at once, so that those of
// one endpoint go one after the other.
func purge(ctx context.Context, cl *spaces.Clients, id string, files []string) error {
	api, err := cl.API()
	if err != nil {
		return err
	}
	if err := checkID(id); err != nil {
		return err
	}
	defer cl.Lock(spaces.Location{Region: "cdn", Bucket: id})()
	files = distinct(files)
	done := 0
	for batch := range slices.Chunk(files, largestPurge) {
		if err := purgeBatch(ctx, cl, api, id, batch); err != nil {
			if done > 0 {
				return fmt.Errorf("the first %d of %d paths are purged: %w", done, len(files), err)
			}
			return err
		}
		done += len(batch)
		if len(files) == 1 {
			tfkit.Progress(ctx, "Purged %s from the CDN endpoint %s", files[0], id)
		} else {
			tfkit.Progress(ctx, "Purged %d of %d paths from the CDN endpoint %s", done, len(files), id)
		}
	}
	return nil
}

// purgeBatch purges again what met a passing fault: it does no harm twice. An
// endpoint that was made a moment ago may not be there for a while.
func purgeBatch(ctx context.Context, cl *spaces.Clients, api *godo.Client, id string, batch []string) error {
	begun := time.Now()
	err := cl.Patience.Until(ctx, cl.Patience.Write, func(ctx context.Context) error {
		_, err := api.CDNs.FlushCache(ctx, id, &godo.CDNFlushCacheRequest{Files: batch})
		switch kind := spaces.KindOf(err); {
		case kind == spaces.Busy, kind == spaces.NotFound && time.Since(begun) < cl.Patience.Write/6:
			return spaces.NotYet(err)
		}
		return err
	})
	if spaces.KindOf(err) == spaces.NotFound {
		return fmt.Errorf("there is no CDN endpoint with the ID %s; cdn_id takes the id of a spaces_cdn: %w", id, err)
	}
	return err
}

// distinct leaves out what is purged anyway.
func distinct(files []string) []string {
	if len(files) == 0 || slices.Contains(files, everything) {
		return []string{everything}
	}
	var all []string
	for _, file := range files {
		if !slices.Contains(all, file) {
			all = append(all, file)
		}
	}
	return all
}

var fileRule = tfkit.Rule{
	Title: "Not a path of the CDN", Wants: "must be the key of an object, DIRECTORY/* or *",
	Wrong: func(file string) string {
		const forms = " Purged can be one object by its key, such as images/cat.jpg, all below a directory, such as images/*, or all with *."
		before, wildcard := strings.CutSuffix(file, "*")
		switch {
		case file == "":
			return "The path is empty." + forms
		case strings.Contains(file, "://"):
			return fmt.Sprintf("%q is a URL: leave out the scheme and the host.", file) + forms
		case strings.HasPrefix(file, "/"):
			return fmt.Sprintf("%q begins with a slash, which keys do not: write %q.", file, strings.TrimLeft(file, "/")) + forms
		case strings.ContainsFunc(file, unicode.IsControl):
			return fmt.Sprintf("%q has a control character, such as a line break.", file) + forms
		case strings.Contains(before, "*"), wildcard && before != "" && !strings.HasSuffix(before, "/"):
			return fmt.Sprintf("%q has a wildcard elsewhere than after a slash at its end.", file) + forms
		case strings.HasSuffix(file, "/"):
			return fmt.Sprintf("%q names a directory, and only what is below it can be purged: write %q.", file, file+"*") + forms
		}
		return ""
	},
}
