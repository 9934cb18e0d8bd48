package cloudformation

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

// Options say how to deploy an assembly. Providers and Store are required.
type Options struct {
	// Providers create the resources.
	Providers Registry

	// NoBearing maps the resource types that have no bearing on what the deployment is for to the reason. Their resources get
	// a physical ID and attributes that are made up.
	NoBearing map[string]string

	// Store holds the Systems Manager parameters and the secrets that templates name.
	Store Store

	// Default is where stacks are deployed that can be deployed to any account or Region.
	Default Environment

	// Parameters are values of templates' parameters, by stack, under any name that [assembly.Assembly.Stack] knows it by, and
	// by parameter.
	Parameters map[string]map[string]string
}

// Deploy deploys all of a's stacks, in a's order, except that a stack waits for the Systems Manager parameters that its own
// parameters name and that other stacks create. It stops at the first resource that fails.
func Deploy(ctx context.Context, a *assembly.Assembly, o Options) (*Deployment, error) {
	d := &deployer{Options: o, assembly: a, given: make(map[*assembly.Stack]map[string]string), deployment: &Deployment{}}
	if err := errors.Join(d.complete(), d.readStacks(), d.checkTypes(), d.readParameters()); err != nil {
		return nil, err
	}
	for len(d.pending) > 0 {
		next, values, err := d.next(ctx)
		if err != nil {
			return nil, err
		}
		if err := d.deploy(ctx, next, values); err != nil {
			return nil, each(err, func(err error) error { return fmt.Errorf("stack %s: %w", next.Artifact.DisplayName, err) })
		}
		d.pending = slices.DeleteFunc(d.pending, func(s *stack) bool { return s == next })
		d.deployment.Stacks = append(d.deployment.Stacks, next.Stack)
	}
	return d.deployment, nil
}

// deployer deploys one assembly.
type deployer struct {
	Options

	assembly   *assembly.Assembly
	given      map[*assembly.Stack]map[string]string
	pending    []*stack // those still to deploy, in the assembly's order
	deployment *Deployment
}

// stack is a stack with what its deployment needs.
type stack struct {
	*Stack

	details *details
}

// complete fails if synthesis lacked context, because the templates then hold placeholders.
func (d *deployer) complete() error {
	var keys []string
	for _, missing := range d.assembly.Missing {
		keys = append(keys, missing.Key)
	}
	if len(keys) > 0 {
		return fmt.Errorf("the assembly lacks context, look it up and synthesize again: %s", strings.Join(keys, ", "))
	}
	return nil
}

// readStacks makes all stacks pending.
func (d *deployer) readStacks() error {
	names := make(map[string]bool)
	for _, a := range d.assembly.Stacks {
		details, err := readDetails(d.assembly.Dir, a)
		if err != nil {
			return fmt.Errorf("stack %s: %w", a.DisplayName, err)
		}
		env := Environment{Account: cmp.Or(a.Account, d.Default.Account), Region: cmp.Or(a.Region, d.Default.Region)}
		if env.Account == "" || env.Region == "" {
			return fmt.Errorf("stack %s is for any environment: say which account and Region to deploy it to", a.DisplayName)
		}
		id := stackID(env, a.Name)
		if names[id] {
			return fmt.Errorf("stack %s: Stack [%s] already exists in %s", a.DisplayName, a.Name, env.Region)
		}
		names[id] = true
		d.pending = append(d.pending, &stack{Stack: &Stack{Environment: env, Artifact: a, ID: id}, details: details})
	}
	return nil
}

// stackID is a stack's ARN.
func stackID(env Environment, name string) string {
	arn := fmt.Sprintf("arn:%s:cloudformation:%s:%s:stack/%s/", env.Partition(), env.Region, env.Account, name)
	sum := sha256.Sum256([]byte(arn))
	return arn + fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// checkTypes fails with all resources whose types are neither known nor without bearing.
func (d *deployer) checkTypes() error {
	var errs []error
	for _, s := range d.pending {
		for _, r := range s.Artifact.Template.Resources {
			if _, ok := d.NoBearing[r.Type]; !ok && d.Providers[r.Type] == nil {
				errs = append(errs, fmt.Errorf("stack %s: resource %s: Template format error: Unrecognized resource types: [%s]",
					s.Artifact.DisplayName, r.LogicalID, r.Type))
			}
		}
	}
	return errors.Join(errs...)
}

// readParameters finds the stacks that parameters are given for.
func (d *deployer) readParameters() error {
	for _, name := range slices.Sorted(maps.Keys(d.Parameters)) {
		s := d.assembly.Stack(name)
		if s == nil {
			return fmt.Errorf("parameters are given for %s, which is no stack of the assembly", name)
		}
		d.given[s] = d.Parameters[name]
	}
	return nil
}

// next is the first stack that can be deployed, with its parameters.
func (d *deployer) next(ctx context.Context) (*stack, map[string]any, error) {
	var errs []error
	for _, s := range d.pending {
		if d.waits(s) {
			continue
		}
		values, shown, err := s.parameters(ctx, d.given[s.Artifact], d.Store)
		if err == nil {
			s.Parameters = shown
			return s, values, nil
		}
		err = fmt.Errorf("stack %s: %w", s.Artifact.DisplayName, err)
		if !errors.Is(err, ErrNotFound) {
			return nil, nil, err
		}
		errs = append(errs, err)
	}
	if errs == nil {
		return nil, nil, fmt.Errorf("stacks wait for each other, so none can be deployed first: %s", d.pending[0].Artifact.DisplayName)
	}
	return nil, nil, errors.Join(errs...)
}

// deploy deploys s.
func (d *deployer) deploy(ctx context.Context, s *stack, parameters map[string]any) error {
	scope := &scope{stack: s, parameters: parameters, conditions: make(map[string]bool), earlier: d.deployment.Stacks}
	if err := scope.in(rulesBlock).assert(s.details.Rules); err != nil {
		return err
	}
	if err := scope.in(conditionsBlock).decideAll(); err != nil {
		return err
	}
	plan, err := scope.plan()
	if err != nil {
		return err
	}
	for _, n := range plan.nodes {
		if err := d.create(ctx, scope.in(resourcesBlock), n); err != nil {
			return resourceError(n.Resource, err)
		}
	}
	for _, o := range plan.outputs {
		if err := scope.in(outputsBlock).output(o); err != nil {
			return outputError(o, err)
		}
	}
	return nil
}

// create has n created by the provider of its type.
func (d *deployer) create(ctx context.Context, s *scope, n *node) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	resolved, err := s.object(n.properties)
	if err != nil {
		return within("Properties", err)
	}
	if resolved, err = s.dynamic(ctx, resolved, d.Store); err != nil {
		return within("Properties", err)
	}
	r := &Deployed{Resource: Resource{
		Environment: s.Environment, Stack: s.Artifact, StackID: s.ID, LogicalID: n.LogicalID, Type: n.Type,
		Properties: resolved.(map[string]any), Metadata: s.details.Resources[n.LogicalID].Metadata, AttributesRead: n.read,
	}}
	provider := d.Providers[n.Type]
	if provider == nil {
		provider, r.NoBearing = placeholder, d.NoBearing[n.Type]
	}
	if r.Physical, err = provider(ctx, r.Resource); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(r.Attributes)) {
		if v := r.Attributes[name]; !isValue(v) {
			return fmt.Errorf("the provider returned attribute %s as %T, which no template can hold", name, v)
		}
	}
	s.Resources = append(s.Resources, r)
	return nil
}
