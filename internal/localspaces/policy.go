package localspaces

import (
	"net/url"
	"slices"
	"strings"
)

// policy is a bucket policy, ready to be asked.
type policy struct {
	statements []statement
}

// statement is one of a policy's statements. Of each pair of lists one is set,
// and its not says that it is the one with Not in its name.
type statement struct {
	deny       bool
	principals principals
	actions    patterns // in lower case
	resources  patterns
	conditions []condition
}

type principals struct {
	not      bool
	everyone bool
	ids      []string
}

type patterns struct {
	not  bool
	list []string
}

// access is what somebody wants to do.
type access struct {
	Principal       string // "" = anonymous, else the account's owner id or access key
	Action          string // "s3:GetObject"
	Resource        string // "arn:aws:s3:::bucket/key"
	SourceIP        string
	SecureTransport bool
	Referer         string
	UserAgent       string
	Listing         url.Values // the query, when it is a listing
}

type decision int

const (
	noOpinion decision = iota
	allow
	deny
)

// decide gives the policy's word on a: deny as soon as one statement denies,
// whatever the others allow (IAM user guide, policy evaluation logic). What
// happens without an opinion is for the caller to decide, by key and ACL.
func (p *policy) decide(a access) decision {
	d := noOpinion
	for _, s := range p.statements {
		if !s.applies(a) {
			continue
		}
		if s.deny {
			return deny
		}
		d = allow
	}
	return d
}

func (s statement) applies(a access) bool {
	if !s.principals.include(a.Principal) || !s.actions.include(strings.ToLower(a.Action)) || !s.resources.include(a.Resource) {
		return false
	}
	for _, c := range s.conditions {
		if !c.holds(a) {
			return false
		}
	}
	return true
}

func (p principals) include(id string) bool {
	named := p.everyone || id != "" && slices.Contains(p.ids, id)
	return named != p.not
}

func (p patterns) include(s string) bool {
	fits := slices.ContainsFunc(p.list, func(pattern string) bool { return wildcard(pattern, s) })
	return fits != p.not
}
