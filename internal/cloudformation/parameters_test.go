package cloudformation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/cloudformation"
)

// parameterized is a template with one parameter, P.
func parameterized(definition string) string {
	return fmt.Sprintf(`{"Parameters": {"P": %s}, "Resources": {"R": {"Type": "Test::Thing", "Properties": {"V": {"Ref": "P"}}}}}`, definition)
}

func TestParameterTypes(t *testing.T) {
	tests := map[string]struct {
		definition string
		want       any
		resolved   string
	}{
		"text":           {`{"Type": "String", "Default": "a,b"}`, "a,b", ""},
		"empty":          {`{"Type": "String", "Default": ""}`, "", ""},
		"boolean":        {`{"Type": "String", "Default": true}`, "true", ""},
		"number":         {`{"Type": "Number", "Default": 1.5}`, "1.5", ""},
		"numbers":        {`{"Type": "List<Number>", "Default": "1, 2"}`, []any{"1", "2"}, ""},
		"list":           {`{"Type": "CommaDelimitedList", "Default": " a , b"}`, []any{"a", "b"}, ""},
		"list as list":   {`{"Type": "CommaDelimitedList", "Default": ["a", 1]}`, []any{"a", "1"}, ""},
		"empty list":     {`{"Type": "CommaDelimitedList", "Default": ""}`, []any{}, ""},
		"VPC":            {`{"Type": "AWS::EC2::VPC::Id", "Default": "vpc-1"}`, "vpc-1", ""},
		"subnets":        {`{"Type": "List<AWS::EC2::Subnet::Id>", "Default": "a,b"}`, []any{"a", "b"}, ""},
		"hosted zone":    {`{"Type": "AWS::Route53::HostedZone::Id", "Default": "Z1"}`, "Z1", ""},
		"SSM":            {`{"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/name"}`, "value", "value"},
		"SSM list":       {`{"Type": "AWS::SSM::Parameter::Value<List<String>>", "Default": "/list"}`, []any{"a", "b"}, "a, b"},
		"SSM comma list": {`{"Type": "AWS::SSM::Parameter::Value<CommaDelimitedList>", "Default": "/list"}`, []any{"a", "b"}, "a, b"},
		"SSM image":      {`{"Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", "Default": "/name"}`, "value", "value"},
		"SSM name":       {`{"Type": "AWS::SSM::Parameter::Name", "Default": "/name"}`, "/name", ""},
		"bootstrap":      {`{"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/cdk-bootstrap/hnb659fds/version"}`, "33", "33"},
		"allowed":        {`{"Type": "String", "Default": "a", "AllowedValues": ["b", "a"]}`, "a", ""},
		"allowed number": {`{"Type": "Number", "Default": 2, "AllowedValues": [1, "2"]}`, "2", ""},
		"pattern":        {`{"Type": "String", "Default": "ab1", "AllowedPattern": "[a-z]+|ab1"}`, "ab1", ""},
		"within lengths": {`{"Type": "String", "Default": "hé", "MinLength": 2, "MaxLength": "2"}`, "hé", ""},
		"within values":  {`{"Type": "Number", "Default": "3", "MinValue": 3, "MaxValue": "3"}`, "3", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			stack := newWorld().mustDeploy(t, templates{"app": parameterized(test.definition)}).Stack("app")
			if diff := cmp.Diff(test.want, stack.Resource("R").Properties["V"]); diff != "" {
				t.Errorf("value (-want +got):\n%s", diff)
			}
			if got := stack.Parameters[0].Resolved; got != test.resolved {
				t.Errorf("resolved: got %q, want %q", got, test.resolved)
			}
		})
	}
}

