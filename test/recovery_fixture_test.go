package test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"

	"github.com/warmstandby/warmstandby/constructs/lifecyclebus"
	"github.com/warmstandby/warmstandby/constructs/runbook"
)

const arpioAccount = "RQDLgR8ar2ipEV0VbfQLno"

func arpioBus(stack awscdk.Stack) *lifecyclebus.Bus {
	return lifecyclebus.New(stack, "Bus", &lifecyclebus.Props{ArpioAccountID: arpioAccount})
}

// helloScript is the script of Arpio's example.
func helloScript() runbook.ScriptProps {
	return runbook.ScriptProps{
		Commands:    []string{`date -u +"Hello at time %Y-%m-%d %H:%M:%S" >> /tmp/hello.txt`},
		InstanceTag: runbook.Tag{Key: "Recovery", Value: "hello"},
	}
}

// flat is a value of a template as text: what is joined is joined, and ${Resource} or ${Resource.Attribute} stands for a reference.
func flat(v any) string {
	m, ok := v.(map[string]any)
	if !ok || len(m) != 1 {
		if list, ok := v.([]any); ok {
			texts := make([]string, len(list))
			for i, item := range list {
				texts[i] = flat(item)
			}
			return strings.Join(texts, ",")
		}
		return fmt.Sprint(v)
	}
	if ref, ok := m["Ref"].(string); ok {
		return "${" + ref + "}"
	}
	if attribute, ok := m["Fn::GetAtt"].([]any); ok {
		return fmt.Sprintf("${%v.%v}", attribute...)
	}
	if join, ok := m["Fn::Join"].([]any); ok {
		var text strings.Builder
		for i, part := range join[1].([]any) {
			if i > 0 {
				text.WriteString(join[0].(string))
			}
			text.WriteString(flat(part))
		}
		return text.String()
	}
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// rights are what the policies that are attached to a role allow: "action,action on resource,resource if {condition}", sorted.
func (s synthesized) rights(t testing.TB, role string) []string {
	t.Helper()
	var all []string
	for _, policy := range s.resources(t, "AWS::IAM::Policy") {
		if !strings.Contains(flat(policy.properties["Roles"]), "${"+role+"}") {
			continue
		}
		all = append(all, statements(t, policy.properties["PolicyDocument"])...)
	}
	if len(all) == 0 {
		t.Fatalf("role %s may do nothing", role)
	}
	slices.Sort(all)
	return all
}

// statements are the statements of a policy document, likewise, with the principal before it if there is one.
func statements(t testing.TB, document any) []string {
	t.Helper()
	var all []string
	for _, raw := range document.(map[string]any)["Statement"].([]any) {
		statement := raw.(map[string]any)
		text := flat(statement["Action"]) + " on " + flat(statement["Resource"])
		if statement["Effect"] != "Allow" {
			text = statement["Effect"].(string) + " " + text
		}
		if principal, ok := statement["Principal"].(map[string]any); ok {
			for _, name := range principal {
				text = flat(name) + ": " + text
			}
		}
		if condition := statement["Condition"]; condition != nil {
			data, err := json.Marshal(plain(condition))
			if err != nil {
				t.Fatal(err)
			}
			text += " if " + string(data)
		}
		all = append(all, text)
	}
	return all
}

// plain is a condition with flat values, so that it renders as one line of JSON.
func plain(v any) any {
	m, ok := v.(map[string]any)
	if !ok || strings.HasPrefix(fmt.Sprint(v), "map[Fn::") || strings.HasPrefix(fmt.Sprint(v), "map[Ref:") {
		return flat(v)
	}
	out := make(map[string]any, len(m))
	for key, value := range m {
		out[key] = plain(value)
	}
	return out
}

// roleID is the logical id of a role.
func roleID(stack awscdk.Stack, role awsiam.IRole) string {
	return *stack.GetLogicalId(role.Node().DefaultChild().(awscdk.CfnElement))
}

// targetOf is the only target of a rule.
func targetOf(t testing.TB, rule resource) map[string]any {
	t.Helper()
	targets := rule.properties["Targets"].([]any)
	if len(targets) != 1 {
		t.Fatalf("rule %s has %d targets, want 1", rule.id, len(targets))
	}
	return targets[0].(map[string]any)
}
