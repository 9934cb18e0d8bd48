package cloudformation_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// snippet is a template with a property V of the resource Subject, beside a resource that it can refer to and one that a
// condition leaves out.
func snippet(value, transform string) string {
	return fmt.Sprintf(`{
		"Transform": %s,
		"Parameters": {
			"Text": {"Type": "String", "Default": "text"},
			"Number": {"Type": "Number", "Default": 7},
			"List": {"Type": "CommaDelimitedList", "Default": "x, y"}
		},
		"Mappings": {
			"Map": {"us-east-1": {"zone": "first", "zones": ["a", "b"], "size": 2, "bad": {"no": 1}}}
		},
		"Conditions": {
			"Yes": {"Fn::Equals": ["a", "a"]},
			"No": {"Fn::Equals": ["a", "b"]}
		},
		"Resources": {
			"Subject": {"Type": "Test::Thing", "Properties": {"V": %s}},
			"Other": {"Type": "Test::Thing"},
			"Custom": {"Type": "Custom::Parameter", "Properties": {"Name": "/custom", "Value": "1", "Region": "us-east-1"}},
			"Absent": {"Type": "Test::Thing", "Condition": "No"}
		}
	}`, transform, value)
}

const (
	plain    = `[]`
	extended = `"AWS::LanguageExtensions"`
)

