package object_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/do-spaces/terraform-provider-spaces/internal/acctest"
)

// keyOf is a key for SSE-C, in base64.
func keyOf(letter string) string {
	return base64.StdEncoding.EncodeToString([]byte(strings.Repeat(letter, 32)))
}

// getWith is the SHA-256 of an object that is read with a key; "" is without.
func getWith(e *acctest.Env, object, key string) (string, error) {
	in := &s3.GetObjectInput{Bucket: &e.Name, Key: &object}
	if key != "" {
		in.SSECustomerAlgorithm, in.SSECustomerKey, in.SSECustomerKeyMD5 = aws.String("AES256"), &key, aws.String(md5InBase64(key))
	}
	out, err := e.S3(e.Region()).GetObject(e.T.Context(), in)
	if err != nil {
		return "", err
	}
	defer out.Body.Close()
	return readSum(out.Body)
}

var needsWriteOnly = []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_11_0)}

func TestAccObject_customerKey(t *testing.T) {
	for name, size := range map[string]int64{"in one request": 1000, "in parts": 70 << 20} {
		t.Run(name, func(t *testing.T) {
			e := acctest.New(t)
			source := sparse(t, size)
			want := sumOf(t, source)
			with := func(key string, version int, more string) string {
				return config(e, fmt.Sprintf("key = \"a\"\n source = %q\n customer_key_wo = %q\n customer_key_wo_version = %d\n%s", source, key, version, more))
			}
			holds := func(key string) func() {
				return func() {
					if got, err := getWith(e, "a", key); err != nil || got != want {
						t.Errorf("read with the key %q: %s, %v", key, got, err)
					}
					if got, err := getWith(e, "a", ""); key != "" && err == nil {
						t.Errorf("it can be read without the key: %s", got)
					}
				}
			}
			nowhere := func(s *terraform.State) error {
				if all := fmt.Sprint(s); strings.Contains(all, keyOf("a")) || strings.Contains(all, keyOf("b")) {
					return errors.New("the key is in the state: " + all)
				}
				return nil
			}
			step := expect(with(keyOf("a"), 1, ""), plancheck.ResourceActionCreate, is(map[string]string{"content_sha256": want, "customer_key_wo": ""})...)
			step.Check = nowhere
			without := config(e, fmt.Sprintf("key = \"a\"\n source = %q", source))
			encryptedElsewhere := e.Behind(func(ctx context.Context, c *s3.Client) error {
				_, err := c.PutObject(ctx, &s3.PutObjectInput{
					Bucket: &e.Name, Key: aws.String("a"), Body: strings.NewReader("else"),
					SSECustomerAlgorithm: aws.String("AES256"), SSECustomerKey: aws.String(keyOf("c")), SSECustomerKeyMD5: aws.String(md5InBase64(keyOf("c"))),
				})
				return err
			})
			e.Run(resource.TestCase{TerraformVersionChecks: needsWriteOnly, Steps: []resource.TestStep{
				step,
				after(holds(keyOf("a")), noChange(with(keyOf("a"), 1, ""))),
				noChange(with(keyOf("b"), 1, "")), // cannot be seen
				// The ACL alone: what is there is left alone.
				expect(with(keyOf("a"), 1, "acl = \"public-read\""), plancheck.ResourceActionUpdate, is(map[string]string{"acl": "public-read"})...),
				noChange(with(keyOf("a"), 1, "acl = \"public-read\"")),
				// Its drift is seen.
				after(e.Behind(func(ctx context.Context, c *s3.Client) error {
					_, err := c.PutObjectAcl(ctx, &s3.PutObjectAclInput{Bucket: &e.Name, Key: aws.String("a"), ACL: "private"})
					return err
				}), expect(with(keyOf("a"), 1, "acl = \"public-read\""), plancheck.ResourceActionUpdate)),
				// A header, with the same key.
				expect(with(keyOf("a"), 1, "cache_control = \"no-cache\""), plancheck.ResourceActionUpdate, is(map[string]string{"cache_control": "no-cache"})...),
				after(holds(keyOf("a")), noChange(with(keyOf("a"), 1, "cache_control = \"no-cache\""))),
				// Another key.
				expect(with(keyOf("b"), 2, ""), plancheck.ResourceActionUpdate, is(map[string]string{"cache_control": ""})...),
				after(holds(keyOf("b")), noChange(with(keyOf("b"), 2, ""))),
				// It is gone, or has been replaced by one that anybody can read.
				after(e.Behind(func(ctx context.Context, c *s3.Client) error {
					_, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &e.Name, Key: aws.String("a")})
					return err
				}), expect(with(keyOf("b"), 2, ""), plancheck.ResourceActionCreate)),
				after(put(e, s3.PutObjectInput{Key: aws.String("a")}, "else"), expect(with(keyOf("b"), 2, ""), plancheck.ResourceActionUpdate)),
				after(holds(keyOf("b")), noChange(with(keyOf("b"), 2, ""))),
				// No key any more; then one of somebody else's.
				expect(without, plancheck.ResourceActionUpdate),
				after(holds(""), noChange(without)),
				after(encryptedElsewhere, resource.TestStep{RefreshState: true, ExpectNonEmptyPlan: true}),
				expect(without, plancheck.ResourceActionUpdate),
				after(holds(""), noChange(without)),
			}})
		})
	}
}

