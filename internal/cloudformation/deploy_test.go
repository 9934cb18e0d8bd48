package cloudformation_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/assembly"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
)

// names are the stacks in the order of their deployment.
func names(d *cloudformation.Deployment) []string {
	var all []string
	for _, s := range d.Stacks {
		all = append(all, s.Artifact.ID)
	}
	return all
}

func TestValuesOfOtherStacks(t *testing.T) {
	producer := `{
		"Resources": {"R": {"Type": "Test::Thing"}},
		"Outputs": {
			"Arn": {"Value": {"Fn::GetAtt": ["R", "Arn"]}, "Export": {"Name": {"Fn::Sub": "${AWS::StackName}:arn"}}},
			"Port": {"Value": {"Fn::GetAtt": ["R", "Endpoint.Port"]}}
		}
	}`
	d := newWorld().mustDeploy(t, templates{
		"a us-east-2": `{"Resources": {"R": {"Type": "Test::Thing", "Properties": {
			"Port": {"Fn::GetStackOutput": {"StackName": "z", "Region": "us-east-1", "OutputName": "Port"}},
			"Role": {"Fn::GetStackOutput": {"StackName": "z", "Region": "us-east-1", "OutputName": "Port",
				"RoleArn": "arn:aws:iam::123456789012:role/reader"}}
		}}}}`,
		"b": `{"Resources": {"R": {"Type": "Test::Thing", "Properties": {
			"Arn": {"Fn::ImportValue": "z:arn"}, "Again": {"Fn::GetStackOutput": {"StackName": "z", "OutputName": "Port"}}
		}}}}`,
		"z": producer,
	})
	if diff := cmp.Diff([]string{"z", "a us-east-2", "b"}, names(d)); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]any{"Port": "3306", "Role": "3306"}, d.Stack("a").Resource("R").Properties); diff != "" {
		t.Errorf("a (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]any{"Arn": "arn:R", "Again": "3306"}, d.Stack("b").Resource("R").Properties); diff != "" {
		t.Errorf("b (-want +got):\n%s", diff)
	}
	want := []cloudformation.Output{{Name: "Arn", Value: "arn:R", Export: "z:arn"}, {Name: "Port", Value: "3306"}}
	if diff := cmp.Diff(want, d.Stack("z").Outputs); diff != "" {
		t.Errorf("outputs (-want +got):\n%s", diff)
	}
}

func TestValuesOfOtherStacksThatAreNotThere(t *testing.T) {
	producer := `{"Resources": {"R": {"Type": "Test::Thing"}}, "Outputs": {"O": {"Value": "v", "Export": {"Name": "e"}}}}`
	for value, want := range map[string]string{
		`{"Fn::ImportValue": "f"}`:                                                                     "No export named f found",
		`{"Fn::GetStackOutput": {"StackName": "a", "OutputName": "P"}}`:                                "stack a in us-east-1 has no output P",
		`{"Fn::GetStackOutput": {"StackName": "a", "OutputName": "O", "Region": "eu-west-1"}}`:         "Stack with id a does not exist in eu-west-1 of account 123456789012",
		`{"Fn::GetStackOutput": {"StackName": "a", "OutputName": "O", "RoleArn": "arn:aws:iam::1:x"}}`: "Stack with id a does not exist in us-east-1 of account 1",
	} {
		_, err := newWorld().deploy(t, templates{"a": producer, "b": `{"Resources": {"R": {"Type": "Test::Thing", "Properties": {"V": ` + value + `}}}}`})
		wantError(t, err, "stack Test/b: resource R (Test::Thing): Properties.V.Fn::", want)
	}
	_, err := newWorld().deploy(t, templates{"a": producer, "b us-east-2": `{"Resources": {"R": {"Type": "Test::Thing", "Properties": {
		"V": {"Fn::ImportValue": "e"}}}}}`})
	wantError(t, err, "stack Test/b us-east-2: resource R", "No export named e found")
}