func TestIntrinsics(t *testing.T) {
	tests := map[string]struct {
		value string
		want  any
	}{
		"literals":              {`{"a": ["x", 1.5, true]}`, map[string]any{"a": []any{"x", 1.5, true}}},
		"Ref resource":          {`{"Ref": "Other"}`, "id-of-Other"},
		"Ref text":              {`{"Ref": "Text"}`, "text"},
		"Ref number":            {`{"Ref": "Number"}`, "7"},
		"Ref list":              {`{"Ref": "List"}`, []any{"x", "y"}},
		"Ref account":           {`{"Ref": "AWS::AccountId"}`, account},
		"Ref Region":            {`{"Ref": "AWS::Region"}`, "us-east-1"},
		"Ref partition":         {`{"Ref": "AWS::Partition"}`, "aws"},
		"Ref URL suffix":        {`{"Ref": "AWS::URLSuffix"}`, "amazonaws.com"},
		"Ref stack name":        {`{"Ref": "AWS::StackName"}`, "app"},
		"Ref notification ARNs": {`{"Ref": "AWS::NotificationARNs"}`, []any{}},
		"Ref among other keys":  {`{"Ref": "Other", "Type": "data"}`, map[string]any{"Ref": "Other", "Type": "data"}},
		"NoValue in an object":  {`{"a": {"Ref": "AWS::NoValue"}, "b": "x"}`, map[string]any{"b": "x"}},
		"NoValue in a list":     {`["a", {"Ref": "AWS::NoValue"}, "b"]`, []any{"a", "b"}},
		"NoValue for all":       {`{"Ref": "AWS::NoValue"}`, nil},

		"GetAtt list":           {`{"Fn::GetAtt": ["Other", "Arn"]}`, "arn:Other"},
		"GetAtt text":           {`{"Fn::GetAtt": "Other.Arn"}`, "arn:Other"},
		"GetAtt nested":         {`{"Fn::GetAtt": ["Other", "Endpoint.Address"]}`, "host"},
		"GetAtt nested in text": {`{"Fn::GetAtt": "Other.Endpoint.Port"}`, 3306.0},
		"GetAtt dotted":         {`{"Fn::GetAtt": "Other.Dotted.X"}`, "dotted"},
		"GetAtt of a list":      {`{"Fn::GetAtt": ["Other", "List"]}`, []any{"one", "two"}},

		"Join":               {`{"Fn::Join": ["-", ["a", {"Ref": "Other"}, 1, true, {"Fn::GetAtt": ["Other", "Endpoint.Port"]}]]}`, "a-id-of-Other-1-true-3306"},
		"Join a list":        {`{"Fn::Join": [",", {"Ref": "List"}]}`, "x,y"},
		"Join large":         {`{"Fn::Join": ["", [123456789012345]]}`, "123456789012345"},
		"Join less":          {`{"Fn::Join": [",", ["a", {"Ref": "AWS::NoValue"}]]}`, "a"},
		"Select":             {`{"Fn::Select": [1, ["a", {"Ref": "Other"}]]}`, "id-of-Other"},
		"Select by text":     {`{"Fn::Select": ["0", {"Ref": "List"}]}`, "x"},
		"Split":              {`{"Fn::Split": [":", {"Fn::GetAtt": ["Other", "Arn"]}]}`, []any{"arn", "Other"}},
		"Select of Split":    {`{"Fn::Select": [1, {"Fn::Split": [":", {"Fn::GetAtt": ["Other", "Arn"]}]}]}`, "Other"},
		"Base64":             {`{"Fn::Base64": "hé"}`, "aMOp"},
		"GetAZs":             {`{"Fn::GetAZs": ""}`, []any{"us-east-1a", "us-east-1b", "us-east-1c"}},
		"GetAZs of a Region": {`{"Fn::GetAZs": {"Ref": "AWS::Region"}}`, []any{"us-east-1a", "us-east-1b", "us-east-1c"}},

		"Sub": {
			`{"Fn::Sub": "${Other} ${Other.Arn} ${Other.Endpoint.Port} ${AWS::Region} ${Text} ${!Text} $Text ${"}`,
			"id-of-Other arn:Other 3306 us-east-1 text ${Text} $Text ${",
		},
		"Sub with variables": {
			`{"Fn::Sub": ["${a}/${Text}/${b.c}", {"a": {"Ref": "Other"}, "Text": 1, "b.c": true}]}`, "id-of-Other/1/true",
		},
		"Sub without variables": {`{"Fn::Sub": ["${Text}", {}]}`, "text"},

		"If":           {`{"Fn::If": ["Yes", {"Ref": "Other"}, "b"]}`, "id-of-Other"},
		"If not":       {`{"Fn::If": ["No", {"Ref": "Absent"}, {"Fn::If": ["Yes", "inner", "c"]}]}`, "inner"},
		"If NoValue":   {`{"a": {"Fn::If": ["No", "x", {"Ref": "AWS::NoValue"}]}}`, map[string]any{}},
		"If in a list": {`[{"Fn::If": ["Yes", "x", "y"]}]`, []any{"x"}},

		"FindInMap":             {`{"Fn::FindInMap": ["Map", {"Ref": "AWS::Region"}, "zone"]}`, "first"},
		"FindInMap of a list":   {`{"Fn::FindInMap": ["Map", "us-east-1", "zones"]}`, []any{"a", "b"}},
		"FindInMap of a number": {`{"Fn::FindInMap": ["Map", "us-east-1", "size"]}`, 2.0},

		"Cidr":            {`{"Fn::Cidr": ["10.0.0.0/16", 3, 8]}`, []any{"10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"}},
		"Cidr text":       {`{"Fn::Cidr": ["10.1.2.3/24", "2", "4"]}`, []any{"10.1.2.0/28", "10.1.2.16/28"}},
		"Cidr IPv6":       {`{"Fn::Cidr": ["2001:db8::/56", 2, 64]}`, []any{"2001:db8::/64", "2001:db8:0:1::/64"}},
		"Cidr IPv6 small": {`{"Fn::Cidr": ["2001:db8::/32", 2, 8]}`, []any{"2001:db8::/120", "2001:db8::100/120"}},
		"Cidr whole":      {`{"Fn::Cidr": ["10.0.0.0/24", 1, 8]}`, []any{"10.0.0.0/24"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := newWorld().mustDeploy(t, templates{"app": snippet(test.value, plain)}).Stack("app").Resource("Subject").Properties["V"]
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("value (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLanguageExtensions(t *testing.T) {
	tests := map[string]struct {
		value string
		want  any
	}{
		"Length":            {`{"Fn::Length": [1, 2]}`, 2.0},
		"Length of Ref":     {`{"Fn::Length": {"Ref": "List"}}`, 2.0},
		"ToJsonString":      {`{"Fn::ToJsonString": {"b": {"Ref": "Other"}, "a": ["<", 1]}}`, `{"a":["<",1],"b":"id-of-Other"}`},
		"FindInMap default": {`{"Fn::FindInMap": ["Map", "eu-west-1", "zone", {"DefaultValue": {"Ref": "Other"}}]}`, "id-of-Other"},
		"FindInMap found":   {`{"Fn::FindInMap": ["Map", "us-east-1", "zone", {"DefaultValue": "none"}]}`, "first"},
		"FindInMap no map":  {`{"Fn::FindInMap": ["None", "us-east-1", "zone", {"DefaultValue": "none"}]}`, "none"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := newWorld().mustDeploy(t, templates{"app": snippet(test.value, extended)}).Stack("app").Resource("Subject").Properties["V"]
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("value (-want +got):\n%s", diff)
			}
		})
	}
}

func TestIntrinsicErrors(t *testing.T) {
	tests := map[string]struct{ value, want string }{
		"null": {`{"a": null}`, "Properties.V.a: [/Resources] 'null' values are not allowed in templates"},

		"the first of many": {
			`{"e": {"Fn::Base64": []}, "d": {"Fn::Base64": []}, "c": {"Fn::Base64": []}, "b": {"Fn::Base64": []}, "a": {"Fn::Base64": []}}`,
			"Properties.V.a.Fn::Base64: Template error",
		},

		"Ref of no text":   {`{"Ref": ["Other"]}`, "Properties.V.Ref: Template error: every Ref object must have a single String value."},
		"Ref of nothing":   {`{"Ref": "Nothing"}`, "Properties.V.Ref: Template format error: Unresolved resource dependencies [Nothing] in the Resources block of the template"},
		"Ref of no pseudo": {`{"Ref": "AWS::Nothing"}`, "Unresolved resource dependencies [AWS::Nothing]"},
		"Ref left out":     {`{"Ref": "Absent"}`, "Properties.V.Ref: Template format error: Unresolved resource dependencies [Absent] in the Resources block"},
		"Ref in a branch":  {`{"Fn::If": ["Yes", "a", {"Ref": "Nothing"}]}`, "Properties.V.Fn::If.2.Ref: Template format error: Unresolved resource dependencies [Nothing]"},

		"GetAtt of nothing":      {`[{"Fn::GetAtt": ["Nothing", "Arn"]}]`, "Properties.V.0.Fn::GetAtt: Template error: instance of Fn::GetAtt references undefined resource Nothing"},
		"GetAtt left out":        {`{"Fn::GetAtt": ["Absent", "Arn"]}`, "Template error: instance of Fn::GetAtt references undefined resource Absent"},
		"GetAtt of a parameter":  {`{"Fn::GetAtt": ["Text", "Arn"]}`, "Template error: instance of Fn::GetAtt references undefined resource Text"},
		"GetAtt without":         {`{"Fn::GetAtt": ["Other"]}`, "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute"},
		"GetAtt of text without": {`{"Fn::GetAtt": "Other"}`, "every Fn::GetAtt object requires two non-empty parameters"},
		"GetAtt empty":           {`{"Fn::GetAtt": ["Other", ""]}`, "every Fn::GetAtt object requires two non-empty parameters"},
		"GetAtt of a number":     {`{"Fn::GetAtt": ["Other", 1]}`, "every Fn::GetAtt object requires two non-empty parameters"},
		"GetAtt of a function":   {`{"Fn::GetAtt": [{"Ref": "Text"}, "Arn"]}`, "every Fn::GetAtt object requires two non-empty parameters"},
		"GetAtt unknown":         {`{"Fn::GetAtt": ["Other", "Nope"]}`, "Properties.V.Fn::GetAtt: Template error: resource Other does not support attribute type Nope in Fn::GetAtt"},
		"GetAtt too deep":        {`{"Fn::GetAtt": ["Other", "Arn.Nope"]}`, "resource Other does not support attribute type Arn.Nope"},
		"GetAtt custom":          {`{"Fn::GetAtt": ["Custom", "Nope"]}`, "CustomResource attribute error: Vendor response doesn't contain Nope attribute in object /custom"},
		"GetAtt by parameter":    {`{"Fn::GetAtt": ["Other", {"Ref": "Text"}]}`, "resource Other does not support attribute type text"},

		"Join shape":       {`{"Fn::Join": ["-"]}`, "Properties.V.Fn::Join: Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings"},
		"Join delimiter":   {`{"Fn::Join": [1, ["a"]]}`, "every Fn::Join object requires two parameters"},
		"Join of objects":  {`{"Fn::Join": ["", [{"a": 1}]]}`, "every Fn::Join object requires two parameters"},
		"Join inner":       {`{"Fn::Join": ["", [{"Fn::GetAtt": ["Other", "Nope"]}]]}`, "Properties.V.Fn::Join.1.0.Fn::GetAtt: Template error"},
		"Select shape":     {`{"Fn::Select": ["a", ["b"]]}`, "Template error: Fn::Select requires a list argument with two elements: an integer index and a list"},
		"Select text":      {`{"Fn::Select": [0, "a"]}`, "Fn::Select requires a list argument"},
		"Select too far":   {`{"Fn::Select": [2, ["a", "b"]]}`, "Template error: Fn::Select cannot select nonexistent value at index 2"},
		"Select before":    {`{"Fn::Select": [-1, ["a", "b"]]}`, "Template error: Fn::Select cannot select nonexistent value at index -1"},
		"Split shape":      {`{"Fn::Split": [",", ["a"]]}`, "Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split"},
		"Split by nothing": {`{"Fn::Split": ["", "a"]}`, "every Fn::Split object requires two parameters"},
		"Base64 shape":     {`{"Fn::Base64": ["a"]}`, "Template error: every Fn::Base64 object must have a String-typed value."},
		"Base64 NoValue":   {`{"Fn::Base64": {"Ref": "AWS::NoValue"}}`, "every Fn::Base64 object must have a String-typed value."},
		"GetAZs shape":     {`{"Fn::GetAZs": ["a"]}`, "Template error: every Fn::GetAZs object must have a String-typed value."},

		"Sub shape":         {`{"Fn::Sub": ["a"]}`, "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument"},
		"Sub of three":      {`{"Fn::Sub": ["a", {}, {}]}`, "One or more Fn::Sub intrinsic functions don't specify expected arguments"},
		"Sub of no map":     {`{"Fn::Sub": ["a", []]}`, "One or more Fn::Sub intrinsic functions don't specify expected arguments"},
		"Sub of a function": {`{"Fn::Sub": {"Ref": "Text"}}`, "One or more Fn::Sub intrinsic functions don't specify expected arguments"},
		"Sub of no text":    {`{"Fn::Sub": [1, {}]}`, "One or more Fn::Sub intrinsic functions don't specify expected arguments"},
		"Sub of nothing":    {`{"Fn::Sub": "${Nothing}"}`, "Properties.V.Fn::Sub: Template format error: Unresolved resource dependencies [Nothing] in the Resources block"},
		"Sub nowhere":       {`{"Fn::Sub": "${Nothing.Arn}"}`, "Template error: instance of Fn::Sub references invalid resource attribute Nothing.Arn"},
		"Sub left out":      {`{"Fn::Sub": "${Absent.Arn}"}`, "Template error: instance of Fn::Sub references invalid resource attribute Absent.Arn"},
		"Sub unknown":       {`{"Fn::Sub": "${Other.Nope}"}`, "Template error: resource Other does not support attribute type Nope in Fn::Sub"},
		"Sub of a list":     {`{"Fn::Sub": "${List}"}`, "Template error: variable List in Fn::Sub expression does not resolve to a string"},
		"Sub of no name":    {`{"Fn::Sub": "${ Text }"}`, "Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons"},
		"Sub variable":      {`{"Fn::Sub": ["${a}", {"a": {"Ref": "Nothing"}}]}`, "Properties.V.Fn::Sub.1.a.Ref: Template format error: Unresolved"},
		"Sub variable late": {`{"Fn::Sub": ["${a}", {"a": {"Fn::GetAtt": "Other.Nope"}}]}`, "Properties.V.Fn::Sub.a.Fn::GetAtt: Template error"},

		"If shape":                       {`{"Fn::If": ["Yes", "a"]}`, "Properties.V.Fn::If: Template error: Fn::If requires a list argument with three elements"},
		"If of no name":                  {`{"Fn::If": [{"Condition": "Yes"}, "a", "b"]}`, "Template error: Fn::If requires a list argument with the first element being a condition"},
		"If unknown":                     {`{"Fn::If": ["Maybe", "a", "b"]}`, "Template error: unresolved condition dependency Maybe in Fn::If"},
		"If unknown in the other branch": {`{"Fn::If": ["Yes", "a", {"Fn::If": ["Maybe", "a", "b"]}]}`, "Properties.V.Fn::If.2.Fn::If: Template error: unresolved condition dependency Maybe"},

		"FindInMap shape":   {`{"Fn::FindInMap": ["Map", "us-east-1"]}`, "Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value"},
		"FindInMap no map":  {`{"Fn::FindInMap": ["None", "us-east-1", "zone"]}`, "Template error: Mapping named 'None' is not present in the 'Mappings' section of template."},
		"FindInMap no key":  {`{"Fn::FindInMap": ["Map", "eu-west-1", "zone"]}`, "Template error: Unable to get mapping for Map::eu-west-1::zone"},
		"FindInMap bad":     {`{"Fn::FindInMap": ["Map", "us-east-1", "bad"]}`, "Template format error: Every Mappings attribute must be a String or a List."},
		"FindInMap default": {`{"Fn::FindInMap": ["Map", "x", "y", {"DefaultValue": 1}]}`, "every Fn::FindInMap object requires three parameters"},

		"Cidr shape":            {`{"Fn::Cidr": ["10.0.0.0/16", 3]}`, "Template error: every Fn::Cidr object requires three parameters"},
		"Cidr block":            {`{"Fn::Cidr": ["10.0.0.0", 3, 8]}`, "every Fn::Cidr object requires three parameters"},
		"Cidr count":            {`{"Fn::Cidr": ["10.0.0.0/16", 257, 8]}`, "every Fn::Cidr object requires three parameters"},
		"Cidr bits":             {`{"Fn::Cidr": ["10.0.0.0/16", 1, -1]}`, "every Fn::Cidr object requires three parameters"},
		"Cidr too many":         {`{"Fn::Cidr": ["10.0.0.0/24", 3, 7]}`, "Template error: Fn::Cidr cannot make 3 blocks with 7 subnet bits each in 10.0.0.0/24"},
		"Cidr too large":        {`{"Fn::Cidr": ["10.0.0.0/24", 1, 9]}`, "Template error: Fn::Cidr cannot make 1 blocks with 9 subnet bits each in 10.0.0.0/24"},
		"ImportValue":           {`{"Fn::ImportValue": "none"}`, "Properties.V.Fn::ImportValue: No export named none found"},
		"ImportValue shape":     {`{"Fn::ImportValue": ["none"]}`, "Template error: the attribute in Fn::ImportValue must be a string"},
		"GetStackOutput":        {`{"Fn::GetStackOutput": {"StackName": "none", "OutputName": "Out"}}`, "Stack with id none does not exist in us-east-1 of account 123456789012"},
		"GetStackOutput shape":  {`{"Fn::GetStackOutput": {"StackName": "none"}}`, "Template error: Fn::GetStackOutput requires StackName and OutputName, both strings"},
		"GetStackOutput Region": {`{"Fn::GetStackOutput": {"StackName": "x", "OutputName": "y", "Region": ["z"]}}`, "Template error: Fn::GetStackOutput does not take [z] as Region"},
		"GetStackOutput other":  {`{"Fn::GetStackOutput": {"StackName": "x", "OutputName": "y", "Zone": "z"}}`, "Template error: Fn::GetStackOutput does not take z as Zone"},
		"GetStackOutput role":   {`{"Fn::GetStackOutput": {"StackName": "x", "OutputName": "y", "RoleArn": "role"}}`, "RoleArn of Fn::GetStackOutput must be an ARN, got role"},

		"Transform":    {`{"Fn::Transform": {"Name": "AWS::Include"}}`, "Properties.V.Fn::Transform: Template error: Encountered unsupported function: Fn::Transform Supported functions are: [Fn::Base64, "},
		"unknown":      {`[{"a": {"Fn::Nope": 1}}]`, "Properties.V.0.a.Fn::Nope: Template error: Encountered unsupported function: Fn::Nope"},
		"Equals":       {`{"Fn::Equals": ["a", "b"]}`, "Encountered unsupported function: Fn::Equals"},
		"Length":       {`{"Fn::Length": []}`, "Encountered unsupported function: Fn::Length"},
		"ToJsonString": {`{"Fn::ToJsonString": []}`, "Encountered unsupported function: Fn::ToJsonString"},
		"among others": {`{"Fn::Join": ["", []], "a": 1}`, "Properties.V.Fn::Join: Template error: a function must be the only key of its object"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := newWorld().deploy(t, templates{"app": snippet(test.value, plain)})
			wantError(t, err, "stack Test/app: resource Subject (Test::Thing): ", test.want)
		})
	}
}

func TestLanguageExtensionErrors(t *testing.T) {
	for value, want := range map[string]string{
		`{"Fn::Length": "a"}`:       "Template error: Fn::Length requires a list as argument",
		`{"Fn::ToJsonString": "a"}`: "Template error: Fn::ToJsonString requires an object or a list as argument",
		`{"Fn::ForEach::X": []}`:    "Encountered unsupported function: Fn::ForEach::X",
	} {
		_, err := newWorld().deploy(t, templates{"app": snippet(value, extended)})
		wantError(t, err, want)
	}
	_, err := newWorld().deploy(t, templates{"app": snippet(`1`, `["AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"]`)})
	wantError(t, err, "stack Test/app: transform AWS::Serverless-2016-10-31 is not known, only AWS::LanguageExtensions is")
}

func TestMistakesAreReportedTogether(t *testing.T) {
	w := newWorld()
	_, err := w.deploy(t, templates{"app": snippet(`[{"Ref": "One"}, {"Fn::Two": 1}]`, plain)})
	wantError(t, err,
		"stack Test/app: resource Subject (Test::Thing): Properties.V.0.Ref: Template format error: Unresolved resource dependencies [One]",
		"\nstack Test/app: resource Subject (Test::Thing): Properties.V.1.Fn::Two: Template error: Encountered unsupported function")
	if len(w.created) > 0 {
		t.Errorf("created %d resources of a template with mistakes", len(w.created))
	}
}

func TestRegionsAndPartitions(t *testing.T) {
	value := `{"Fn::Join": [" ", [{"Ref": "AWS::Partition"}, {"Ref": "AWS::Region"}, {"Ref": "AWS::URLSuffix"}]]}`
	for region, want := range map[string]string{
		"cn-north-1":    "aws-cn cn-north-1 amazonaws.com.cn",
		"us-gov-west-1": "aws-us-gov us-gov-west-1 amazonaws.com",
		"us-east-2":     "aws us-east-2 amazonaws.com",
	} {
		d := newWorld().mustDeploy(t, templates{"app " + region: snippet(value, plain)})
		if got := d.Stack("app").Resource("Subject").Properties["V"]; got != want {
			t.Errorf("%s: got %q, want %q", region, got, want)
		}
	}
}
