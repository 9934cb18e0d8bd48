package dnsplan

import (
	"encoding/json"
	"errors"
	"fmt"
)

// The names of the function's environment variables.
const (
	// EnvPlan is the plan, as [Plan.Encode] renders it.
	EnvPlan = "RECOVERY_DNS_PLAN"

	// EnvTable is the name of the DynamoDB table that keeps the order of events.
	EnvTable = "RECOVERY_DNS_TABLE"
)

// TableKey is the name of the table's partition key, a string. The table has no sort key.
const TableKey = "id"

// maxEncoded is how long an encoded plan may be, so that it fits with the rest into the 4 KB that Lambda has for environment
// variables.
const maxEncoded = 3500

// Plan is everything that the function is configured with, except its table.
type Plan struct {
	// HostedZoneID is the id of the Route 53 hosted zone that all records are in.
	HostedZoneID string `json:"zone"`

	// Records are what the function may change.
	Records []Record `json:"records"`

	// DryRun says what would be changed, and changes nothing in Route 53. The order of events is kept as otherwise.
	DryRun bool `json:"dryRun,omitempty"`
}

// Record is a DNS record with simple routing.
type Record struct {
	// Name is the record's full name, such as api.example.com.
	Name string `json:"name"`

	// Type is A, AAAA or CNAME.
	Type string `json:"type"`

	// TTL is how long resolvers keep the record, in seconds. Records that are aliases have none.
	//
	// Default: 60.
	TTL int `json:"ttl,omitempty"`

	// Application is Arpio's id of the application whose failover changes the record.
	Application string `json:"app"`

	// Primary is what the record points at before a failover and after failback. It must not have placeholders.
	Primary Target `json:"primary"`

	// Recovery is what the record points at after a failover.
	//
	// Its texts may have placeholders, which stand for what an upsert event of Resource said last: {recovery-resource-id},
	// {recovery-resource-name}, {recovery-region} and {recovery-account}. The events carry no DNS names and no IP addresses, so
	// that a placeholder serves where AWS makes a name from an id, such as
	// {recovery-resource-id}.execute-api.{recovery-region}.amazonaws.com. What keeps its name in standby, such as a load
	// balancer of the pilot light, needs none.
	Recovery Target `json:"recovery"`

	// Resource is the ARN of the primary resource whose replica the placeholders stand for. It is required with placeholders
	// and wrong without.
	//
	// Default: none.
	Resource string `json:"resource,omitempty"`
}

// Target is what a record points at: values, or the name of an alias.
type Target struct {
	// Values are IP addresses, or the one name of a CNAME.
	//
	// Default: none, the target is an alias.
	Values []string `json:"values,omitempty"`

	// AliasName is the DNS name of the AWS resource that the record is an alias of.
	//
	// Default: none, the target has values.
	AliasName string `json:"alias,omitempty"`

	// AliasZoneID is the id of the hosted zone of AliasName, which AWS documents for each service and Region. It is required
	// with AliasName.
	AliasZoneID string `json:"aliasZone,omitempty"`
}

// Encode is the plan as JSON, for the environment variable [EnvPlan]. The error says if it is too long for one.
func (p Plan) Encode() (string, error) {
	data, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	if len(data) > maxEncoded {
		return "", fmt.Errorf("Records have %d bytes in JSON and may have %d, use several constructs", len(data), maxEncoded)
	}
	return string(data), nil
}

// Decode reads a plan that was encoded, and checks it again.
func Decode(text string) (Plan, error) {
	var p Plan
	if text == "" {
		return p, errors.New("it must not be empty")
	}
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return Plan{}, err
	}
	if p.HostedZoneID == "" {
		return Plan{}, errors.New("the hosted zone's id must not be empty")
	}
	return p, Validate(p.Records)
}
