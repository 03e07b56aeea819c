// Command sweep removes the buckets and keys that acceptance tests on Spaces itself left
// behind, when they were ended in the middle. It touches nothing whose name
// does not begin with the tests' prefix.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := acctest.Sweep(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "sweep:", err)
		os.Exit(1)
	}
}
