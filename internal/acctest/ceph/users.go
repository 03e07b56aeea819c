package ceph

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// account is the user of the cluster's main keys. It may also use RGW's API for
// users and their policies.
const (
	account = "tester"
	limited = "limited"
)

func newKeys() Keys {
	return Keys{AccessKey: "DO00" + rand.Text()[:16], SecretKey: rand.Text() + rand.Text()[:17]}
}

// readWrite is what a Spaces key with the grant "readwrite" may do.
const readWrite = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": ["arn:aws:s3:::*"], "Action": [
	"s3:GetObject*", "s3:PutObject*", "s3:DeleteObject*", "s3:AbortMultipartUpload",
	"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads", "s3:ListMultipartUploadParts",
	"s3:GetBucketLocation", "s3:GetBucketVersioning"]}]}`

// everything lets the account read what a limited key wrote into its buckets,
// which belongs to another user of RGW, but in Spaces to the same account.
const everything = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": ["*"], "Action": ["s3:*"]}]}`

// makeLimited makes the user with the limited keys, and lets the account read
// what such keys write.
func (c *Cluster) makeLimited(ctx context.Context, region string) error {
	if err := c.makeUser(ctx, region, limited, c.Limited, readWrite); err != nil {
		return err
	}
	return c.allow(ctx, region, account, everything)
}

// makeUser makes a user with keys and a policy. Without room for any bucket it
// cannot create one, and its policy is not the bucket's, which tests set.
func (c *Cluster) makeUser(ctx context.Context, region, name string, keys Keys, policy string) error {
	err := c.admin(ctx, region, http.MethodPut, "/admin/user?"+url.Values{
		"uid": {name}, "display-name": {name}, "max-buckets": {"-1"},
		"access-key": {keys.AccessKey}, "secret-key": {keys.SecretKey},
	}.Encode(), nil)
	if err != nil {
		return err
	}
	return c.allow(ctx, region, name, policy)
}

// allow sets the policy of a user.
func (c *Cluster) allow(ctx context.Context, region, user, policy string) error {
	return c.admin(ctx, region, http.MethodPost, "/", url.Values{
		"Action": {"PutUserPolicy"}, "UserName": {user}, "PolicyName": {"grants"}, "PolicyDocument": {policy},
	})
}

// Grant makes a limited key, as DigitalOcean's API does: permissions are "read"
// or "readwrite", by the bucket's name. The buckets need not exist yet.
func (c *Cluster) Grant(ctx context.Context, region string, permissions map[string]string) (Keys, error) {
	var statements []string
	for bucket, permission := range permissions {
		actions := []string{
			"s3:GetObject*", "s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads", "s3:ListMultipartUploadParts",
			"s3:GetBucketLocation", "s3:GetBucketVersioning",
		}
		if permission == "readwrite" {
			actions = append(actions, "s3:PutObject*", "s3:DeleteObject*", "s3:AbortMultipartUpload")
		}
		statements = append(statements, fmt.Sprintf(`{"Effect": "Allow", "Action": ["%s"], "Resource": ["arn:aws:s3:::%[2]s", "arn:aws:s3:::%[2]s/*"]}`,
			strings.Join(actions, `", "`), bucket))
	}
	keys := newKeys()
	policy := `{"Version": "2012-10-17", "Statement": [` + strings.Join(statements, ", ") + `]}`
	return keys, c.makeUser(ctx, region, keys.AccessKey, keys, policy)
}

// admin sends a request to the gateway's API for administrators.
func (c *Cluster) admin(ctx context.Context, region, method, path string, form url.Values) error {
	body := form.Encode()
	req, err := http.NewRequestWithContext(ctx, method, "http://"+c.gateways[region]+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	hash := sha256.Sum256([]byte(body))
	sum := hex.EncodeToString(hash[:])
	req.Header.Set("X-Amz-Content-Sha256", sum)
	keys := aws.Credentials{AccessKeyID: c.AccessKey, SecretAccessKey: c.SecretKey}
	if err := v4.NewSigner().SignHTTP(ctx, keys, req, sum, "s3", region, time.Now()); err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(resp.Body)
		return fmt.Errorf("%s %s in region %s: %s\n%s", method, path, region, resp.Status, text)
	}
	return nil
}
