package stacks

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/failoveredge"
	"github.com/warmstandby/warmstandby/constructs/regionalparameter"
	"github.com/warmstandby/warmstandby/constructs/topology"
)

// EdgeProps configures an [Edge]. Config is required.
type EdgeProps struct {
	Config topology.Config
}

// Edge is the stack with the distribution, in the Region where CloudFront keeps its certificates and web ACLs. It reads the
// ids of both APIs from parameters of its own Region, so deploying it again needs neither of theirs. What a failover has to know
// of it is carried to both Regions.
type Edge struct {
	awscdk.Stack

	edge *failoveredge.Edge
}

// NewEdge defines an Edge under scope.
func NewEdge(scope constructs.Construct, id string, props *EdgeProps) *Edge {
	c := props.Config
	e := &Edge{}
	awscdk.NewStack_Override(e, scope, &id, &awscdk.StackProps{
		Description:           jsii.String("Serves the application from the active Region"),
		Env:                   environment(c, topology.EdgeRegion),
		TerminationProtection: jsii.Bool(c.RemovalPolicy == topology.Retain),
	})
	e.edge = failoveredge.New(e, "Edge", e.edgeProps(c))
	for _, role := range topology.Roles() {
		e.carry(c, role, topology.EdgeStoreArnParameter, *e.edge.Store().KeyValueStoreArn())
		e.carry(c, role, topology.EdgeHostParameter, e.edge.DomainName())
	}
	awscdk.NewCfnOutput(e, jsii.String("CloudfrontUrl"), &awscdk.CfnOutputProps{
		Description: jsii.String("What clients call"),
		Value:       jsii.String(e.edge.DomainName()),
	})
	awscdk.NewCfnOutput(e, jsii.String("CloudfrontDistributionId"), &awscdk.CfnOutputProps{
		Value: e.edge.Distribution().DistributionId(),
	})
	return e
}

// Edge is the distribution with its function and key-value store.
func (e *Edge) Edge() *failoveredge.Edge { return e.edge }

// carry leaves a fact of the edge in a Region, where the stack that moves the application reads it.
func (e *Edge) carry(c topology.Config, role topology.Role, fact, value string) {
	regionalparameter.New(e, "Parameter-"+string(role)+"-"+fact, &regionalparameter.Props{
		Name:         c.ParameterName(role, fact),
		Value:        value,
		Region:       c.Region(role),
		LogRetention: retention(c),
	})
}

func (e *Edge) edgeProps(c topology.Config) *failoveredge.Props {
	props := &failoveredge.Props{
		Primary:          e.origin(c, topology.Primary),
		Secondary:        e.origin(c, topology.Secondary),
		StoreName:        c.StoreName(),
		Comment:          c.ApplicationName + ": REST API with failover between Regions",
		LogRetentionDays: c.LogRetentionDays,
		LogRemovalPolicy: removalPolicy(c),
	}
	if c.DomainName != "" {
		props.DomainNames = []string{c.DomainName}
		props.Certificate = awscertificatemanager.Certificate_FromCertificateArn(e, jsii.String("Certificate"), &c.CertificateArn)
	}
	if c.Waf {
		props.WebACLArn = *e.defineWebACL(c).AttrArn()
	}
	return props
}

// origin is a Region's API, by the id that its stack has left here.
func (e *Edge) origin(c topology.Config, role topology.Role) failoveredge.Origin {
	name := c.ParameterName(role, topology.ApiIDParameter)
	id := awsssm.StringParameter_ValueForStringParameter(e, &name, nil)
	return failoveredge.Origin{
		Region:     c.Region(role),
		DomainName: fmt.Sprintf("%s.execute-api.%s.%s", *id, c.Region(role), *e.UrlSuffix()),
		OriginPath: "/" + c.StageName(),
	}
}

// defineWebACL defines a web ACL with the rules that AWS advises for every web application.
func (e *Edge) defineWebACL(c topology.Config) awswafv2.CfnWebACL {
	rules := []string{"AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesAmazonIpReputationList"}
	var properties []any
	for i, rule := range rules {
		properties = append(properties, &awswafv2.CfnWebACL_RuleProperty{
			Name:           jsii.String(rule),
			Priority:       jsii.Number(i),
			OverrideAction: &awswafv2.CfnWebACL_OverrideActionProperty{None: map[string]any{}},
			Statement: &awswafv2.CfnWebACL_StatementProperty{
				ManagedRuleGroupStatement: &awswafv2.CfnWebACL_ManagedRuleGroupStatementProperty{VendorName: jsii.String("AWS"), Name: jsii.String(rule)},
			},
			VisibilityConfig: visibility(rule),
		})
	}
	return awswafv2.NewCfnWebACL(e, jsii.String("WebACL"), &awswafv2.CfnWebACLProps{
		Scope:            jsii.String("CLOUDFRONT"),
		DefaultAction:    &awswafv2.CfnWebACL_DefaultActionProperty{Allow: map[string]any{}},
		Rules:            properties,
		VisibilityConfig: visibility(c.ApplicationName),
	})
}

func visibility(name string) *awswafv2.CfnWebACL_VisibilityConfigProperty {
	return &awswafv2.CfnWebACL_VisibilityConfigProperty{
		CloudWatchMetricsEnabled: jsii.Bool(true),
		SampledRequestsEnabled:   jsii.Bool(true),
		MetricName:               &name,
	}
}
