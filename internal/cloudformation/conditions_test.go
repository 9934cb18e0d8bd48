package cloudformation_test

import (
	"fmt"
	"testing"
)

// conditional is a template with a resource under the condition C, and parameters and mappings for the condition.
func conditional(definition string) string {
	return fmt.Sprintf(`{
		"Parameters": {"Stage": {"Type": "String", "Default": "prod"}, "Zones": {"Type": "CommaDelimitedList", "Default": "a,b"}},
		"Mappings": {"Map": {"prod": {"big": "true"}}},
		"Conditions": {"C": %s, "Yes": {"Fn::Equals": ["a", "a"]}, "No": {"Fn::Not": [{"Condition": "Yes"}]}},
		"Resources": {"Subject": {"Type": "Test::Thing", "Condition": "C"}, "Other": {"Type": "Test::Thing"}}
	}`, definition)
}

func TestConditions(t *testing.T) {
	for definition, want := range map[string]bool{
		`{"Fn::Equals": [{"Ref": "Stage"}, "prod"]}`:                                  true,
		`{"Fn::Equals": [{"Ref": "Stage"}, "Prod"]}`:                                  false,
		`{"Fn::Equals": [1, "1"]}`:                                                    true,
		`{"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}`:                       true,
		`{"Fn::Equals": [{"Fn::FindInMap": ["Map", {"Ref": "Stage"}, "big"]}, true]}`: true,
		`{"Fn::Equals": [{"Fn::Join": ["", {"Ref": "Zones"}]}, "ab"]}`:                true,
		`{"Fn::Equals": [{"Fn::Select": [1, {"Fn::Split": ["-", "x-y"]}]}, "y"]}`:     true,
		`{"Fn::Not": [{"Fn::Equals": ["a", "b"]}]}`:                                   true,
		`{"Fn::And": [{"Condition": "Yes"}, {"Condition": "No"}]}`:                    false,
		`{"Fn::And": [{"Condition": "Yes"}, {"Fn::Equals": ["a", "a"]}]}`:             true,
		`{"Fn::And": [{"Condition": "No"}, {"Condition": "Yes"}]}`:                    false,
		`{"Fn::Or": [{"Condition": "Yes"}, {"Condition": "No"}]}`:                     true,
		`{"Fn::Or": [{"Condition": "No"}, {"Condition": "Yes"}]}`:                     true,
		`{"Fn::Or": [{"Condition": "No"}, {"Condition": "No"}]}`:                      false,
		`{"Condition": "Yes"}`:                                                        true,
		`{"Condition": "No"}`:                                                         false,
	} {
		d := newWorld().mustDeploy(t, templates{"app": conditional(definition)})
		if got := d.Stack("app").Resource("Subject") != nil; got != want {
			t.Errorf("%s: got %v, want %v", definition, got, want)
		}
	}
}

func TestConditionErrors(t *testing.T) {
	for _, test := range []struct{ definition, want string }{
		{`"prod"`, "condition C: Template format error: Conditions can only be boolean operations on parameters and other conditions"},
		{`{"Ref": "Stage"}`, "condition C.Ref: Template format error: Conditions can only be boolean operations"},
		{`{"Condition": 1}`, "Conditions can only be boolean operations"},
		{`{"Fn::Contains": [["a"], "a"]}`, "Conditions can only be boolean operations"},
		{`{"Condition": "None"}`, "Template format error: Unresolved condition dependency None in the Conditions block of the template"},
		{`{"Condition": "C"}`, "condition C.Condition: Template error: Found circular condition dependency: [C]"},
		{`{"Fn::Equals": ["a"]}`, "condition C.Fn::Equals: Template error: every Fn::Equals object requires a list of 2 string parameters."},
		{`{"Fn::Equals": [{"Ref": "Zones"}, "a"]}`, "every Fn::Equals object requires a list of 2 string parameters."},
		{`{"Fn::Equals": [{"Ref": "Other"}, "a"]}`, "condition C.Fn::Equals.0.Ref: Template format error: Unresolved dependencies [Other]. Cannot reference resources in the Conditions block of the template"},
		{`{"Fn::Equals": [{"Fn::GetAtt": ["Other", "Arn"]}, "a"]}`, "instance of Fn::GetAtt references undefined resource Other"},
		{`{"Fn::Equals": [{"Fn::If": ["Yes", "a", "b"]}, "a"]}`, "Encountered unsupported function: Fn::If"},
		{`{"Fn::Not": []}`, "Template error: every Fn::Not object requires one boolean parameter."},
		{`{"Fn::And": [{"Condition": "Yes"}]}`, "Template error: every Fn::And object requires a list of at least 2 and at most 10 boolean parameters."},
		{`{"Fn::Or": [{"Condition": "Yes"}, {"Fn::Equals": 1}]}`, "condition C.Fn::Or.1.Fn::Equals: Template error: every Fn::Equals object"},
	} {
		_, err := newWorld().deploy(t, templates{"app": conditional(test.definition)})
		wantError(t, err, "stack Test/app: ", test.want)
	}
}

