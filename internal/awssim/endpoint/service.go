package endpoint

import (
	"context"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// operation is one operation of a service.
type operation struct {
	// name is the operation's, such as GetFunction.
	name string

	// route is the method and path of an operation of a REST protocol, such as "GET /2015-03-31/functions/{FunctionName}". A
	// label in braces takes one segment of the path, one that ends in + takes the rest. A query, as in
	// "GET /{Bucket}?list-type=2", must be there too.
	route string

	// action is the IAM action that the caller's policies must allow.
	//
	// Default: the service's prefix and the operation's name.
	action string

	// resources are the ARNs that the action is asked for.
	//
	// Default: "*", as for actions without resource types.
	resources func(*Call) []string

	// policy is the resource's own policy; nil if it has none.
	policy func(*Call) *iam.Policy

	// policies are the resource's policies where it has several; nil if it has not.
	policies func(*Call) []*iam.Policy

	// also is what else the caller must be allowed, because the service does it in the caller's name; nil if there is nothing.
	also func(*Call) []need

	// context are condition keys of the service's own; nil if there are none.
	context func(*Call) map[string][]string

	// resourceContext are condition keys of one of the resources, such as its tags; nil if there are none.
	resourceContext func(c *Call, arn string) map[string][]string

	// open operations need no permission.
	open bool

	// raw operations read the request's body themselves.
	raw bool

	// do runs the operation. What it returns is written in the caller's protocol: a struct with the tags that it needs, bytes
	// as they are, or nil for an empty answer.
	do func(context.Context, *Call) (any, error)
}

// service is one AWS service.
type service struct {
	// name is the service's in the scope of a signature.
	name string

	// prefix is the service's in IAM actions.
	//
	// Default: name.
	prefix string

	// protocols are what the service speaks, the most usual first.
	protocols []protocol

	// denied is the code of a refusal where it is not the protocol's own.
	denied string

	// gzip says that clients may compress their requests (Smithy 2.0, "requestCompression trait").
	gzip bool

	operations []operation
}

// services are all simulated services.
func services() map[string]*service {
	all := map[string]*service{}
	for _, s := range []*service{
		sts(), ssm(), secretsManager(), lambda(), rds(), keyValueStore(), cloudFormation(), cognito(), cloudFront(), cloudWatch(), sns(), s3(),
		codePipeline(), events(), sqs(), logs(), ec2(), route53(), dynamoDB(),
	} {
		all[s.name] = s
	}
	return all
}

// action is the IAM action of an operation.
func (s *service) action(op *operation) string {
	if op.action != "" {
		return op.action
	}
	prefix := s.prefix
	if prefix == "" {
		prefix = s.name
	}
	return prefix + ":" + op.name
}

// find returns the operation of that name, or nil.
func (s *service) find(name string) *operation {
	for i := range s.operations {
		if s.operations[i].name == name {
			return &s.operations[i]
		}
	}
	return nil
}

// protocol returns the one that the request speaks, or the service's usual one.
func (s *service) protocol(r *request) protocol {
	for _, p := range s.protocols {
		if p.speaks(r) {
			return p
		}
	}
	return s.protocols[0]
}

// on is the resources of an operation on one resource whose ARN is made of an input.
func on(arn func(c *Call) string) func(*Call) []string {
	return func(c *Call) []string { return []string{arn(c)} }
}

// isARN says whether the text is an ARN rather than a name.
func isARN(text string) bool { return strings.HasPrefix(text, "arn:") }

// Knows says whether the endpoint has an operation of the service that has a name in the scope of signatures.
func Knows(service, operation string) bool {
	s, ok := services()[service]
	return ok && s.find(operation) != nil
}