func TestExports(t *testing.T) {
	exporting := func(name string) string {
		return `{"Resources": {}, "Conditions": {"Yes": {"Fn::Equals": [1, 1]}}, "Outputs": {"O": {"Value": "v", "Export": {"Name": ` + name + `}}}}`
	}
	d := newWorld().mustDeploy(t, templates{"a": exporting(`"e"`), "b us-east-2": exporting(`{"Fn::If": ["Yes", "e", "f"]}`)})
	if got := d.Stack("b").Outputs[0].Export; got != "e" {
		t.Errorf("export: got %q", got)
	}
	for name, want := range map[string]string{
		`"e"`:                            "stack Test/b: output O: Export with name e is already exported by stack a.",
		`""`:                             "Output O is malformed. The Name field of every Export member must be specified",
		`["e"]`:                          "Output O is malformed. The Name field of every Export member must be specified",
		`{"Ref": "Nothing"}`:             "output O: Export.Name.Ref: Template format error: Unresolved resource dependencies [Nothing] in the Outputs block",
		`{"Fn::If": ["Nope", "e", "f"]}`: "output O: Export.Name.Fn::If: Template error: unresolved condition dependency Nope",
	} {
		_, err := newWorld().deploy(t, templates{"a": exporting(`"e"`), "b": exporting(name)})
		wantError(t, err, want)
	}
}

func TestStacksDoNotWaitForThemselves(t *testing.T) {
	_, err := newWorld().deploy(t, templates{"a": `{"Resources": {}, "Outputs": {
		"O": {"Value": "v", "Export": {"Name": "e"}}, "P": {"Value": {"Fn::ImportValue": "e"}}}}`})
	wantError(t, err, "stack Test/a: output P: Value.Fn::ImportValue: No export named e found")
}

// reading is a template of a stack that reads a Systems Manager parameter of its Region.
func reading(name string) string {
	return `{"Parameters": {"P": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "` + name + `"}},
		"Resources": {"R": {"Type": "Test::Thing", "Properties": {"V": {"Ref": "P"}}}}, "Outputs": {"O": {"Value": {"Ref": "P"}}}}`
}

// writing is a template of a stack that writes a Systems Manager parameter into a Region.
func writing(region, name, value string) string {
	return `{"Resources": {"W": {"Type": "Custom::Parameter", "Properties": {
		"Region": "` + region + `", "Name": "` + name + `", "Value": ` + value + `}}}}`
}

func TestStacksWaitForParametersOfOtherStacks(t *testing.T) {
	d := newWorld().mustDeploy(t, templates{
		"a-edge":      reading("/api"),
		"b-reader":    `{"Resources": {"R": {"Type": "Test::Thing", "Properties": {"V": {"Fn::GetStackOutput": {"StackName": "a-edge", "OutputName": "O"}}}}}}`,
		"c us-east-2": writing("us-east-1", "/api", `{"Fn::GetStackOutput": {"StackName": "d", "OutputName": "O"}}`),
		"d us-east-2": `{"Resources": {}, "Outputs": {"O": {"Value": "id"}}}`,
		"e":           `{"Resources": {}}`,
	})
	if diff := cmp.Diff([]string{"d us-east-2", "c us-east-2", "a-edge", "b-reader", "e"}, names(d)); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if got := d.Stack("b-reader").Resource("R").Properties["V"]; got != "id" {
		t.Errorf("value: got %v", got)
	}
}

