package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// many shows how spaces_directory grows: nothing else there does the like.
func many(ctx context.Context, b *bench) error {
	for _, c := range []struct {
		files   int
		tracked bool
	}{{10_000, true}, {50_000, false}} {
		name := fmt.Sprintf("bench-many-%d", c.files)
		site := filepath.Join(b.dir, name)
		for i := range c.files {
			file := filepath.Join(site, fmt.Sprintf("%03d", i/500), fmt.Sprintf("%05d.txt", i))
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(file, []byte(fmt.Sprint("file ", i)), 0o600); err != nil {
				return err
			}
		}
		if err := b.bucket(ctx, name); err != nil {
			return err
		}
		folder, err := b.folder(name+"-folder", fmt.Sprintf("resource \"spaces_directory\" \"many\" {\n  bucket = %q\n  source = %q\n  track_files = %t\n}\n", name, site, c.tracked))
		if err != nil {
			return err
		}
		said := ""
		for _, args := range [][]string{{"apply", "-auto-approve"}, {"plan", "-detailed-exitcode"}, {"destroy", "-auto-approve"}} {
			took, err := b.terraform(ctx, folder, args...)
			if err != nil {
				return err
			}
			if said != "" {
				said += ", "
			}
			said += fmt.Sprintf("`%s` %s", args[0], seconds(took))
		}
		b.row(fmt.Sprintf("%d small files, `track_files = %t`", c.files, c.tracked), said, "", "", "seconds")
	}
	return nil
}
