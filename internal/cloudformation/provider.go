package cloudformation

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

// Environment is where a stack is deployed.
type Environment struct {
	// Account is the account, 12 digits.
	Account string

	// Region is the Region, such as us-east-1.
	Region string
}

// Partition is the Region's partition, as in the pseudo parameter AWS::Partition.
// See https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html.
func (e Environment) Partition() string {
	switch {
	case strings.HasPrefix(e.Region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(e.Region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

// urlSuffix is the domain of the partition's services, as in the pseudo parameter AWS::URLSuffix.
func (e Environment) urlSuffix() string {
	if e.Partition() == "aws-cn" {
		return "amazonaws.com.cn"
	}
	return "amazonaws.com"
}

// Resource is what a provider is asked to create.
type Resource struct {
	Environment

	// Stack is the stack that the resource belongs to.
	Stack *assembly.Stack

	// StackID is the stack's ARN.
	StackID string

	// LogicalID is the resource's name in its template.
	LogicalID string

	// Type is the resource type, such as AWS::Lambda::Function or Custom::RegionalParameter.
	Type string

	// Properties are the properties, resolved: text, numbers (float64), booleans, lists ([]any) and objects (map[string]any).
	// They are the provider's own.
	Properties map[string]any

	// Metadata is the resource's metadata as the template has it, not resolved. It must not be written to.
	Metadata map[string]any

	// AttributesRead are the attributes that the template reads by Fn::GetAtt or Fn::Sub, sorted. An attribute whose name only
	// a parameter tells is not among them.
	AttributesRead []string
}

// GeneratedName is a name as CloudFormation makes it up for a resource that is given none: the stack's name, the logical ID
// and a suffix, cut to limit characters before the suffix.
// See https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html.
func (r Resource) GeneratedName(limit int) string {
	const suffixLength = 12
	sum := sha256.Sum256([]byte(r.StackID + "/" + r.LogicalID))
	suffix := base32.StdEncoding.EncodeToString(sum[:])[:suffixLength]
	name := r.Stack.Name + "-" + r.LogicalID
	return name[:max(0, min(len(name), limit-suffixLength-1))] + "-" + suffix
}

// Asset is the file or directory that the resource's stack publishes under an S3 object key.
func (r Resource) Asset(objectKey string) (assembly.Asset, error) {
	for _, asset := range r.Stack.Assets {
		if slices.Contains(asset.ObjectKeys, objectKey) {
			return asset, nil
		}
	}
	return assembly.Asset{}, fmt.Errorf("stack %s publishes no asset as %q", r.Stack.DisplayName, objectKey)
}

// Physical is a resource that exists.
type Physical struct {
	// Ref is the physical ID: what Ref gives.
	Ref string

	// Attributes are what Fn::GetAtt gives, by name, of the types that [Resource.Properties] are of. An attribute such as
	// Endpoint.Address is found under that name, or as Address in the object Endpoint.
	Attributes map[string]any
}

// attribute is the attribute called name.
func (p Physical) attribute(name string) (any, bool) {
	if v, ok := p.Attributes[name]; ok {
		return v, true
	}
	var v any = p.Attributes
	for key := range strings.SplitSeq(name, ".") {
		object, ok := v.(map[string]any)
		if !ok {
			return nil, false
		}
		if v, ok = object[key]; !ok {
			return nil, false
		}
	}
	return v, true
}

// Provider creates resources of one type.
type Provider func(ctx context.Context, r Resource) (Physical, error)

// Registry holds the providers by resource type. Custom resources are found by their own type, such as
// Custom::RegionalParameter.
type Registry map[string]Provider

// placeholder stands in for a resource that has no bearing: it makes up a physical ID, and the attributes that are read. An
// attribute whose name ends in Arn looks like an ARN.
func placeholder(_ context.Context, r Resource) (Physical, error) {
	const limit = 128
	p := Physical{Ref: r.GeneratedName(limit), Attributes: make(map[string]any)}
	_, service, _ := strings.Cut(r.Type, "::")
	service, _, _ = strings.Cut(strings.ToLower(service), "::")
	for _, name := range r.AttributesRead {
		p.Attributes[name] = p.Ref + "-" + name
		if strings.HasSuffix(name, "Arn") {
			p.Attributes[name] = fmt.Sprintf("arn:%s:%s:%s:%s:%s", r.Partition(), service, r.Region, r.Account, p.Ref)
		}
	}
	return p, nil
}
