package provider_test

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
)

// The provider takes its key from ephemeral variables, and an object its
// content from a write-only argument: neither is in the state, in a saved plan
// or in the log, not even at its most talkative.
func TestAccSecretsStayOut(t *testing.T) {
	e := acctest.New(t)
	const content = "a-secret-that-is-kept-nowhere"
	cli := e.CLI("")
	cli.Need(11, "write-only arguments")
	cli.Write("main.tf", strings.NewReplacer(
		`"`+e.AccessKey+`"`, "var.access_key",
		`"`+e.SecretKey+`"`, "var.secret_key",
	).Replace(e.Config(`
variable "access_key" {
  type      = string
  ephemeral = true
}

variable "secret_key" {
  type      = string
  ephemeral = true
}

variable "content" {
  type      = string
  ephemeral = true
}

resource "spaces_bucket" "test" {
  name = var.name
}

resource "spaces_object" "test" {
  bucket             = spaces_bucket.test.name
  key                = "secret.txt"
  content_wo         = var.content
  content_wo_version = 1
}
`)))
	log := filepath.Join(cli.Dir, "trace.log")
	for _, arguments := range [][]string{
		{"plan", "-out=saved.plan"},
		{"apply", "saved.plan"},
		{"plan", "-detailed-exitcode"}, // nothing is left to do
		{"destroy", "-auto-approve"},
	} {
		cmd := cli.Command(arguments...)
		cmd.Env = append(cmd.Env, "TF_LOG=TRACE", "TF_LOG_PATH="+log,
			"TF_VAR_access_key="+e.AccessKey, "TF_VAR_secret_key="+e.SecretKey, "TF_VAR_content="+content)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("terraform %v: %v\n%s", arguments, err, out)
		}
		if arguments[0] == "apply" {
			cli.Write("after-apply.tfstate", read(t, filepath.Join(cli.Dir, "terraform.tfstate")))
		}
	}
	for _, file := range []string{"saved.plan", "after-apply.tfstate", "terraform.tfstate", "terraform.tfstate.backup", "trace.log"} {
		text := read(t, filepath.Join(cli.Dir, file))
		for what, secret := range map[string]string{"secret key": e.SecretKey, "content": content} {
			if strings.Contains(text, secret) {
				t.Errorf("%s has the %s", file, what)
			}
		}
	}
	if !strings.Contains(read(t, log), "request_id") {
		t.Error("the log has no request in it")
	}
	if !strings.Contains(read(t, filepath.Join(cli.Dir, "saved.plan")), "secret.txt") {
		t.Error("the saved plan was not read")
	}
}

// read is all the text in a file. A saved plan is a ZIP archive of several.
func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	archive, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		return string(text)
	}
	var all strings.Builder
	for _, f := range archive.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&all, part); err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}
