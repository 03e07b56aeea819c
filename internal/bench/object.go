package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const objectSize = 1 << 30

// object compares spaces_object with rclone, at the best of some settings, and s3cmd.
func object(ctx context.Context, b *bench) error {
	if err := os.MkdirAll(b.dir, 0o755); err != nil {
		return err
	}
	file := filepath.Join(b.dir, "large.bin")
	if err := fill(file, objectSize); err != nil {
		return err
	}
	var ours, theirs, s3cmd time.Duration
	best := ""
	for round := range b.rounds {
		bucket := fmt.Sprintf("bench-object-%d", round)
		if err := b.bucket(ctx, bucket); err != nil {
			return err
		}
		folder, err := b.folder("object-"+fmt.Sprint(round), fmt.Sprintf("resource \"spaces_object\" \"large\" {\n  bucket = %q\n  key = \"ours.bin\"\n  source = %q\n}\n", bucket, file))
		if err != nil {
			return err
		}
		took, err := b.terraform(ctx, folder, "apply", "-auto-approve")
		if err != nil {
			return err
		}
		least(&ours, took)
		for n, setting := range []string{"4 5Mi", "8 16Mi", "16 16Mi", "16 64Mi", "32 32Mi"} { // the first is rclone's default
			concurrency, chunk, _ := strings.Cut(setting, " ")
			target := fmt.Sprintf("bench:%s/theirs-%d.bin", bucket, n) // rclone skips what is there
			took, err := b.rclone(ctx, "copyto", "--s3-upload-concurrency", concurrency, "--s3-chunk-size", chunk, file, target)
			if err != nil {
				return err
			}
			if _, err := b.rclone(ctx, "deletefile", target); err != nil {
				return err
			}
			if theirs == 0 || took < theirs {
				theirs, best = took, fmt.Sprintf("`rclone copyto --s3-upload-concurrency %s --s3-chunk-size %s`", concurrency, chunk)
			}
		}
		if took, err = b.s3cmd(ctx, "put", file, "s3://"+bucket+"/s3cmd.bin"); err != nil {
			return err
		}
		least(&s3cmd, took)
		if _, err := b.terraform(ctx, folder, "destroy", "-auto-approve"); err != nil {
			return err
		}
		if _, err := b.rclone(ctx, "delete", "bench:"+bucket); err != nil {
			return err
		}
	}
	b.row("an object of 1 GiB, first `apply`", seconds(ours), best+": "+seconds(theirs), ratio(ours, theirs), "≤ 1.0")
	b.row("the same", seconds(ours), "`s3cmd put`: "+seconds(s3cmd), ratio(ours, s3cmd), "≤ 1.0")
	return os.Remove(file)
}

// fill writes a file that does not compress.
func fill(name string, size int64) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	_, err = io.CopyN(f, rand.NewChaCha8([32]byte{}), size)
	return errors.Join(err, f.Close())
}

// requests are counts in words.
func requests(counts map[string]int) string {
	var parts []string
	for _, operation := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d %s", counts[operation], operation))
	}
	return strings.Join(parts, ", ")
}
