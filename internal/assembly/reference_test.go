package assembly_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

// stack is a stack named name in a Region of account 123456789012.
func stack(t testing.TB, name, region, template string) *assembly.Stack {
	t.Helper()
	parsed, err := assembly.ParseTemplate([]byte(template))
	if err != nil {
		t.Fatal(err)
	}
	return &assembly.Stack{
		ID: name + region, DisplayName: name, Name: name, Account: "123456789012", Region: region, Template: parsed,
	}
}

// value is a value in JSON.
func value(t testing.TB, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// twoStacks are an application's stack and the infrastructure's, whose outputs it can read weakly and strongly.
func twoStacks(t testing.TB) (a *assembly.Assembly, app *assembly.Stack) {
	t.Helper()
	infra := stack(t, "infra", "us-east-1", `{
		"Resources": {"Proxy": {"Type": "AWS::RDS::DBProxy"}},
		"Outputs": {
			"Endpoint": {"Value": {"Fn::GetAtt": ["Proxy", "Endpoint"]}, "Export": {"Name": "infra:Endpoint"}},
			"Name": {"Value": {"Ref": "Proxy"}, "Export": {"Name": {"Fn::Sub": "${AWS::StackName}:Name"}}},
			"Port": {"Value": 3306}
		}}`)
	app = stack(t, "app", "us-east-1", `{
		"Parameters": {"Stage": {"Type": "String", "Default": "prod"}, "Version": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/v"}},
		"Resources": {"Function": {"Type": "AWS::Lambda::Function"}},
		"Outputs": {"Chain": {"Value": {"Fn::ImportValue": "infra:Endpoint"}}}}`)
	other := stack(t, "infra", "us-east-2", `{"Outputs": {"Endpoint": {"Value": "other", "Export": {"Name": "infra:Other"}}}}`)
	foreign := stack(t, "shared", "us-east-1", `{"Outputs": {"Id": {"Value": "foreign", "Export": {"Name": "shared:Id"}}}}`)
	foreign.Account = "999999999999"
	a, err := assembly.New(app, infra, other, foreign)
	if err != nil {
		t.Fatal(err)
	}
	return a, app
}

func TestFollow(t *testing.T) {
	a, app := twoStacks(t)
	tests := map[string]struct{ value, want string }{
		"reference":         {`{"Ref": "Function"}`, "app Function "},
		"attribute":         {`{"Fn::GetAtt": ["Function", "Arn"]}`, "app Function Arn"},
		"attribute as text": {`{"Fn::GetAtt": "Function.SnapStart.ApplyOn"}`, "app Function SnapStart.ApplyOn"},
		"weak reference": {
			`{"Fn::GetStackOutput": {"StackName": "infra", "Region": "us-east-1", "OutputName": "Endpoint"}}`, "infra Proxy Endpoint",
		},
		"weak reference in the same Region": {`{"Fn::GetStackOutput": {"StackName": "infra", "OutputName": "Name"}}`, "infra Proxy "},
		"strong reference":                  {`{"Fn::ImportValue": "infra:Endpoint"}`, "infra Proxy Endpoint"},
		"strong reference by a made name":   {`{"Fn::ImportValue": {"Fn::Join": [":", ["infra", "Name"]]}}`, "infra Proxy "},
		"through two stacks":                {`{"Fn::GetStackOutput": {"StackName": "app", "OutputName": "Chain"}}`, "infra Proxy Endpoint"},
		"literal":                           {`"Function"`, ""},
		"parameter":                         {`{"Ref": "Stage"}`, ""},
		"join":                              {`{"Fn::Join": ["", [{"Ref": "Function"}]]}`, ""},
		"output of another Region":          {`{"Fn::GetStackOutput": {"StackName": "infra", "Region": "us-west-2", "OutputName": "Endpoint"}}`, ""},
		"output that is not there":          {`{"Fn::GetStackOutput": {"StackName": "infra", "OutputName": "Address"}}`, ""},
		"stack that is not known":           {`{"Fn::GetStackOutput": {"StackName": {"Ref": "Function"}, "OutputName": "Name"}}`, ""},
		"export of another Region":          {`{"Fn::ImportValue": "infra:Other"}`, ""},
		"export of another account":         {`{"Fn::ImportValue": "shared:Id"}`, ""},
		"export that is not known":          {`{"Fn::ImportValue": {"Ref": "Function"}}`, ""},
		"output that is a literal":          {`{"Fn::GetStackOutput": {"StackName": "infra", "OutputName": "Port"}}`, ""},
		"broken reference":                  {`{"Fn::GetAtt": ["Function"]}`, ""},
		"broken weak reference":             {`{"Fn::GetStackOutput": "infra"}`, ""},
		"null":                              {`null`, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := ""
			if target, ok := a.Follow(app, value(t, test.value)); ok {
				got = target.Stack.Name + " " + target.Resource.LogicalID + " " + target.Attribute
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestText(t *testing.T) {
	a, app := twoStacks(t)
	tests := map[string]struct {
		value, want string
		unknown     bool
	}{
		"text":                   {value: `"a"`, want: "a"},
		"integer":                {value: `123456789012`, want: "123456789012"},
		"fraction":               {value: `0.5`, want: "0.5"},
		"boolean":                {value: `true`, want: "true"},
		"account":                {value: `{"Ref": "AWS::AccountId"}`, want: "123456789012"},
		"Region":                 {value: `{"Ref": "AWS::Region"}`, want: "us-east-1"},
		"partition":              {value: `{"Ref": "AWS::Partition"}`, want: "aws"},
		"stack name":             {value: `{"Ref": "AWS::StackName"}`, want: "app"},
		"stack id":               {value: `{"Ref": "AWS::StackId"}`, want: "${AWS::StackId}", unknown: true},
		"parameter":              {value: `{"Ref": "Stage"}`, want: "prod"},
		"looked-up parameter":    {value: `{"Ref": "Version"}`, want: "${Version}", unknown: true},
		"resource":               {value: `{"Ref": "Function"}`, want: "${Function}", unknown: true},
		"attribute":              {value: `{"Fn::GetAtt": ["Function", "Arn"]}`, want: "${Function.Arn}", unknown: true},
		"join":                   {value: `{"Fn::Join": ["-", ["a", {"Ref": "Stage"}, {"Ref": "Function"}]]}`, want: "a-prod-${Function}", unknown: true},
		"substitution":           {value: `{"Fn::Sub": "${Stage}-${!Literal}-${AWS::Region}"}`, want: "prod-${Literal}-us-east-1"},
		"substituted variable":   {value: `{"Fn::Sub": ["${A}/${Function.Arn}", {"A": "x"}]}`, want: "x/${Function.Arn}", unknown: true},
		"unclosed substitution":  {value: `{"Fn::Sub": "a${b"}`, want: "a${b"},
		"output of other stack":  {value: `{"Fn::GetStackOutput": {"StackName": "infra", "OutputName": "Port"}}`, want: "3306"},
		"output known later":     {value: `{"Fn::ImportValue": "infra:Endpoint"}`, want: "${Proxy.Endpoint}", unknown: true},
		"other function":         {value: `{"Fn::Select": [0, ["a"]]}`, want: "${Fn::Select}", unknown: true},
		"map":                    {value: `{"a": 1}`, want: "${?}", unknown: true},
		"null":                   {value: `null`, want: "${?}", unknown: true},
		"broken join":            {value: `{"Fn::Join": ["-"]}`, want: "${Fn::Join}", unknown: true},
		"join of no list":        {value: `{"Fn::Join": ["-", "a"]}`, want: "${Fn::Join}", unknown: true},
		"empty substitution":     {value: `{"Fn::Sub": []}`, want: ""},
		"broken reference":       {value: `{"Ref": 1}`, want: "${}", unknown: true},
		"function with a sister": {value: `{"Ref": "Stage", "x": 1}`, want: "${?}", unknown: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, known := a.Text(app, value(t, test.value))
			if got != test.want || known == test.unknown {
				t.Errorf("got %q, known %v, want %q, known %v", got, known, test.want, !test.unknown)
			}
		})
	}
}

func TestTextWithoutEnvironment(t *testing.T) {
	a, app := twoStacks(t)
	for region, want := range map[string]string{"": "${AWS::Partition}", "cn-north-1": "aws-cn", "us-gov-west-1": "aws-us-gov"} {
		app.Region = region
		if got, _ := a.Text(app, map[string]any{"Ref": "AWS::Partition"}); got != want {
			t.Errorf("partition of %q: got %q, want %q", region, got, want)
		}
	}
}

// Each output joins the one before with itself, so that the text would have 2^40 parts.
func TestTextOfExplosionEnds(t *testing.T) {
	template := `{"Outputs": {"O0": {"Value": "x"}`
	for i := range 40 {
		before := `{"Fn::GetStackOutput": {"StackName": "s", "OutputName": "O` + string(rune('0'+i)) + `"}}`
		template += `, "O` + string(rune('0'+i+1)) + `": {"Value": {"Fn::Join": ["", [` + before + "," + before + `]]}}`
	}
	s := stack(t, "s", "us-east-1", template+"}}")
	a, err := assembly.New(s)
	if err != nil {
		t.Fatal(err)
	}
	text, known := a.Text(s, s.Template.Outputs[len(s.Template.Outputs)-1].Value)
	if known || !strings.Contains(text, "${?}") {
		t.Errorf("got known %v, %d bytes", known, len(text))
	}
}

func TestFollowCircleEnds(t *testing.T) {
	s := stack(t, "s", "us-east-1", `{"Outputs": {"A": {"Value": {"Fn::GetStackOutput": {"StackName": "s", "OutputName": "A"}}}}}`)
	a, err := assembly.New(s)
	if err != nil {
		t.Fatal(err)
	}
	if target, ok := a.Follow(s, s.Template.Outputs[0].Value); ok {
		t.Errorf("got %v", target)
	}
	if _, known := a.Text(s, s.Template.Outputs[0].Value); known {
		t.Error("the text of a circle is not known")
	}
}

func TestNewErrors(t *testing.T) {
	reads := func(other string) string {
		return `{"Outputs": {"X": {"Value": {"Fn::GetStackOutput": {"StackName": "` + other + `", "OutputName": "X"}}}}}`
	}
	_, err := assembly.New(stack(t, "first", "", reads("second")), stack(t, "second", "", reads("first")))
	if err == nil || !strings.Contains(err.Error(), "first, second") {
		t.Errorf("fails on a circle: got %v", err)
	}
	s := stack(t, "s", "", `{}`)
	s.Dependencies = []string{"gone"}
	if _, err := assembly.New(s); err == nil || !strings.Contains(err.Error(), "depends on gone") {
		t.Errorf("fails on a dependency outside the assembly: got %v", err)
	}
}
