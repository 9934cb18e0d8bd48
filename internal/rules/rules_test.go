package rules_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/assembly"
	"github.com/warmstandby/warmstandby/internal/rules"
)

// stacks are templates by the name of their stack and its Region, such as "infra us-east-1". All are of one account.
type stacks map[string]string

// assemble is an assembly of stacks, by name.
func assemble(t testing.TB, templates stacks) *assembly.Assembly {
	t.Helper()
	var all []*assembly.Stack
	for name, template := range templates {
		parsed, err := assembly.ParseTemplate([]byte(template))
		if err != nil {
			t.Fatalf("template of %s: %v", name, err)
		}
		name, region, _ := strings.Cut(name, " ")
		all = append(all, &assembly.Stack{
			ID: name + region, DisplayName: name, Name: name, Account: "123456789012", Region: region, Template: parsed,
		})
	}
	slices.SortFunc(all, func(x, y *assembly.Stack) int { return strings.Compare(x.ID, y.ID) })
	a, err := assembly.New(all...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// one is an assembly of one stack named Test in us-east-1, with these resources.
func one(resources string) stacks {
	return stacks{"Test us-east-1": `{"Resources": {` + resources + `}}`}
}

// ruleTest is one case of a rule. Names start with noncompliant, compliant or not applicable.
type ruleTest struct {
	stacks stacks

	// want are the findings: stack, logical ID and value, separated by spaces.
	want []string

	// says is part of some finding's message.
	says string
}

// testRule runs the rule id over each case.
func testRule(t *testing.T, id string, tests map[string]ruleTest) {
	t.Helper()
	i := slices.IndexFunc(rules.All(), func(r rules.Rule) bool { return r.ID == id })
	if i < 0 {
		t.Fatalf("there is no rule %s", id)
	}
	rule := rules.All()[i]
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if strings.HasPrefix(name, "noncompliant") == (len(test.want) == 0) {
				t.Fatal("a noncompliant case has findings, and no other has")
			}
			var got, messages []string
			for _, f := range rule.Check(assemble(t, test.stacks)) {
				if f.Rule != id {
					t.Errorf("finding of rule %q, want %q", f.Rule, id)
				}
				got = append(got, strings.TrimSpace(f.Stack+" "+f.LogicalID+" "+f.Value))
				messages = append(messages, f.Message)
			}
			slices.Sort(got)
			slices.Sort(test.want)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if !strings.Contains(strings.Join(messages, "\n"), test.says) {
				t.Errorf("messages do not say %q:\n%s", test.says, strings.Join(messages, "\n"))
			}
		})
	}
}

func TestAll(t *testing.T) {
	var ids []string
	for _, r := range rules.All() {
		ids = append(ids, r.ID)
		if r.Summary == "" || strings.HasSuffix(r.Summary, ".") {
			t.Errorf("summary of %s: got %q, want one line without a period", r.ID, r.Summary)
		}
	}
	if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Errorf("rules must be sorted by ID, and IDs must not repeat: %v", ids)
	}
}

// wide is a role's policy that breaks two rules.
const wide = `"Policy": {"Type": "AWS::IAM::Policy", "Metadata": {"aws:cdk:path": "Test/Role/DefaultPolicy/Resource"}, "Properties": {
	"PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": ["s3:Get*", "s3:PutObject"], "Resource": "*"}]}}}`

func TestCheckOrdersByDeployment(t *testing.T) {
	a := assemble(t, stacks{
		"a us-east-1": `{"Resources": {` + wide + `}, "Outputs": {"X": {"Value": {"Fn::GetStackOutput": {"StackName": "b", "OutputName": "Y"}}}}}`,
		"b us-east-1": `{"Resources": {"Z": {"Type": "AWS::IAM::Role"}, ` + wide + `}, "Outputs": {"Y": {"Value": "y"}}}`,
	})
	var got []string
	for _, f := range rules.Check(a, nil).Findings {
		got = append(got, f.Stack+" "+f.Rule+" "+f.Value)
	}
	want := []string{
		"b wildcard-actions s3:Get*", "b wildcard-resources s3:Get*", "b wildcard-resources s3:PutObject",
		"a wildcard-actions s3:Get*", "a wildcard-resources s3:Get*", "a wildcard-resources s3:PutObject",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func TestCheckReportsOnce(t *testing.T) {
	a := assemble(t, one(`"R": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {"Statement": [
		{"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::a"},
		{"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b"}]}}}`))
	if got := rules.Check(a, nil).Findings; len(got) != 1 {
		t.Errorf("got %d findings, want 1: %v", len(got), got)
	}
}