// What can only be read with the key says so.
func TestAccObject_customerKeyMissing(t *testing.T) {
	e := acctest.New(t)
	hcl := config(e, fmt.Sprintf("key = \"a\"\n content = \"1\"\n customer_key_wo = %q\n customer_key_wo_version = 1", keyOf("a")))
	e.Run(resource.TestCase{TerraformVersionChecks: needsWriteOnly, Steps: []resource.TestStep{
		{Config: hcl},
		{
			Config:      hcl + "data \"spaces_object\" \"test\" {\n bucket = spaces_object.test.bucket\n key = spaces_object.test.key\n}\n",
			ExpectError: regexp.MustCompile(`(?s)Could not read spaces_object.*is encrypted with a key of the\s+customer's`),
		},
		{
			ResourceName: addr, ImportState: true,
			ImportStateIdFunc: func(*terraform.State) (string, error) { return e.Region() + "/" + e.Name + "/a", nil },
			ExpectError:       regexp.MustCompile(`(?s)is encrypted with a key of the\s+customer's.*cannot\s+be\s+imported`),
		},
	}})
}

func TestAccObject_customerKeyMistakes(t *testing.T) {
	e := acctest.New(t)
	var steps []resource.TestStep
	for _, test := range []struct{ arguments, says string }{
		{`customer_key_wo = "` + keyOf("a") + `"`, "customer_key_wo needs customer_key_wo_version"},
		{`customer_key_wo = "***"` + "\n customer_key_wo_version = 1", "44 characters.*is not base64"},
		{`customer_key_wo = "hush"` + "\n customer_key_wo_version = 1", "base64 of 3 bytes"},
		{`customer_key_wo = "` + strings.Repeat("hush", 8) + `"` + "\n customer_key_wo_version = 1", `base64encode\(`},
	} {
		steps = append(steps, resource.TestStep{
			Config: config(e, "key = \"a\"\n content = \"1\"\n "+test.arguments), PlanOnly: true,
			ExpectError: regexp.MustCompile("(?s)" + strings.ReplaceAll(test.says, " ", `\s+`)),
		})
	}
	clear := strings.Replace(config(e, fmt.Sprintf("key = \"a\"\n content = \"1\"\n customer_key_wo = %q\n customer_key_wo_version = 1\n region = %q", keyOf("a"), e.Region())),
		e.Endpoint, "http://{region}.spaces.test", 1)
	steps = append(steps, resource.TestStep{Config: strings.ReplaceAll(clear, "spaces_bucket.test.name", `"a-bucket"`), PlanOnly: true, ExpectError: regexp.MustCompile(`A key over plain\s+HTTP`)})
	e.Run(resource.TestCase{TerraformVersionChecks: needsWriteOnly, Steps: steps})
}

// needWriteOnly skips a test on a Terraform that has no write-only arguments.
func needWriteOnly(t *testing.T, cli *acctest.CLI) {
	t.Helper()
	version := cli.Command("version", "-json")
	version.Args = version.Args[:3] // it does not know -no-color
	out, err := version.Output()
	if err != nil {
		t.Fatal(err)
	}
	var is struct {
		Version string `json:"terraform_version"`
	}
	var major, minor int
	if err := json.Unmarshal(out, &is); err != nil {
		t.Fatal(err)
	}
	if n, err := fmt.Sscanf(is.Version, "%d.%d", &major, &minor); n != 2 {
		t.Fatal(is.Version, err)
	}
	if major == 1 && minor < 11 {
		t.Skip("needs write-only arguments, and this is", is.Version)
	}
}

// The key is in no state, plan or log, and that a refresh cannot do all is said
// once for all objects.
func TestAccObject_customerKeyStaysOut(t *testing.T) {
	e := acctest.New(t)
	cli := e.CLI(bucketConfig + `
variable "customer_key" {
  type      = string
  ephemeral = true
}
resource "spaces_object" "test" {
  count                   = 3
  bucket                  = spaces_bucket.test.name
  key                     = "secret-${count.index}"
  content                 = "text"
  customer_key_wo         = var.customer_key
  customer_key_wo_version = 1
}
`)
	needWriteOnly(t, cli)
	log := filepath.Join(cli.Dir, "trace.log")
	for _, arguments := range [][]string{
		{"plan", "-out=saved.plan"},
		{"apply", "saved.plan"},
		{"plan", "-detailed-exitcode"},
	} {
		cmd := cli.Command(arguments...)
		cmd.Env = append(cmd.Env, "TF_LOG=TRACE", "TF_LOG_PATH="+log, "TF_VAR_customer_key="+keyOf("a"))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("terraform %v: %v\n%s", arguments, err, out)
		}
		if told := strings.Count(string(out), "Encrypted objects are refreshed in part"); told > 1 || (told == 1) != (arguments[1] == "-detailed-exitcode") {
			t.Errorf("terraform %v warns %d times:\n%s", arguments, told, out)
		}
	}
	plan := filepath.Join(cli.Dir, "plan.json")
	if err := os.WriteFile(plan, []byte(cli.Run("show", "-json", "saved.plan")), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"plan.json", "saved.plan", "terraform.tfstate", "trace.log"} {
		text, err := os.ReadFile(filepath.Join(cli.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{keyOf("a"), strings.Repeat("a", 32), md5InBase64(keyOf("a"))} {
			if strings.Contains(string(text), secret) {
				t.Errorf("%s has %s", name, secret)
			}
		}
		if name == "trace.log" && !strings.Contains(string(text), "secret-2") {
			t.Error("the log has no request in it")
		}
	}
	destroy := cli.Command("destroy", "-auto-approve")
	destroy.Env = append(destroy.Env, "TF_VAR_customer_key="+keyOf("a"))
	if out, err := destroy.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
