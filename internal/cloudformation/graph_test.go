package cloudformation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// things is a template of resources, each with the properties or the attributes given as JSON members.
func things(members map[string]string) string {
	var all []string
	for id, member := range members {
		all = append(all, fmt.Sprintf(`%q: {"Type": "Test::Thing", %s}`, id, member))
	}
	return `{"Resources": {` + strings.Join(all, ",") + `}}`
}

func TestOrderOfResources(t *testing.T) {
	w := newWorld()
	w.mustDeploy(t, templates{"app": things(map[string]string{
		"A": `"Properties": {"X": [{"Fn::Join": ["", ["a", {"Ref": "D"}]]}]}`,
		"B": `"Properties": {"X": {"Fn::GetAtt": ["E", "Arn"]}}`,
		"C": `"Properties": {}`,
		"D": `"Properties": {"X": {"Fn::Sub": ["${F.Arn}${own.name}", {"own.name": {"Ref": "E"}}]}}`,
		"E": `"DependsOn": ["F", "G"]`,
		"F": `"DependsOn": "H"`,
		"G": `"Properties": {"X": {"Fn::GetAtt": "H.Endpoint.Address"}}`,
		"H": `"Properties": {"X": {"Fn::Sub": "${!A}"}}`,
	})})
	var got []string
	for _, r := range w.created {
		got = append(got, r.LogicalID)
	}
	if diff := cmp.Diff([]string{"C", "H", "F", "G", "E", "B", "D", "A"}, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestCircularDependencies(t *testing.T) {
	tests := map[string]struct {
		members map[string]string
		want    string
	}{
		"of two": {map[string]string{
			"B": `"Properties": {"X": {"Ref": "A"}}`, "A": `"Properties": {"X": {"Fn::GetAtt": ["B", "Arn"]}}`,
		}, "[A, B]"},
		"of one":     {map[string]string{"A": `"Properties": {"X": {"Fn::Sub": "${A.Arn}"}}`}, "[A]"},
		"by depends": {map[string]string{"A": `"DependsOn": "A"`}, "[A]"},
		"without what leads to it": {map[string]string{
			"A": `"DependsOn": "B"`, "B": `"DependsOn": ["D", "F"]`, "C": `"DependsOn": "B"`, "D": `"DependsOn": "C"`,
			"E": `"DependsOn": "D"`, "F": `"Properties": {}`,
		}, "[B, C, D]"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			_, err := w.deploy(t, templates{"app": things(test.members)})
			wantError(t, err, "stack Test/app: Circular dependency between resources: "+test.want)
			if len(w.created) > 0 {
				t.Errorf("created %d resources of a template that cannot be deployed", len(w.created))
			}
		})
	}
}

func TestDependsOnNothing(t *testing.T) {
	_, err := newWorld().deploy(t, templates{"app": things(map[string]string{"A": `"DependsOn": ["Nothing"]`})})
	wantError(t, err, "stack Test/app: resource A (Test::Thing): DependsOn: Template format error: Unresolved resource dependencies "+
		"[Nothing] in the Resources block of the template")
}

func TestOutputsOfNothing(t *testing.T) {
	for value, want := range map[string]string{
		`{"Ref": "Nothing"}`:                 "output O: Value.Ref: Template format error: Unresolved resource dependencies [Nothing] in the Outputs block of the template",
		`{"Fn::GetAtt": ["Nothing", "Arn"]}`: "output O: Value.Fn::GetAtt: Template error: instance of Fn::GetAtt references undefined resource Nothing",
		`{"Fn::GetAtt": ["A", "Nope"]}`:      "output O: Value.Fn::GetAtt: Template error: resource A does not support attribute type Nope in Fn::GetAtt",
		`{"Fn::GetAtt": ["A", "List"]}`:      "output O: Template format error: The Value field of every Outputs member must evaluate to a String.",
		`{"Ref": "AWS::NoValue"}`:            "output O: Template format error: The Value field of every Outputs member must evaluate to a String.",
		`{"Fn::If": ["Nope", "a", "b"]}`:     "output O: Value.Fn::If: Template error: unresolved condition dependency Nope in Fn::If",
	} {
		_, err := newWorld().deploy(t, templates{
			"app": `{"Resources": {"A": {"Type": "Test::Thing"}}, "Outputs": {"O": {"Value": ` + value + `}}}`,
		})
		wantError(t, err, "stack Test/app: "+want)
	}
}