func TestStacksWaitForTheirDependencies(t *testing.T) {
	a := assemble(t, templates{"a": reading("/x"), "b": `{"Resources": {}}`, "c": writing("us-east-1", "/x", `"1"`)})
	a.Stack("b").Dependencies = []string{"a"}
	d, err := cloudformation.Deploy(t.Context(), a, newWorld().options)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"c", "a", "b"}, names(d)); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestStacksWaitForExports(t *testing.T) {
	d := newWorld().mustDeploy(t, templates{
		"a": `{"Parameters": {"P": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/x"}}, "Resources": {},
			"Outputs": {"O": {"Value": {"Ref": "P"}, "Export": {"Name": "e"}}}}`,
		"b": `{"Resources": {}, "Outputs": {"O": {"Value": {"Fn::ImportValue": "e"}}, "P": {"Value": {"Fn::ImportValue": "f"}}}}`,
		"c": writing("us-east-1", "/x", `"1"`),
		"0": `{"Resources": {}, "Outputs": {"O": {"Value": "v", "Export": {"Name": "f"}}}}`,
	})
	if v, _ := d.Stack("b").Output("O"); v != "1" {
		t.Errorf("order %v, value %q", names(d), v)
	}
}

// TestStacksWaitInTheirRegionOnly has stacks that wait for what is written by one that reads a stack, or an export, of the same
// name in its own Region.
func TestStacksWaitInTheirRegionOnly(t *testing.T) {
	exporting := `{"Resources": {}, "Outputs": {"O": {"Value": "v", "Export": {"Name": "e"}}}}`
	waiting := `{"Parameters": {"P": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/x"}}, "Resources": {},
		"Outputs": {"O": {"Value": {"Ref": "P"}, "Export": {"Name": "e"}}}}`
	for _, value := range []string{`{"Fn::ImportValue": "e"}`, `{"Fn::GetStackOutput": {"StackName": "a", "OutputName": "O"}}`} {
		d := newWorld().mustDeploy(t, templates{
			"a": waiting, "a us-east-2": exporting, "b us-east-2": writing("us-east-1", "/x", value),
		})
		if diff := cmp.Diff([]string{"a us-east-2", "b us-east-2", "a"}, names(d)); diff != "" {
			t.Errorf("order (-want +got):\n%s", diff)
		}
	}
}

func TestParametersThatNoStackWrites(t *testing.T) {
	w := newWorld()
	_, err := w.deploy(t, templates{"a": reading("/x"), "b": writing("us-east-2", "/x", `"1"`), "c us-east-2": reading("/y")})
	wantError(t, err,
		"stack Test/a: parameter P: Unable to fetch parameters [/x] from parameter store for this account: not found in us-east-1",
		"\nstack Test/c us-east-2: parameter P: Unable to fetch parameters [/y] from parameter store for this account: not found in us-east-2")
}

func TestStacksThatWaitForEachOther(t *testing.T) {
	a := assemble(t, templates{"a": `{"Resources": {}}`, "b": `{"Resources": {}}`})
	a.Stacks[0].Dependencies, a.Stacks[1].Dependencies = []string{"b"}, []string{"a"}
	_, err := cloudformation.Deploy(t.Context(), a, newWorld().options)
	wantError(t, err, "stacks wait for each other", "Test/a")
}

func TestUnknownTypes(t *testing.T) {
	w := newWorld()
	_, err := w.deploy(t, templates{
		"a": `{"Resources": {"Fine": {"Type": "Test::Thing"}}}`,
		"b": `{"Resources": {"X": {"Type": "AWS::Some::Thing"}, "Y": {"Type": "Custom::Other"}}}`,
	})
	wantError(t, err, "stack Test/b: resource X: Template format error: Unrecognized resource types: [AWS::Some::Thing]",
		"\nstack Test/b: resource Y: Template format error: Unrecognized resource types: [Custom::Other]")
	if len(w.created) > 0 {
		t.Error("something was created though a type is not known")
	}
}

func TestProviderErrors(t *testing.T) {
	w := newWorld()
	_, err := w.deploy(t, templates{"a": things(map[string]string{"A": `"Properties": {"Fail": true}`})})
	wantError(t, err, "stack Test/a: resource A (Test::Thing): A is refused")

	w.options.Providers[thing] = func(context.Context, cloudformation.Resource) (cloudformation.Physical, error) {
		return cloudformation.Physical{Attributes: map[string]any{"Port": 3306, "List": []string{"a"}, "Map": map[string]any{"a": nil}}}, nil
	}
	_, err = w.deploy(t, templates{"a": things(map[string]string{"A": `"Properties": {}`})})
	wantError(t, err, "stack Test/a: resource A (Test::Thing): the provider returned attribute List as []string, which no template can hold")
}

