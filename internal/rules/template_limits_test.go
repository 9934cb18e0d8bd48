package rules_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestTemplateLimits(t *testing.T) {
	// repeat is n entries of a JSON object.
	repeat := func(n int, entry string) string {
		entries := make([]string, n)
		for i := range entries {
			entries[i] = fmt.Sprintf(`"E%d": %s`, i, entry)
		}
		return strings.Join(entries, ", ")
	}
	section := func(name string, n int, entry string) stacks {
		return stacks{"Test us-east-1": `{"` + name + `": {` + repeat(n, entry) + `}}`}
	}
	function := func(size int) stacks {
		return one(`"F": {"Type": "AWS::CloudFront::Function", "Properties": {"FunctionCode": "` + strings.Repeat("x", size) + `"}}`)
	}
	environment := func(size int) stacks {
		return one(`"F": {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": {"NAME": "` + strings.Repeat("x", size-4) + `"}}}}`)
	}
	document := func(size int) string {
		const frame = `{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"%s"}]}`
		return fmt.Sprintf(frame, strings.Repeat("<", size-len(frame)+2))
	}
	managed := func(size int) stacks {
		return one(`"P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": ` + document(size) + `}}`)
	}
	inline := func(own, attached int) stacks {
		return one(`"Role": {"Type": "AWS::IAM::Role", "Properties": {"Policies": [{"PolicyDocument": ` + document(own) + `}]}},
			"P": {"Type": "AWS::IAM::Policy", "Properties": {"Roles": [{"Ref": "Role"}], "PolicyDocument": ` + document(attached) + `}}`)
	}
	testRule(t, "template-limits", map[string]ruleTest{
		"noncompliant 1: size": {
			stacks: one(`"T": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "` + strings.Repeat("x", 800_000) + `"}}`),
			want:   []string{"Test  template size in bytes"},
			says:   "of 1000000, 80 %: split the stack",
		},
		"noncompliant 2: resources":  {stacks: section("Resources", 400, `{"Type": "AWS::SNS::Topic"}`), want: []string{"Test  resources"}, says: "resources: 400 of 500, 80 %"},
		"noncompliant 3: parameters": {stacks: section("Parameters", 200, `{"Type": "String"}`), want: []string{"Test  parameters"}, says: "200 of 200, 100 %"},
		"noncompliant 4: outputs":    {stacks: section("Outputs", 160, `{"Value": "x"}`), want: []string{"Test  outputs"}},
		"noncompliant 5: mappings":   {stacks: section("Mappings", 160, `{}`), want: []string{"Test  mappings"}},
		"noncompliant 6: function code": {
			stacks: function(8192), want: []string{"Test F function code in bytes"}, says: "8192 of 10240, 80 %: shorten the code",
		},
		"noncompliant 7: environment":     {stacks: environment(3277), want: []string{"Test F environment variables in bytes"}},
		"noncompliant 8: managed policy":  {stacks: managed(4916), want: []string{"Test P policy size in characters"}, says: "4916 of 6144"},
		"noncompliant 9: inline policies": {stacks: inline(4096, 4096), want: []string{"Test Role inline policies in characters"}, says: "8192 of 10240"},
		"compliant 1: far enough":         {stacks: section("Resources", 399, `{"Type": "AWS::SNS::Topic"}`)},
		"compliant 2: function code":      {stacks: function(8191)},
		"compliant 3: environment":        {stacks: environment(3276)},
		"compliant 4: managed policy":     {stacks: managed(4915)},
		"compliant 5: inline policies":    {stacks: inline(4096, 4095)},
		"not applicable: empty template":  {stacks: stacks{"Test us-east-1": `{}`}},
	})
}
