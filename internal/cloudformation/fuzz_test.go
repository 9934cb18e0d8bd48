package cloudformation_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/assembly"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
)

// FuzzDeploy deploys any template twice: nothing makes it panic, and both times the same comes out.
func FuzzDeploy(f *testing.F) {
	f.Add([]byte(snippet(`{"Fn::Sub": ["${a}${Other.Arn}${!b}", {"a": {"Fn::Select": [1, {"Fn::Split": [",", "x,y"]}]}}]}`, plain)))
	f.Add([]byte(snippet(`[{"Fn::Cidr": ["10.0.0.0/16", 2, 8]}, {"Fn::GetAZs": ""}, {"Fn::If": ["Yes", {"Ref": "Other"}, 1]}]`, plain)))
	f.Add([]byte(snippet(`{"Fn::ToJsonString": {"a": {"Fn::FindInMap": ["Map", "x", "y", {"DefaultValue": {"Fn::Length": [1]}}]}}}`, extended)))
	f.Add([]byte(snippet(`{"Fn::Join": ["", ["{{resolve:secretsmanager:db:SecretString:user::}}", {"Fn::ImportValue": "x"}]]}`, plain)))
	f.Add([]byte(snippet(`{"Fn::GetStackOutput": {"StackName": "fuzz", "OutputName": "x", "RoleArn": "a:b:c:d:e"}}`, plain)))
	f.Add([]byte(conditional(`{"Fn::Or": [{"Fn::Not": [{"Condition": "No"}]}, {"Fn::Equals": [{"Ref": "Stage"}, "x"]}]}`)))
	f.Add([]byte(ruled(`{"Fn::Equals": [1, 1]}`, `{"Fn::EachMemberIn": [{"Ref": "Zones"}, ["a", "b"]]}`)))
	f.Add([]byte(parameterized(`{"Type": "Number", "Default": 2, "MinValue": 1, "AllowedValues": [2], "AllowedPattern": "2"}`)))
	f.Add([]byte(`{"Resources": {"A": {"Type": "Test::Nothing", "DependsOn": "B"}, "B": {"Type": "Test::Thing", "DependsOn": ["A"]}}}`))
	file := filepath.Join(f.TempDir(), "fuzz.template.json")
	f.Fuzz(func(t *testing.T, data []byte) {
		template, err := assembly.ParseTemplate(data)
		if err != nil {
			return
		}
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		a, err := assembly.New(&assembly.Stack{
			ID: "fuzz", DisplayName: "fuzz", Name: "fuzz", Account: account, Region: "us-east-1", Template: template,
			TemplateFile: filepath.Base(file),
		})
		if err != nil {
			return
		}
		a.Dir = filepath.Dir(file)
		deployTwice(t, a)
	})
}

// deployTwice fails the test unless two deployments of a come out the same.
func deployTwice(t *testing.T, a *assembly.Assembly) error {
	t.Helper()
	first, firstErr := cloudformation.Deploy(t.Context(), a, newWorld().options)
	second, secondErr := cloudformation.Deploy(t.Context(), a, newWorld().options)
	if diff := cmp.Diff(fmt.Sprint(firstErr), fmt.Sprint(secondErr)); diff != "" {
		t.Errorf("errors differ:\n%s", diff)
	}
	if !reflect.DeepEqual(first, second) {
		t.Errorf("deployments differ: %+v and %+v", first, second)
	}
	return firstErr
}

// TestRandomValues deploys templates whose values are calls of functions with arguments that are right or nearly so, which
// changing bytes at random would rarely come up with.
func TestRandomValues(t *testing.T) {
	const count = 1000
	dir := t.TempDir()
	deployed := 0
	for seed := range uint64(count) {
		g := generator{rand.New(rand.NewPCG(seed, 0))}
		transform := []string{plain, extended}[g.IntN(2)]
		template := snippet(g.json(t, g.value(3)), transform)
		if g.IntN(4) == 0 {
			template = conditional(g.json(t, g.condition(3)))
		}
		if deployTwice(t, assembleIn(t, dir, templates{"app": template})) == nil {
			deployed++
		}
		if t.Failed() {
			t.Fatalf("seed %d: %s", seed, template)
		}
	}
	if deployed < count/20 || deployed > count*19/20 {
		t.Errorf("%d of %d templates could be deployed, want some and not all", deployed, count)
	}
}

// generator makes up values of templates.
type generator struct{ *rand.Rand }

func (g generator) json(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// scalar is something that a function may ask for.
func (g generator) scalar() any {
	all := []any{
		"Other", "Text", "List", "Absent", "Nothing", "AWS::Region", "AWS::NoValue", "Arn", "Endpoint.Address", "Map", "us-east-1", "zones",
		"${Other.Arn}-${Text}", "${", "${!x}", "Yes", "No", "10.0.0.0/16", ",", "", "{{resolve:ssm:/name}}", 0, 1, -1, 8, 300, 1.5, true, nil,
	}
	return all[g.IntN(len(all))]
}

// value is a scalar, a list, an object or a call, nested as deep as depth at most.
func (g generator) value(depth int) any {
	if depth == 0 {
		return g.scalar()
	}
	switch g.IntN(8) {
	case 0:
		return g.scalar()
	case 1:
		return g.list(depth)
	case 2:
		return map[string]any{"a": g.value(depth - 1), "StackName": g.scalar(), "OutputName": g.scalar()}
	case 3:
		return map[string]any{"Ref": g.scalar()}
	case 4:
		return map[string]any{"Fn::GetAtt": []any{"Other", g.scalar()}}
	}
	names := []string{
		"Base64", "Cidr", "FindInMap", "GetAZs", "GetAtt", "GetStackOutput", "If", "ImportValue", "Join", "Length", "Select", "Split", "Sub",
		"ToJsonString", "Equals", "Transform",
	}
	arguments := []any{
		g.value(depth - 1), g.list(depth),
		[]any{g.scalar(), g.list(depth)},
		[]any{g.scalar(), g.scalar()},
		[]any{"Yes", g.value(depth - 1), g.value(depth - 1)},
		[]any{"Map", "us-east-1", g.scalar()},
		[]any{",", g.value(depth - 1)},
	}
	return map[string]any{"Fn::" + names[g.IntN(len(names))]: arguments[g.IntN(len(arguments))]}
}

func (g generator) list(depth int) []any {
	list := make([]any, g.IntN(4))
	for i := range list {
		list[i] = g.value(depth - 1)
	}
	return list
}

// condition is a call of a condition function, or something that is none.
func (g generator) condition(depth int) any {
	if depth == 0 {
		return map[string]any{"Fn::Equals": []any{g.scalar(), g.scalar()}}
	}
	inner := []any{g.condition(depth - 1), g.condition(depth - 1)}
	all := []any{
		g.value(1),
		map[string]any{"Fn::And": inner},
		map[string]any{"Fn::Or": inner},
		map[string]any{"Fn::Not": inner[:1]},
		map[string]any{"Condition": g.scalar()},
		map[string]any{"Fn::Equals": []any{g.value(1), g.scalar()}},
	}
	return all[g.IntN(len(all))]
}