func TestReferencesToWhatIsLeftOut(t *testing.T) {
	w := newWorld()
	_, err := w.deploy(t, templates{"app": `{
		"Conditions": {"No": {"Fn::Equals": ["a", "b"]}},
		"Resources": {
			"A": {"Type": "Test::Thing"}, "Absent": {"Type": "Test::Thing", "Condition": "No"},
			"B": {"Type": "Test::Thing", "Properties": {"X": {"Ref": "Absent"}}}
		},
		"Outputs": {"O": {"Value": {"Fn::GetAtt": ["Absent", "Arn"]}}}
	}`})
	wantError(t, err,
		"resource B (Test::Thing): Properties.X.Ref: Template format error: Unresolved resource dependencies [Absent] in the Resources block",
		"output O: Value.Fn::GetAtt: Template error: instance of Fn::GetAtt references undefined resource Absent")
	if len(w.created) > 0 {
		t.Errorf("created %d resources of a template with mistakes", len(w.created))
	}
}

func TestConditionCircle(t *testing.T) {
	_, err := newWorld().deploy(t, templates{"app": conditional(`{"Fn::And": [{"Condition": "Yes"}, {"Condition": "C"}]}`)})
	wantError(t, err, "Template error: Found circular condition dependency: [C]")
	_, err = newWorld().deploy(t, templates{"app": `{"Resources": {}, "Conditions": {
		"A": {"Condition": "B"}, "B": {"Fn::Not": [{"Condition": "A"}]}}}`})
	wantError(t, err, "condition A.Condition.B.Fn::Not.Condition: Template error: Found circular condition dependency: [A, B]")
}

func TestConditionsOfResourcesAndOutputs(t *testing.T) {
	w := newWorld()
	d := w.mustDeploy(t, templates{"app": `{
		"Conditions": {"No": {"Fn::Equals": ["a", "b"]}, "Yes": {"Fn::Equals": ["a", "a"]}},
		"Resources": {
			"A": {"Type": "Test::Thing", "DependsOn": ["Z", "Absent"]},
			"Absent": {"Type": "Test::Thing", "Condition": "No", "Properties": {"Fail": true}},
			"Z": {"Type": "Test::Thing", "Properties": {"X": {"Fn::If": ["No", {"Ref": "A"}, "none"]}}}
		},
		"Outputs": {
			"In": {"Value": {"Fn::If": ["Yes", {"Ref": "A"}, "b"]}, "Condition": "Yes"},
			"Out": {"Value": {"Ref": "Absent"}, "Condition": "No"}
		}
	}`})
	stack := d.Stack("app")
	if len(w.created) != 2 || w.created[0].LogicalID != "Z" || stack.Resource("Absent") != nil {
		t.Errorf("created: got %v, want Z and A, which waits for it and for nothing that is left out", w.created)
	}
	if v, ok := stack.Output("In"); v != "id-of-A" || !ok {
		t.Errorf("output In: got %q, %v", v, ok)
	}
	if v, ok := stack.Output("Out"); ok {
		t.Errorf("output Out is left out, got %q", v)
	}
}

