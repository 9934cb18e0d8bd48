package assembly_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

func TestTemplate(t *testing.T) {
	a := read(t)
	template := a.Stack("Primary/App").Template
	want := assembly.Resource{
		LogicalID: "Function", Type: "AWS::Lambda::Function", Condition: "Always", DependsOn: []string{"Policy", "Role"},
		DeletionPolicy: "Retain", UpdateReplacePolicy: "Delete", Path: "Primary/App/Function/Resource",
	}
	if diff := cmp.Diff(want, *template.Resource("Function"), cmpopts.IgnoreFields(assembly.Resource{}, "Properties")); diff != "" {
		t.Errorf("resource (-want +got):\n%s", diff)
	}
	if got := template.Resource("Policy").DependsOn; !slices.Equal(got, []string{"Role"}) {
		t.Errorf("DependsOn of one: got %v", got)
	}
	if template.Resource("BootstrapVersion") != nil {
		t.Error("a parameter is not a resource")
	}
	wantParameters := []assembly.Parameter{{
		Name: "BootstrapVersion", Type: "AWS::SSM::Parameter::Value<String>", Default: "/cdk-bootstrap/hnb659fds/version",
	}}
	if diff := cmp.Diff(wantParameters, template.Parameters); diff != "" {
		t.Errorf("parameters (-want +got):\n%s", diff)
	}
	wantOutputs := []assembly.Output{{
		Name: "FunctionArn", Value: map[string]any{"Fn::GetAtt": []any{"Function", "Arn"}}, Export: "todo-app:arn",
	}}
	if diff := cmp.Diff(wantOutputs, template.Outputs); diff != "" {
		t.Errorf("outputs (-want +got):\n%s", diff)
	}
	if template.Conditions["Always"] == nil || template.Mappings["Zones"] == nil {
		t.Errorf("conditions %v, mappings %v", template.Conditions, template.Mappings)
	}
}

func TestTemplateConstructPaths(t *testing.T) {
	a := read(t)
	for stack, want := range map[string]map[string]string{
		"Primary/App":   {"Function": "Primary/App/Function/Resource", "Role": "Primary/App/Role/Resource", "Policy": ""},
		"Primary/Infra": {"Bucket": "Primary/Infra/Bucket/Resource"},
		"Edge":          {"Distribution": "Edge/Distribution/Resource"},
	} {
		for id, path := range want {
			if got := a.Stack(stack).Template.Resource(id).Path; got != path {
				t.Errorf("path of %s in %s: got %q, want %q", id, stack, got, path)
			}
		}
	}
}

func TestTemplateOfType(t *testing.T) {
	var ids []string
	for _, r := range read(t).Stack("Primary/App").Template.OfType("AWS::IAM::Role", "AWS::IAM::Policy") {
		ids = append(ids, r.LogicalID)
	}
	if diff := cmp.Diff([]string{"Policy", "Role"}, ids); diff != "" {
		t.Errorf("by logical ID (-want +got):\n%s", diff)
	}
}

func TestParseTemplateNoEcho(t *testing.T) {
	template, err := assembly.ParseTemplate([]byte(`{"Parameters": {
		"A": {"Type": "String", "NoEcho": true}, "B": {"Type": "String", "NoEcho": "true"}, "C": {"Type": "String"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, true, false} {
		if p := template.Parameters[i]; p.NoEcho != want {
			t.Errorf("NoEcho of %s: got %v, want %v", p.Name, p.NoEcho, want)
		}
	}
}

func TestWalk(t *testing.T) {
	var visited []string
	assembly.Walk(map[string]any{"b": []any{"x", map[string]any{"c": true}}, "a": 1.0}, func(path []string, v any) {
		visited = append(visited, strings.Join(path, "."))
	})
	if diff := cmp.Diff([]string{"", "a", "b", "b.0", "b.1", "b.1.c"}, visited); diff != "" {
		t.Errorf("paths (-want +got):\n%s", diff)
	}
}
