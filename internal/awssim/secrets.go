package awssim

import (
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// Secret is a secret of Secrets Manager, with its current version only.
type Secret struct {
	Name        string
	ARN         string // ends in a hyphen and six random characters
	Description string
	KMSKeyID    string
	Value       string // SecretString
	VersionID   string
	Created     time.Time
	Changed     time.Time
	Tags        []Tag
	Policy      *iam.Policy // the resource policy; nil if there is none
}

// Tag is a key and a value on a resource.
type Tag struct {
	Key   string `xml:"Key"`
	Value string `xml:"Value"`
}

// PutSecret creates the secret, or a new version of it. It fills in ARN, version and times.
func (r *Region) PutSecret(s Secret) Secret {
	now := r.state.Now()
	if old, ok := r.Secrets.Get(s.Name); ok {
		s.ARN, s.Created = old.ARN, old.Created
	} else {
		s.ARN = r.arn("secretsmanager", "secret:"+s.Name+"-"+r.state.newID(6, alphanum))
		s.Created = now
	}
	s.VersionID = r.state.newUUID()
	s.Changed = now
	r.Secrets.Put(s.Name, s)
	return s
}

// FindSecret returns the secret with that name, ARN, or ARN without the random characters.
func (r *Region) FindSecret(id string) (Secret, bool) {
	if s, ok := r.Secrets.Get(id); ok {
		return s, true
	}
	for _, s := range r.Secrets.All() {
		if s.ARN == id || strings.HasPrefix(id, "arn:") && s.ARN[:len(s.ARN)-7] == id {
			return s, true
		}
	}
	return Secret{}, false
}

// SecretARN is the ARN a policy is asked for when a secret of that name or ARN is wanted that does not exist. Secrets Manager
// shows question marks in place of the characters that it would have chosen.
func (r *Region) SecretARN(id string) string {
	if s, ok := r.FindSecret(id); ok {
		return s.ARN
	}
	if strings.HasPrefix(id, "arn:") {
		return id
	}
	return r.arn("secretsmanager", "secret:"+id+"-??????")
}