func TestDeployStopsWhenCancelled(t *testing.T) {
	w := newWorld()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := cloudformation.Deploy(ctx, assemble(t, templates{"a": things(map[string]string{"A": `"Properties": {}`})}), w.options)
	if !errors.Is(err, context.Canceled) || len(w.created) > 0 {
		t.Errorf("error %v, created %v", err, w.created)
	}
}

func TestEnvironments(t *testing.T) {
	anywhere := func() *assembly.Assembly {
		a := assemble(t, templates{"a": things(map[string]string{"A": `"Properties": {}`})})
		a.Stacks[0].Account, a.Stacks[0].Region = "", ""
		return a
	}
	w := newWorld()
	_, err := cloudformation.Deploy(t.Context(), anywhere(), w.options)
	wantError(t, err, "stack Test/a is for any environment")

	w.options.Default = cloudformation.Environment{Account: "210987654321", Region: "eu-west-1"}
	if own := w.mustDeploy(t, templates{"a": `{"Resources": {}}`}).Stack("a").Environment; own.Account != account || own.Region != "us-east-1" {
		t.Errorf("stack for an environment of its own: got %+v", own)
	}
	d, err := cloudformation.Deploy(t.Context(), anywhere(), w.options)
	if err != nil {
		t.Fatal(err)
	}
	if s := d.Stack("a"); s.Environment != w.options.Default || s.Resource("A").Region != "eu-west-1" {
		t.Errorf("stack: got %+v", s.Environment)
	}
}

func TestAssembliesThatCannotBeDeployed(t *testing.T) {
	const empty = `{"Resources": {}}`
	for name, test := range map[string]struct {
		change func(a *assembly.Assembly)
		want   string
	}{
		"missing context": {func(a *assembly.Assembly) {
			a.Missing = []assembly.MissingContext{{Key: "zones"}, {Key: "ami"}}
		}, "the assembly lacks context, look it up and synthesize again: zones, ami"},
		"two stacks of one name": {func(a *assembly.Assembly) { a.Stacks[1].Name = "a" }, "stack Test/b: Stack [a] already exists in us-east-1"},
		"no template":            {func(a *assembly.Assembly) { a.Stacks[0].TemplateFile = "none.json" }, "stack Test/a: read "},
		"no such rules": {func(a *assembly.Assembly) {
			a.Stacks[0].TemplateFile = "../" + a.Stacks[0].TemplateFile
		}, "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			a := assemble(t, templates{"a": empty, "b": empty})
			test.change(a)
			_, err := cloudformation.Deploy(t.Context(), a, newWorld().options)
			wantError(t, err, test.want)
		})
	}
	_, err := newWorld().deploy(t, templates{"a": `{"Resources": {}, "Rules": []}`})
	wantError(t, err, "stack Test/a: decode ", "a.template.json")
}

func TestStacksWithoutTemplateFile(t *testing.T) {
	a := assemble(t, templates{"a": things(map[string]string{"A": `"Properties": {}`})})
	a.Stacks[0].TemplateFile = ""
	if _, err := cloudformation.Deploy(t.Context(), a, newWorld().options); err != nil {
		t.Error(err)
	}
}

func TestPropertiesThatAFunctionGives(t *testing.T) {
	_, err := newWorld().deploy(t, templates{"a": things(map[string]string{"A": `"Properties": {"Fn::If": ["C", {}, {}]}`})})
	wantError(t, err, "stack Test/a: resource A (Test::Thing): Properties: Template error: Fn::If cannot give all properties of a resource")
}
