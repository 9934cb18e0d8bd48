package cloudformation

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

// waits reports whether s must be deployed after another stack that is pending.
func (d *deployer) waits(s *stack) bool {
	return slices.ContainsFunc(d.pending, func(other *stack) bool {
		return other != s && (slices.Contains(s.Artifact.Dependencies, other.Artifact.ID) || d.reads(s, other))
	})
}

// reads reports whether s reads an output of other.
func (d *deployer) reads(s, other *stack) bool {
	found := false
	visit := func(_ []string, v any) {
		switch name, arg, _ := function(v); name {
		case "Fn::GetStackOutput":
			argument, _ := arg.(map[string]any)
			region, given := d.assembly.Text(s.Artifact, argument["Region"])
			if !given {
				region = s.Region
			}
			named, _ := d.assembly.Text(s.Artifact, argument["StackName"])
			found = found || named == other.Artifact.Name && region == other.Region
		case "Fn::ImportValue":
			export, _ := d.assembly.Text(s.Artifact, arg)
			found = found || s.Environment == other.Environment && d.exports(other, export)
		}
	}
	for _, r := range s.Artifact.Template.Resources {
		assembly.Walk(r.Properties, visit)
	}
	for _, o := range s.Artifact.Template.Outputs {
		assembly.Walk(o.Value, visit)
	}
	return found
}

// exports reports whether s exports an output under name.
func (d *deployer) exports(s *stack, name string) bool {
	return slices.ContainsFunc(s.Artifact.Template.Outputs, func(o assembly.Output) bool {
		export, _ := d.assembly.Text(s.Artifact, o.Export)
		return o.Export != nil && export == name
	})
}

// exporter is the one of stacks that exports a value as name in an account and Region, and the value; nil if none does.
func exporter(stacks []*Stack, env Environment, name string) (*Stack, string) {
	for _, s := range stacks {
		for _, o := range s.Outputs {
			if s.Environment == env && o.Export == name {
				return s, o.Value
			}
		}
	}
	return nil, ""
}

// importValue is the output that an earlier stack of the same account and Region exports.
func (s *scope) importValue(arg any) (any, error) {
	name, ok := text(arg)
	if !ok {
		return nil, templateError("the attribute in Fn::ImportValue must be a string or a function that returns a string")
	}
	from, v := exporter(s.earlier, s.Environment, name)
	if from == nil {
		return nil, fmt.Errorf("No export named %s found", name)
	}
	return v, nil
}

// stackOutput is an output of an earlier stack, in any Region, and in another account if a role there is named.
// See https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html.
func (s *scope) stackOutput(arg any) (any, error) {
	stack, output, env, err := s.stackOutputArgs(arg)
	if err != nil {
		return nil, err
	}
	for _, other := range s.earlier {
		if other.Environment != env || other.Artifact.Name != stack {
			continue
		}
		if v, ok := other.Output(output); ok {
			return v, nil
		}
		return nil, fmt.Errorf("stack %s in %s has no output %s", stack, env.Region, output)
	}
	return nil, fmt.Errorf("Stack with id %s does not exist in %s of account %s", stack, env.Region, env.Account)
}

// stackOutputArgs takes the argument of Fn::GetStackOutput apart: the stack's name, the output's, and where the stack is.
func (s *scope) stackOutputArgs(arg any) (stack, output string, env Environment, err error) {
	env = s.Environment
	var role string
	fields := map[string]*string{"StackName": &stack, "OutputName": &output, "Region": &env.Region, "RoleArn": &role}
	argument, _ := arg.(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(argument)) {
		v, ok := argument[key].(string)
		if fields[key] == nil || !ok {
			return "", "", env, templateError("Fn::GetStackOutput does not take %v as %s", argument[key], key)
		}
		*fields[key] = v
	}
	if stack == "" || output == "" {
		return "", "", env, templateError("Fn::GetStackOutput requires StackName and OutputName, both strings")
	}
	if role != "" {
		const account = 4 // arn:partition:iam::account:role/name
		parts := strings.Split(role, ":")
		if len(parts) <= account {
			return "", "", env, templateError("RoleArn of Fn::GetStackOutput must be an ARN, got %s", role)
		}
		env.Account = parts[account]
	}
	return stack, output, env, nil
}
