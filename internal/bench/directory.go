package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

const (
	files   = 2_000
	minFile = 200
	maxFile = 20_000
)

// tree writes a web site's files: many, and small.
func tree(dir string) error {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same site in every run
	for i := range files {
		name := filepath.Join(dir, fmt.Sprintf("section-%02d", i%40), fmt.Sprintf("page-%04d.%s", i, []string{"html", "css", "js", "jpg"}[i%4]))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, noise(random, minFile+random.IntN(maxFile-minFile)), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func noise(random *rand.Rand, size int) []byte {
	content := make([]byte, size)
	for i := range content {
		content[i] = byte(random.Uint32())
	}
	return content
}

// directory compares spaces_directory with rclone.
func directory(ctx context.Context, b *bench) error {
	site := filepath.Join(b.dir, "site")
	if err := tree(site); err != nil {
		return err
	}
	var nothing, first, again, theirFirst, theirAgain time.Duration
	var changed, destroyed map[string]int
	for round := range b.rounds {
		ours, theirs := fmt.Sprintf("bench-directory-%d", round), fmt.Sprintf("bench-rclone-%d", round)
		for _, name := range []string{ours, theirs} {
			if err := b.bucket(ctx, name); err != nil {
				return err
			}
		}
		bare, err := b.folder(fmt.Sprintf("empty-%d", round), "")
		if err != nil {
			return err
		}
		folder, err := b.folder(fmt.Sprintf("directory-%d", round), fmt.Sprintf("resource \"spaces_directory\" \"site\" {\n  bucket = %q\n  source = %q\n}\n", ours, site))
		if err != nil {
			return err
		}
		edited := filepath.Join(site, "section-00", "page-0000.html")
		for _, step := range []struct {
			best *time.Duration
			do   func() (time.Duration, error)
		}{
			{&nothing, func() (time.Duration, error) { return b.terraform(ctx, bare, "plan") }},
			{&first, func() (time.Duration, error) { return b.terraform(ctx, folder, "apply", "-auto-approve") }},
			{&theirFirst, func() (time.Duration, error) {
				return b.rclone(ctx, "sync", "--transfers", "64", "--checkers", "64", site, "bench:"+theirs)
			}},
			{&again, func() (time.Duration, error) { return b.terraform(ctx, folder, "plan", "-detailed-exitcode") }},
			{&theirAgain, func() (time.Duration, error) {
				return b.rclone(ctx, "sync", "--fast-list", "--checksum", site, "bench:"+theirs)
			}},
		} {
			took, err := step.do()
			if err != nil {
				return err
			}
			least(step.best, took)
		}
		if err := os.WriteFile(edited, []byte(fmt.Sprint("edited in round ", round)), 0o600); err != nil {
			return err
		}
		changed, err = b.count(func() error { _, err := b.terraform(ctx, folder, "apply", "-auto-approve"); return err })
		if err != nil {
			return err
		}
		destroyed, err = b.count(func() error { _, err := b.terraform(ctx, folder, "destroy", "-auto-approve"); return err })
		if err != nil {
			return err
		}
	}
	what := fmt.Sprintf("%d files of 0.2 to 20 kB", files)
	b.row(what+", first `apply`", seconds(first), "`rclone sync --transfers 64`: "+seconds(theirFirst), ratio(first, theirFirst), "≤ 1.2")
	b.row("the same, nothing changed, `plan`", seconds(again),
		fmt.Sprintf("`plan` of nothing %s + `rclone sync --fast-list --checksum` %s", seconds(nothing), seconds(theirAgain)),
		fmt.Sprintf("%+.2f s", (again-nothing-theirAgain).Seconds()), "≤ +0.5 s")
	if changed != nil {
		b.row("the same, one file changed, `apply`", requests(changed), "", "", "1 PUT, 1 LIST a 1,000 keys")
		b.row("the same, `destroy`", requests(destroyed), "", "", "pages + batches")
	}
	return nil
}
