package object_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
)

// A file of 6 GiB goes through a provider, a process of its own, that never
// takes 150 MiB of memory.
func TestLocalObject_memory(t *testing.T) {
	if testing.Short() {
		t.Skip("sends 6 GiB")
	}
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("there is no /proc to read a process's memory from")
	}
	const size, limit = 6 << 30, 150 << 20
	e := acctest.NewLocal(t, acctest.Options{})
	cli := e.CLI(fmt.Sprintf(bucketConfig+`
resource "spaces_object" "test" {
  bucket = spaces_bucket.test.name
  key    = "large.bin"
  source = %q
}
`, sparse(t, size)))

	apply := cli.Command("apply", "-auto-approve")
	var said strings.Builder
	apply.Stdout, apply.Stderr = &said, &said
	if err := apply.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- apply.Wait() }()
	var peak int64
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for running := true; running; {
		select {
		case <-look.C:
			peak = max(peak, peakMemory(cli))
		case err := <-ended:
			if err != nil {
				t.Fatalf("%v\n%s", err, said.String())
			}
			running = false
		}
	}
	t.Logf("the provider took up to %d MiB", peak>>20)
	if peak == 0 || peak > limit {
		t.Errorf("the provider took up to %d bytes, want at most %d", peak, int64(limit))
	}
	out, err := e.S3(e.Region()).HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &e.Name, Key: aws.String("large.bin")})
	if err != nil || *out.ContentLength != size || !strings.HasSuffix(*out.ETag, `-384"`) {
		t.Errorf("%+v, %v", out, err)
	}
}

// peakMemory is the most that a provider of this folder has had in memory, in
// bytes; 0 when none is running.
func peakMemory(cli *acctest.CLI) (peak int64) {
	processes, _ := filepath.Glob("/proc/[0-9]*")
	for _, p := range processes {
		binary, _ := os.Readlink(filepath.Join(p, "exe"))
		folder, _ := os.Readlink(filepath.Join(p, "cwd"))
		if strings.TrimSuffix(binary, " (deleted)") != cli.Provider || folder != cli.Dir {
			continue
		}
		status, err := os.Open(filepath.Join(p, "status"))
		if err != nil {
			continue // it has ended
		}
		for lines := bufio.NewScanner(status); lines.Scan(); {
			if value, found := strings.CutPrefix(lines.Text(), "VmHWM:"); found {
				kib, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
				peak = max(peak, kib<<10)
			}
		}
		status.Close()
	}
	return peak
}
