// Package accesskey is the access keys of Spaces: the resource, its data
// sources, and the ephemeral key that lasts as long as a run. Keys belong to
// the account, not to a region, and are made through DigitalOcean's API.
package accesskey
