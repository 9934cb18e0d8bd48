package provision

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/warmstandby/warmstandby/internal/assembly"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/cognito"
)

// Options say what to deploy into. Cloud is required.
type Options struct {
	// Cloud is where state is created. It should be empty.
	Cloud *awssim.Cloud

	// Now is the clock that tokens are dated by. It should be the Cloud's.
	//
	// Default: time.Now.
	Now func() time.Time

	// Seed decides passwords and every identifier that is made up.
	Seed uint64

	// Region is where stacks are deployed that can be deployed to any.
	//
	// Default: such a stack is an error.
	Region string

	// Parameters are values of templates' parameters, by stack and parameter.
	//
	// Default: the templates' own.
	Parameters map[string]map[string]string

	// Listen is asked for an address at which each endpoint of a database can be reached, once everything is deployed. The
	// address ends up in the endpoint. An error ends the deployment.
	//
	// Default: endpoints have no address.
	Listen func(ctx context.Context, w *World, e Endpoint) (address string, err error)
}

// World is what was deployed. Lists are in the order of the deployment.
type World struct {
	// Deployment holds all stacks, resources and outputs.
	Deployment *cloudformation.Deployment

	// Functions are the Lambda functions.
	Functions []*Function

	// Network is what security groups allow.
	Network *Network

	// Endpoints are the host names that the deployed resources have in their VPCs.
	Endpoints []*Endpoint

	// Clusters are the database clusters.
	Clusters []*Cluster

	// UserPools are the user pools.
	UserPools []*cognito.Pool

	// APIs are the stages of the REST APIs.
	APIs []API

	// Distributions are the CloudFront distributions.
	Distributions []Distribution

	// Keys are the policies of the KMS keys, by ARN.
	Keys map[string]*iam.Policy
}

// Deploy deploys the assembly. It stops at the first resource that fails; what was created until then stays in the Cloud.
func Deploy(ctx context.Context, a *assembly.Assembly, o Options) (*World, error) {
	if o.Cloud == nil {
		return nil, errors.New("deploy: Options.Cloud must be set")
	}
	b := newBuilder(o)
	d, err := cloudformation.Deploy(ctx, a, cloudformation.Options{
		Providers:  b.registry(),
		NoBearing:  NoBearing,
		Store:      cloudformation.Bootstrapped(store{o.Cloud}),
		Default:    cloudformation.Environment{Account: b.account, Region: o.Region},
		Parameters: o.Parameters,
	})
	if err != nil {
		return nil, err
	}
	b.Deployment = d
	if err := b.finish(); err != nil {
		return nil, err
	}
	if o.Listen != nil {
		if err := b.listen(ctx, o); err != nil {
			return nil, err
		}
	}
	return &b.World, nil
}

// finish collects what is known only when everything is deployed.
func (b *builder) finish() error {
	b.completeClusters()
	b.checkTelemetry()
	b.collectDistributions()
	b.recordStacks()
	return errors.Join(b.importZones(), b.collectAPIs())
}

// listen asks for the addresses of database endpoints.
func (b *builder) listen(ctx context.Context, o Options) error {
	for _, e := range b.Endpoints {
		if e.Kind == Service {
			continue
		}
		address, err := o.Listen(ctx, &b.World, *e)
		if err != nil {
			return fmt.Errorf("listen for %s: %w", e.Host, err)
		}
		e.Address = address
	}
	return nil
}

// recordStacks puts the stacks into the Cloud's state.
func (b *builder) recordStacks() {
	b.cloud.Do(func(s *awssim.State) {
		for _, stack := range b.Deployment.Stacks {
			region := s.Region(stack.Region)
			created := region.CreateStack(stackState(stack))
			created.ID = stack.ID
			region.Stacks.Put(created.Name, created)
		}
	})
}

// stackState is a stack as CloudFormation shows it.
func stackState(d *cloudformation.Stack) awssim.Stack {
	s := awssim.Stack{Name: d.Artifact.Name, TerminationProtection: d.Artifact.TerminationProtection}
	for key, value := range sorted(d.Artifact.Tags) {
		s.Tags = append(s.Tags, awssim.Tag{Key: key, Value: value})
	}
	for _, p := range d.Parameters {
		s.Parameters = append(s.Parameters, awssim.StackParameter{Key: p.Name, Value: p.Value, Resolved: p.Resolved})
	}
	for _, o := range d.Outputs {
		s.Outputs = append(s.Outputs, awssim.StackOutput{Key: o.Name, Value: o.Value, ExportName: o.Export})
	}
	for _, r := range d.Resources {
		s.Resources = append(s.Resources, awssim.StackResource{LogicalID: r.LogicalID, PhysicalID: r.Ref, Type: r.Type})
	}
	return s
}
