package localspaces

const (
	allUsers    = "http://acs.amazonaws.com/groups/global/AllUsers"
	xsiInstance = "http://www.w3.org/2001/XMLSchema-instance"
)

// acl is the access control list of a bucket or an object. Spaces has two, the
// canned ACLs private and public-read (Spaces S3 compatibility page), so this is
// all there is to know of one. The zero value is private.
type acl struct {
	public bool
}

// cannedACL reads the value of an x-amz-acl header. S3's other canned ACLs are
// refused like words it never heard of: Spaces does not document what it says to
// them, and Ceph says InvalidArgument to the latter.
func cannedACL(name string) (acl, error) {
	switch name {
	case "private":
		return acl{}, nil
	case "public-read":
		return acl{public: true}, nil
	}
	return acl{}, invalidArgument("The canned ACL %q is neither private nor public-read.", name)
}

// name is the canned ACL's name. S3 never answers with it.
func (a acl) name() string {
	if a.public {
		return "public-read"
	}
	return "private"
}

// publicRead reports whether everybody may read: list a bucket, get an object.
func (a acl) publicRead() bool { return a.public }

type aclDocument struct {
	Owner   *aclOwner       `xml:"Owner"`
	Grants  *aclGrants      `xml:"AccessControlList"`
	Unknown *unknownElement `xml:",any"`
}

type aclOwner struct {
	ID          string
	DisplayName string          `xml:",omitempty"`
	Unknown     *unknownElement `xml:",any"`
}

type aclGrants struct {
	Grant   []aclGrant
	Unknown *unknownElement `xml:",any"`
}

type aclGrant struct {
	Grantee    aclGrantee
	Permission string
	Unknown    *unknownElement `xml:",any"`
}

// aclGrantee writes its attributes with the usual prefix, which encoding/xml
// cannot be told to use; the type is not read, since ID or URI say the same.
type aclGrantee struct {
	Namespace    string          `xml:"xmlns:xsi,attr"`
	Type         string          `xml:"xsi:type,attr"`
	ID           string          `xml:",omitempty"`
	DisplayName  string          `xml:",omitempty"`
	EmailAddress string          `xml:",omitempty"`
	URI          string          `xml:",omitempty"`
	Unknown      *unknownElement `xml:",any"`
}

// parseACL reads the body of PutBucketAcl or PutObjectAcl. The Spaces S3
// compatibility page knows the grants of the two canned ACLs, while the API
// reference lists grant headers too. This server sides with the former: what S3
// would take and Spaces has no ACL for is NotImplemented, and what is no S3 grant
// at all is InvalidArgument, as in Ceph.
func parseACL(document []byte) (acl, error) {
	var d aclDocument
	if err := decodeDocument("AccessControlPolicy", document, &d); err != nil {
		return acl{}, err
	}
	if d.Owner == nil || d.Owner.ID == "" || d.Grants == nil {
		return acl{}, malformedXML("The AccessControlPolicy has no Owner or no AccessControlList.")
	}
	var owner, public bool
	for _, g := range d.Grants.Grant {
		kind, err := g.kind(d.Owner.ID)
		if err != nil {
			return acl{}, err
		}
		owner = owner || kind == ownerGrant
		public = public || kind == publicGrant
	}
	if !owner {
		return acl{}, notImplemented("The grants are those of neither private nor public-read: the owner's FULL_CONTROL is missing.")
	}
	return acl{public: public}, nil
}

type grantKind int

const (
	ownerGrant grantKind = iota
	publicGrant
)

func (g aclGrant) kind(owner string) (grantKind, error) {
	switch g.Permission {
	case "FULL_CONTROL", "READ", "WRITE", "READ_ACP", "WRITE_ACP":
	default:
		return 0, invalidArgument("There is no permission %q.", g.Permission)
	}
	to := g.Grantee
	switch to.URI {
	case "", allUsers,
		"http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
		"http://acs.amazonaws.com/groups/s3/LogDelivery":
	default:
		return 0, invalidArgument("There is no group %q.", to.URI)
	}
	switch {
	case to.URI == "" && to.ID == "" && to.EmailAddress == "":
		return 0, malformedXML("A Grantee has none of ID, URI and EmailAddress.")
	case to.URI == allUsers && g.Permission == "READ":
		return publicGrant, nil
	case to.ID == owner && g.Permission == "FULL_CONTROL":
		return ownerGrant, nil
	}
	return 0, notImplemented("The grants are those of neither private nor public-read: %s for %s is neither the owner's FULL_CONTROL nor everybody's READ.",
		g.Permission, to.ID+to.URI+to.EmailAddress)
}

// answer is the body of GetBucketAcl and GetObjectAcl: the owner's grant, and
// before it, as in Ceph (measured, 16.2.15), that of everybody.
func (a acl) answer(owner string) []byte { //nolint:unparam // whose it is, is for the server to know
	grants := new(aclGrants)
	if a.public {
		grants.Grant = append(grants.Grant, aclGrant{
			Grantee:    aclGrantee{Namespace: xsiInstance, Type: "Group", URI: allUsers},
			Permission: "READ",
		})
	}
	grants.Grant = append(grants.Grant, aclGrant{
		Grantee:    aclGrantee{Namespace: xsiInstance, Type: "CanonicalUser", ID: owner, DisplayName: owner},
		Permission: "FULL_CONTROL",
	})
	return encodeDocument("AccessControlPolicy", aclDocument{
		Owner:  &aclOwner{ID: owner, DisplayName: owner},
		Grants: grants,
	})
}
