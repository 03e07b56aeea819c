package object

import (
	"context"
	"maps"
	"slices"

	"github.com/do-spaces/terraform-provider-spaces/internal/spaces"
	"github.com/do-spaces/terraform-provider-spaces/internal/tfkit"
)

func createDirectory(ctx context.Context, cl *spaces.Clients, plan *directory) error {
	before := manifest{}
	if plan.DeleteExtraneous.ValueBool() {
		c, err := cl.S3(plan.Location().Region)
		if err != nil {
			return err
		}
		found, err := plan.compare(ctx, c, before)
		if err != nil && spaces.KindOf(err) != spaces.NotFound { // a new bucket is waited for by uploads
			return err
		}
		before = found
	}
	after, err := plan.write(ctx, cl, before)
	if after == nil {
		return err
	}
	plan.written = after
	if err != nil {
		plan.show(after)
		err = tfkit.Partial(&told{spaces.Text(err) + "\n\nTerraform takes what it could not create whole for tainted, and would delete all of it and upload it anew. " +
			"To go on with what is there, run terraform untaint with the address of this resource, and apply again.", err})
	}
	return joined(err, after.keep(ctx))
}

func updateDirectory(ctx context.Context, cl *spaces.Clients, plan, state *directory) error {
	before, err := keptManifest(ctx)
	if err != nil {
		return err
	}
	after, err := plan.write(ctx, cl, before)
	if after == nil {
		return err
	}
	plan.written = after
	if err != nil {
		state.show(after)
		err = tfkit.Partial(&told{spaces.Text(err) + "\n\nThe next apply goes on with what is left.", err})
	}
	return joined(err, after.keep(ctx))
}

// joined prefers the first error, and is nil when there is none.
func joined(first, second error) error {
	if first != nil {
		return first
	}
	return second
}

// write makes what is there what it was planned to be: it uploads, and when all
// of that has succeeded, deletes. It returns what is there then, also with an
// error; nil when it has done nothing.
func (m *directory) write(ctx context.Context, cl *spaces.Clients, before manifest) (manifest, error) {
	items, err := m.survey(ctx, before)
	if err != nil {
		return nil, err
	}
	wanted := wantedOf(items)
	now := *m
	now.show(wanted)
	if !m.ContentHash.IsUnknown() && !m.ContentHash.Equal(now.ContentHash) {
		return nil, spaces.Fail(spaces.Other, "The files of %s have changed since they were planned. Nothing was uploaded or deleted. Plan and apply again.", m.Source.ValueString())
	}
	c, err := cl.S3(m.Location().Region)
	if err != nil {
		return nil, err
	}
	s := shipment{cl: cl, c: c, at: m.Location(), there: maps.Clone(before)}
	if s.there == nil {
		s.there = manifest{}
	}
	var pages, others []item
	for _, i := range items {
		switch {
		case i.todo(before[i.key]) == toKeep:
			s.there[i.key] = i.adopt(before[i.key])
		case i.extras.isPage(i.path):
			pages = append(pages, i)
		default:
			others = append(others, i)
		}
	}
	s.run(ctx, others)
	s.run(ctx, pages)
	if err := s.err(ctx, len(others)+len(pages)); err != nil {
		return s.there, err
	}
	take := m.filter()
	gone := before.keys(func(key string, e entry) bool {
		_, found := wanted[key]
		return !found && (!e.foreign || m.extraneous(key, take))
	})
	if err := spaces.DeleteKeys(ctx, c, s.at.Bucket, gone); err != nil {
		return s.there, err
	}
	for _, key := range gone {
		delete(s.there, key)
	}
	return s.there.own(), nil
}

// todo is what a file needs.
type todo int

const (
	toKeep todo = iota
	toGrant
	toUpload
)

// todo compares a file with what is there.
func (i *item) todo(there entry) todo {
	was, errWas := withoutACL(there.extras)
	is, errIs := withoutACL(i.entry.extras)
	same := there.sha256 == i.sha256 && was == is
	if there.sha256 == "" { // an ETag is all that is known, and nothing of headers
		same = is == none && slices.Contains(i.etags, there.etag)
	}
	switch {
	case there.etag == "" || !same || errWas != nil || errIs != nil:
		return toUpload
	case there.acl != i.entry.acl:
		return toGrant
	}
	return toKeep
}

// adopt is the entry of a file whose content is there.
func (i *item) adopt(there entry) entry {
	e := i.entry
	e.etag = there.etag
	return e
}
