package provision

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

type roleProperties struct {
	AssumeRolePolicyDocument any
	ManagedPolicyArns        []string
	Path                     string
	Policies                 []struct {
		PolicyDocument any
		PolicyName     string
	}
	RoleName string

	Description        properties.Ignored // nothing looks at it
	MaxSessionDuration properties.Ignored // services decide how long their sessions last
	Tags               properties.Ignored // no policy asks for them
}

func (c *call) role(p roleProperties) (cloudformation.Physical, error) {
	name := cmp.Or(p.RoleName, c.GeneratedName(64))
	if _, taken := c.state.Roles.Get(name); taken {
		return failf("Role with name %s already exists.", name)
	}
	if p.Path != "" && p.Path != "/" {
		return failf("property Path: only / is modelled, got %q", p.Path)
	}
	trust, err := iam.Parse(iam.Trust, "trust policy of "+name, p.AssumeRolePolicyDocument)
	if err != nil {
		return failf("property AssumeRolePolicyDocument: %w", err)
	}
	role := awssim.Role{Name: name, Trust: trust}
	for _, arn := range p.ManagedPolicyArns {
		policy, err := managedPolicy(arn)
		if err != nil {
			return failf("property ManagedPolicyArns: %w", err)
		}
		role.Policies = append(role.Policies, policy)
	}
	for _, inline := range p.Policies {
		policy, err := iam.Parse(iam.Identity, inline.PolicyName, inline.PolicyDocument)
		if err != nil {
			return failf("property Policies: %w", err)
		}
		role.Policies = append(role.Policies, policy)
	}
	role = c.state.CreateRole(role)
	return physical(name, attributes{"Arn": role.ARN, "RoleId": role.ID})
}

type policyProperties struct {
	PolicyDocument any
	PolicyName     string
	Roles          []string
}

// policy is AWS::IAM::Policy: an inline policy of roles.
func (c *call) policy(p policyProperties) (cloudformation.Physical, error) {
	policy, err := iam.Parse(iam.Identity, p.PolicyName, p.PolicyDocument)
	if err != nil {
		return failf("property PolicyDocument: %w", err)
	}
	if len(p.Roles) == 0 {
		return failf("at least one of [Groups,Roles,Users] must be non-empty, of which only Roles is modelled")
	}
	for _, role := range p.Roles {
		if !c.state.AttachPolicy(role, policy) {
			return failf("The role with name %s cannot be found.", role)
		}
	}
	return physical(p.PolicyName, nil)
}

// roleOf is the role of that ARN.
func (c *call) roleOf(arn string) (awssim.Role, error) {
	role, ok := c.state.Roles.Get(arn[strings.LastIndex(arn, "/")+1:])
	if !ok || role.ARN != arn {
		return role, fmt.Errorf("role %s does not exist", arn)
	}
	return role, nil
}

// assumable fails unless a service may assume a role of the account for a resource in it.
func (c *call) assumable(arn, service string) error {
	role, err := c.roleOf(arn)
	if err != nil {
		return err
	}
	decision := iam.Decide(iam.Request{
		Principal: iam.Principal{Service: service}, Action: "sts:AssumeRole", Resource: role.ARN,
		Context: map[string][]string{"aws:SourceAccount": {c.Account}}, Resources: []*iam.Policy{role.Trust},
	})
	if !decision.Allowed {
		return fmt.Errorf("role %s cannot be assumed by %s: %w", arn, service, decision.Err())
	}
	return nil
}

// allowed fails unless a session of the role may take an action on a resource.
func (c *call) allowed(role awssim.Role, session, action, resource string) error {
	return iam.Decide(iam.Request{
		Principal: iam.Principal{
			ARN:  fmt.Sprintf("arn:%s:sts::%s:assumed-role/%s/%s", c.Partition(), c.Account, role.Name, session),
			Role: role.ARN,
		},
		Action: action, Resource: resource, Identity: role.Policies,
	}).Err()
}