func TestConditionsThatAreNotThere(t *testing.T) {
	for template, want := range map[string]string{
		`{"Resources": {"A": {"Type": "Test::Thing", "Condition": "Nope"}}}`: "stack Test/app: resource A (Test::Thing): Condition: " +
			"Template format error: Unresolved condition dependency Nope in the Resources block of the template",
		`{"Resources": {}, "Outputs": {"O": {"Value": "a", "Condition": "Nope"}}}`: "stack Test/app: output O: Condition: " +
			"Template format error: Unresolved condition dependency Nope in the Outputs block of the template",
	} {
		_, err := newWorld().deploy(t, templates{"app": template})
		wantError(t, err, want)
	}
}

// ruled is a template with an assertion, and with a condition for it if that is not empty.
func ruled(condition, assert string) string {
	if condition != "" {
		condition = `"RuleCondition": ` + condition + `,`
	}
	return fmt.Sprintf(`{
		"Parameters": {"Stage": {"Type": "String", "Default": "prod"}, "Zones": {"Type": "CommaDelimitedList", "Default": "a,b"}},
		"Rules": {"R": {%s "Assertions": [{"Assert": {"Fn::Equals": [1, 1]}}, {"Assert": %s, "AssertDescription": "the reason"}]}},
		"Resources": {}
	}`, condition, assert)
}

func TestRules(t *testing.T) {
	const holds, broken = "", "stack Test/app: rule R: Template constraint violated: the reason"
	never := `{"Fn::Equals": ["a", "b"]}`
	for _, test := range []struct{ condition, assert, want string }{
		{"", `{"Fn::Equals": [{"Ref": "Stage"}, "prod"]}`, holds},
		{"", never, broken},
		{never, never, holds},
		{`{"Fn::Equals": ["a", "a"]}`, never, broken},
		{"", `{"Fn::Contains": [["test", "prod"], {"Ref": "Stage"}]}`, holds},
		{"", `{"Fn::Contains": [["test"], {"Ref": "Stage"}]}`, broken},
		{"", `{"Fn::Not": [{"Fn::Contains": [["test"], {"Ref": "Stage"}]}]}`, holds},
		{"", `{"Fn::EachMemberIn": [{"Ref": "Zones"}, ["a", "b", "c"]]}`, holds},
		{"", `{"Fn::EachMemberIn": [{"Ref": "Zones"}, ["a", "c"]]}`, broken},
		{"", `{"Fn::EachMemberEquals": [["prod", "prod"], {"Ref": "Stage"}]}`, holds},
		{"", `{"Fn::EachMemberEquals": [{"Ref": "Zones"}, "a"]}`, broken},
		{"", `{"Fn::Contains": ["a"]}`, "rule R.Assertions.1.Fn::Contains: Template error: every Fn::Contains object requires a list of 2 parameters."},
		{"", `{"Fn::Contains": [["a"], ["a"]]}`, "every Fn::Contains object requires a list of strings and what to compare them with."},
		{"", `{"Fn::EachMemberIn": [["a"], "a"]}`, "every Fn::EachMemberIn object requires a list of strings"},
		{"", `{"Fn::Contains": [["a"], {"Ref": "Thing"}]}`, "Unresolved dependencies [Thing]. Cannot reference resources in the Rules block"},
		{`{"Fn::ValueOf": ["Stage", "X"]}`, never, "rule R.RuleCondition.Fn::ValueOf: Template format error: Conditions can only be"},
		{"", `{"Fn::RefAll": "AWS::EC2::VPC::Id"}`, "rule R.Assertions.1.Fn::RefAll: Template format error"},
	} {
		_, err := newWorld().deploy(t, templates{"app": ruled(test.condition, test.assert)})
		if test.want == holds && err != nil {
			t.Errorf("%s: got error %v", test.assert, err)
		}
		if test.want != holds {
			wantError(t, err, test.want)
		}
	}
}
