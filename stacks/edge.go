package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// EdgeProps configures an [Edge]. Config is required.
type EdgeProps struct {
	Config topology.Config
}

// Edge is the stack with the distribution, in the Region where CloudFront keeps its certificates and web ACLs.
type Edge struct {
	awscdk.Stack
}

// NewEdge defines an Edge under scope.
func NewEdge(scope constructs.Construct, id string, props *EdgeProps) *Edge {
	e := &Edge{}
	awscdk.NewStack_Override(e, scope, &id, &awscdk.StackProps{
		Description: jsii.String("Serves the application from the active Region"),
		Env:         environment(props.Config, topology.EdgeRegion),
	})
	return e
}

func (e *Edge) X() {}
