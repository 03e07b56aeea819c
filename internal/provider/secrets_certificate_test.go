package provider_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
	"github.com/do-spaces/terraform-provider-spaces/internal/localspaces"
)

// A certificate's private key is in no state, no saved plan, no log and no
// message, also when the API refuses it or loses its answer, and when the key
// does not fit.
func TestLocalPrivateKeyStaysOut(t *testing.T) {
	e := acctest.NewLocal(t, acctest.Options{})
	leaf, key := selfSigned(t)
	_, foreign := selfSigned(t)
	cli := e.CLI(`
variable "leaf" {
  type = string
}

variable "key" {
  type      = string
  ephemeral = true
}

resource "spaces_certificate" "test" {
  name                   = var.name
  leaf_certificate       = var.leaf
  private_key_wo         = var.key
  private_key_wo_version = 1
}
`)
	cli.Need(11, "write-only arguments")
	log := filepath.Join(cli.Dir, "trace.log")
	var said strings.Builder
	run := func(key string, succeeds bool, arguments ...string) {
		t.Helper()
		cmd := cli.Command(arguments...)
		cmd.Env = append(cmd.Env, "TF_LOG=TRACE", "TF_LOG_PATH="+log, "TF_VAR_leaf="+leaf, "TF_VAR_key="+key)
		out, err := cmd.CombinedOutput()
		if said.Write(out); (err == nil) != succeeds {
			t.Fatalf("terraform %v: %v\n%s", arguments, err, out)
		}
	}
	run(foreign, false, "plan", "-input=false")
	heal := e.Local.Fail(localspaces.Fault{Operation: "CreateCertificate", Times: 1, Status: http.StatusUnprocessableEntity})
	run(key, false, "apply", "-auto-approve", "-input=false")
	heal()
	defer e.Local.Fail(localspaces.Fault{Operation: "CreateCertificate", Times: 1, CutAfter: true})()
	run(key, true, "plan", "-out=saved.plan", "-input=false")
	run(key, true, "apply", "-input=false", "saved.plan")
	cli.Write("applied.tfstate", read(t, filepath.Join(cli.Dir, "terraform.tfstate")))
	run(key, true, "plan", "-detailed-exitcode", "-input=false")
	run(key, true, "destroy", "-auto-approve", "-input=false")

	cli.Write("said.txt", said.String())
	for _, file := range []string{"saved.plan", "applied.tfstate", "terraform.tfstate", "terraform.tfstate.backup", "trace.log", "said.txt"} {
		text := read(t, filepath.Join(cli.Dir, file))
		for _, secret := range []string{key, foreign} {
			for line := range strings.Lines(secret) {
				if line = strings.TrimSpace(line); !strings.HasPrefix(line, "-----") && len(line) > 16 && strings.Contains(text, line) {
					t.Errorf("%s has a line of a private key", file)
				}
			}
		}
	}
	if !strings.Contains(read(t, log), "/v2/certificates") {
		t.Error("the log has no request in it")
	}
	if !strings.Contains(read(t, filepath.Join(cli.Dir, "applied.tfstate")), strings.Split(leaf, "\n")[1]) {
		t.Error("the state has no certificate in it")
	}
}

// selfSigned is a certificate and its private key, in PEM.
func selfSigned(t *testing.T) (leaf, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "static.example.com"}, DNSNames: []string{"static.example.com"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}
