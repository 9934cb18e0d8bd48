package awssim

import (
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// Role is an IAM role.
type Role struct {
	Name     string
	ARN      string
	ID       string        // AROA…
	Policies []*iam.Policy // inline and managed
	Trust    *iam.Policy   // says who may assume the role; nil if nobody
}

// User is an IAM user, such as the operator.
type User struct {
	Name     string
	ARN      string
	ID       string // AIDA…
	Policies []*iam.Policy
}

// Credentials are an access key, of a user or of a session of a role.
type Credentials struct {
	AccessKeyID     string
	SecretAccessKey string
	SessionToken    string // empty for a user's

	ARN    string // the caller's: of the user, or of the session of the role
	UserID string // as GetCallerIdentity shows it
	Role   string // the role's name; empty for a user
	User   string // the user's name; empty for a role

	// Expires is when they end to be valid; zero means never.
	Expires time.Time
}

// CreateRole stores a role. It fills in ARN and id.
func (s *State) CreateRole(r Role) Role {
	r.ARN = "arn:aws:iam::" + s.account + ":role/" + r.Name
	r.ID = "AROA" + s.newID(17, base32)
	s.Roles.Put(r.Name, r)
	return r
}

// AttachPolicy adds a policy to a role, in place of one of the same name. It says whether the role exists.
func (s *State) AttachPolicy(role string, p *iam.Policy) bool {
	r, ok := s.Roles.Get(role)
	if !ok {
		return false
	}
	policies := make([]*iam.Policy, 0, len(r.Policies)+1)
	for _, old := range r.Policies {
		if old.Name() != p.Name() {
			policies = append(policies, old)
		}
	}
	r.Policies = append(policies, p)
	s.Roles.Put(role, r)
	return true
}

// CreateUser stores a user and returns an access key of it, which does not expire. It fills in ARN and id.
func (s *State) CreateUser(u User) (User, Credentials) {
	u.ARN = "arn:aws:iam::" + s.account + ":user/" + u.Name
	u.ID = "AIDA" + s.newID(17, base32)
	s.Users.Put(u.Name, u)
	c := Credentials{
		AccessKeyID:     "AKIA" + s.newID(16, base32),
		SecretAccessKey: s.newID(40, alphanum),
		ARN:             u.ARN,
		UserID:          u.ID,
		User:            u.Name,
	}
	s.credentials.Put(c.AccessKeyID, c)
	return u, c
}

// AssumeRole returns temporary credentials of the role, named by its ARN or name, and whether the role exists. Whether the
// caller may assume it is not asked: services do it on behalf of what they run.
func (s *State) AssumeRole(role, session string, lifetime time.Duration) (Credentials, bool) {
	r, ok := s.Roles.Get(roleName(role))
	if !ok {
		return Credentials{}, false
	}
	c := Credentials{
		AccessKeyID:     "ASIA" + s.newID(16, base32),
		SecretAccessKey: s.newID(40, alphanum),
		SessionToken:    s.newID(356, alphanum),
		ARN:             "arn:aws:sts::" + s.account + ":assumed-role/" + r.Name + "/" + session,
		UserID:          r.ID + ":" + session,
		Role:            r.Name,
		Expires:         s.Now().Add(lifetime),
	}
	s.credentials.Put(c.AccessKeyID, c)
	return c, true
}

// Credentials returns the access key with that id, expired or not.
func (s *State) Credentials(accessKeyID string) (Credentials, bool) {
	return s.credentials.Get(accessKeyID)
}

// RoleARN is the ARN of the role that the credentials are a session of; empty if they are a user's.
func (s *State) RoleARN(c Credentials) string {
	r, _ := s.Roles.Get(c.Role)
	return r.ARN
}

// Policies are the identity policies of whoever holds the credentials, as they are now.
func (s *State) Policies(c Credentials) []*iam.Policy {
	if c.Role != "" {
		r, _ := s.Roles.Get(c.Role)
		return r.Policies
	}
	u, _ := s.Users.Get(c.User)
	return u.Policies
}

// roleName is the name in a role's ARN, or the text itself if it is a name. Paths are left out: no template sets one.
func roleName(role string) string {
	return strings.TrimPrefix(resource(role), "role/")
}

// FindRole returns the role of an ARN, and whether there is one.
func (s *State) FindRole(arn string) (Role, bool) {
	r, ok := s.Roles.Get(roleName(arn))
	return r, ok && r.ARN == arn
}
