package awssim

import (
	"strings"
	"time"
)

// Parameter is a parameter of Systems Manager's parameter store.
type Parameter struct {
	Name         string
	ARN          string
	Type         string // String, StringList or SecureString
	Value        string
	Version      int64
	LastModified time.Time
}

// PutParameter creates the parameter, or a new version of it. It fills in ARN, version and time. Earlier versions are not
// kept.
func (r *Region) PutParameter(p Parameter) Parameter {
	if p.Type == "" {
		p.Type = "String"
	}
	old, _ := r.Parameters.Get(p.Name)
	p.Version = old.Version + 1
	p.ARN = r.ParameterARN(p.Name)
	p.LastModified = r.state.Now()
	r.Parameters.Put(p.Name, p)
	return p
}

// ParameterARN is the ARN of the parameter of that name, whether it exists or not: a name that begins with a slash stands
// behind "parameter", any other behind "parameter/" (IAM user guide, "Actions … for AWS Systems Manager").
func (r *Region) ParameterARN(name string) string {
	if !strings.HasPrefix(name, "/") {
		name = "/" + name
	}
	return r.arn("ssm", "parameter"+name)
}
