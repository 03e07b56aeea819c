// Command terraform-provider-spaces is a Terraform provider for DigitalOcean Spaces.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	spacesprovider "github.com/do-spaces/terraform-provider-spaces/internal/provider"
	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

// address is where Terraform finds the provider, and version is the release's.
// A release build sets both with -ldflags.
var (
	address = "registry.terraform.io/do-spaces/spaces"
	version = "dev"
)

func main() {
	debug := flag.Bool("debug", false, "run on its own, for a debugger, and print how Terraform can be told")
	showVersion := flag.Bool("version", false, "print the version and end")
	flag.Parse()
	if *showVersion {
		fmt.Println("terraform-provider-spaces", version)
		return
	}
	newProvider := func() provider.Provider { return spacesprovider.New(version, spaces.DefaultPatience) }
	err := providerserver.Serve(context.Background(), newProvider, providerserver.ServeOpts{Address: address, Debug: *debug})
	tfkit.CloseLeftovers(context.Background())
	if err != nil {
		log.Fatal(err)
	}
}
