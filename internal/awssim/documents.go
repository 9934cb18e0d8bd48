package awssim

import (
	"encoding/json"
	"strconv"
	"time"
)

// Document is a Systems Manager document with its versions.
type Document struct {
	Name     string
	ARN      string
	Type     string            // Automation or Command
	Versions []json.RawMessage // the contents, as JSON, oldest first
	Default  int               // the number of the default version, from 1
	Tags     []Tag
	Created  time.Time
}

// Content returns the content of a version, its number, and whether there is one: $DEFAULT or nothing, $LATEST, or a number.
func (d Document) Content(version string) (content json.RawMessage, number int, ok bool) {
	switch version {
	case "", "$DEFAULT":
		number = d.Default
	case "$LATEST":
		number = len(d.Versions)
	default:
		number, _ = strconv.Atoi(version)
	}
	if number < 1 || number > len(d.Versions) {
		return nil, 0, false
	}
	return d.Versions[number-1], number, true
}

// CreateDocument stores a document. It fills in ARN and date. Automation documents have ARNs of their own (IAM service
// authorization reference, "Resource types defined by AWS Systems Manager").
func (r *Region) CreateDocument(d Document) Document {
	d.ARN = r.arn("ssm", "document/"+d.Name)
	d.Created = r.state.Now()
	r.Documents.Put(d.Name, d)
	return d
}

// AutomationDefinitionARN is the ARN that starting an automation is allowed on.
func (r *Region) AutomationDefinitionARN(document, version string) string {
	if version == "" {
		version = "$DEFAULT"
	}
	return r.arn("ssm", "automation-definition/"+document+":"+version)
}

// AutomationExecutionARN is the ARN of an automation that runs, or has.
func (r *Region) AutomationExecutionARN(id string) string {
	return r.arn("ssm", "automation-execution/"+id)
}