func TestParameterErrors(t *testing.T) {
	for definition, want := range map[string]string{
		`{"Type": "String"}`:                                                                         "Parameters: [P] must have values",
		`{"Type": "Text", "Default": "a"}`:                                                           "parameter P: Template format error: Unrecognized parameter type: Text",
		`{"Type": "List<String>", "Default": "a"}`:                                                   "Unrecognized parameter type: List<String>",
		`{"Type": "List<String", "Default": "a"}`:                                                    "Unrecognized parameter type: List<String",
		`{"Type": "AWS::SSM::Parameter::Value<Number>", "Default": "/name"}`:                         "Unrecognized parameter type",
		`{"Type": "String", "Default": "c", "AllowedValues": ["a", "b"]}`:                            "parameter P: Parameter 'P' must be one of AllowedValues",
		`{"Type": "CommaDelimitedList", "Default": "a,c", "AllowedValues": ["a"]}`:                   "Parameter 'P' must be one of AllowedValues",
		`{"Type": "String", "Default": "xab", "AllowedPattern": "a|ab"}`:                             "Parameter 'P' must match pattern a|ab",
		`{"Type": "String", "Default": "a", "AllowedPattern": "(?=a).*"}`:                            "AllowedPattern (?=a).* is not understood",
		`{"Type": "String", "Default": "a", "AllowedPattern": "b", "ConstraintDescription": "be b"}`: "Parameter 'P' failed to satisfy constraint: be b",
		`{"Type": "String", "Default": "a", "MinLength": 2}`:                                         "Parameter 'P' must contain at least 2 characters",
		`{"Type": "String", "Default": "abc", "MaxLength": "2"}`:                                     "Parameter 'P' must contain at most 2 characters",
		`{"Type": "Number", "Default": "a"}`:                                                         "Parameter 'P' must be a number",
		`{"Type": "List<Number>", "Default": "1,b"}`:                                                 "Parameter 'P' must be a number",
		`{"Type": "Number", "Default": 1, "MinValue": 2}`:                                            "Parameter 'P' must be a number not less than 2",
		`{"Type": "Number", "Default": 3, "MaxValue": 2}`:                                            "Parameter 'P' must be a number not greater than 2",
		`{"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/none"}`:                         "parameter P: Unable to fetch parameters [/none] from parameter store for this account: not found in us-east-1",
		`{"Type": "AWS::SSM::Parameter::Name", "Default": "/none"}`:                                  "Unable to fetch parameters [/none]",
		`{"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/broken"}`:                       "parameter P: get parameter /broken in us-east-1: access denied",
	} {
		_, err := newWorld().deploy(t, templates{"app": parameterized(definition)})
		wantError(t, err, "stack Test/app: ", want)
	}
}

func TestParametersGiven(t *testing.T) {
	w := newWorld()
	w.options.Parameters = map[string]map[string]string{"Test/app": {"P": "given"}}
	stack := w.mustDeploy(t, templates{"app": parameterized(`{"Type": "String"}`)}).Stack("app")
	want := []cloudformation.Parameter{{Name: "P", Value: "given"}}
	if diff := cmp.Diff(want, stack.Parameters); diff != "" {
		t.Errorf("parameters (-want +got):\n%s", diff)
	}
	w.options.Parameters = map[string]map[string]string{"app": {"P": "a", "Q": "b", "O": "c"}}
	_, err := w.deploy(t, templates{"app": parameterized(`{"Type": "String"}`)})
	wantError(t, err, "stack Test/app: Parameters: [O, Q] do not exist in the template")
	w.options.Parameters = map[string]map[string]string{"other": {"P": "a"}}
	_, err = w.deploy(t, templates{"app": parameterized(`{"Type": "String"}`)})
	wantError(t, err, "parameters are given for other, which is no stack of the assembly")
}

func TestParametersHidden(t *testing.T) {
	w := newWorld()
	w.options.Parameters = map[string]map[string]string{"app": {"P": "secret"}}
	stack := w.mustDeploy(t, templates{"app": parameterized(`{"Type": "String", "NoEcho": true}`)}).Stack("app")
	if stack.Resource("R").Properties["V"] != "secret" || stack.Parameters[0].Value != "****" {
		t.Errorf("got %v shown as %v", stack.Resource("R").Properties, stack.Parameters)
	}
	_, err := w.deploy(t, templates{"app": parameterized(`{"Type": "String", "NoEcho": true, "AllowedPattern": "a"}`)})
	wantError(t, err, "must match pattern a")
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("error tells the value: %v", err)
	}
}

func TestBootstrapVersionRule(t *testing.T) {
	template := `{
		"Parameters": {"BootstrapVersion": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/cdk-bootstrap/hnb659fds/version"}},
		"Rules": {"CheckBootstrapVersion": {"Assertions": [{
			"Assert": {"Fn::Not": [{"Fn::Contains": [["1", "2", "3", "4", "5"], {"Ref": "BootstrapVersion"}]}]},
			"AssertDescription": "CDK bootstrap stack version 6 required."
		}]}},
		"Resources": {}
	}`
	w := newWorld()
	w.mustDeploy(t, templates{"app": template})

	w.options.Store = w
	_, err := w.deploy(t, templates{"app": template})
	wantError(t, err, "stack Test/app: parameter BootstrapVersion: Unable to fetch parameters [/cdk-bootstrap/hnb659fds/version]")

	w.parameters["us-east-1 /cdk-bootstrap/hnb659fds/version"] = "5"
	_, err = w.deploy(t, templates{"app": template})
	wantError(t, err, "stack Test/app: rule CheckBootstrapVersion: Template constraint violated: CDK bootstrap stack version 6 required.")
}
