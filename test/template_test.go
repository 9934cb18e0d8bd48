package test

import (
	"encoding/json"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"
)

// cdkContext is the context of cdk.json, which the CDK CLI would pass.
var cdkContext = sync.OnceValue(func() map[string]any {
	data, err := os.ReadFile("../cdk.json")
	if err != nil {
		panic(err)
	}
	var file struct{ Context map[string]any }
	if err := json.Unmarshal(data, &file); err != nil {
		panic(err)
	}
	return file.Context
})

// newApp is an app as the CDK CLI would start it, which synthesizes into a temporary directory.
func newApp(t testing.TB) awscdk.App {
	t.Helper()
	context := make(map[string]any)
	for k, v := range cdkContext() {
		context[k] = v
	}
	return awscdk.NewApp(&awscdk.AppProps{Context: &context, Outdir: jsii.String(t.TempDir()), AnalyticsReporting: jsii.Bool(false)})
}

// newStack is a stack named Test in us-east-1, in an app of its own.
func newStack(t testing.TB) awscdk.Stack {
	t.Helper()
	return awscdk.NewStack(newApp(t), jsii.String("Test"), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("123456789012"), Region: jsii.String("us-east-1")},
	})
}

// check runs a CDK assertion and turns its panic into a test failure, so that the tests after it still run.
func check(t testing.TB, assert func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if r := recover(); r != nil {
			t.Errorf("%v", r)
		}
	}()
	assert()
}

// synthesized is stack's template as CloudFormation would read it. It synthesizes the whole app, so nothing can be defined
// afterwards.
type synthesized struct {
	assertions.Template
	json map[string]any
}

// synthesize synthesizes stack's app and returns stack's template. Errors annotated on any construct fail the test.
func synthesize(t testing.TB, stack awscdk.Stack) synthesized {
	t.Helper()
	template := assertions.Template_FromStack(stack, nil)
	data, err := json.Marshal(template.ToJSON())
	if err != nil {
		t.Fatal(err)
	}
	s := synthesized{Template: template}
	if err := json.Unmarshal(data, &s.json); err != nil {
		t.Fatal(err)
	}
	check(t, func() {
		assertions.Annotations_FromStack(stack).HasNoError(jsii.String("*"), assertions.Match_AnyValue())
	})
	return s
}

// resource is one resource of a template.
type resource struct {
	id         string
	typ        string
	properties map[string]any
	raw        map[string]any
}

// resources are the template's resources of a type. A test that loops over none proves nothing, so none fails it.
func (s synthesized) resources(t testing.TB, typ string) []resource {
	t.Helper()
	var found []resource
	all, _ := s.json["Resources"].(map[string]any)
	for id, r := range all {
		raw := r.(map[string]any)
		if raw["Type"] != typ {
			continue
		}
		properties, _ := raw["Properties"].(map[string]any)
		found = append(found, resource{id: id, typ: typ, properties: properties, raw: raw})
	}
	if len(found) == 0 {
		t.Fatalf("the template has no %s", typ)
	}
	return found
}

// only is the template's single resource of a type.
func (s synthesized) only(t testing.TB, typ string) resource {
	t.Helper()
	found := s.resources(t, typ)
	if len(found) != 1 {
		t.Fatalf("the template has %d resources of type %s, want 1", len(found), typ)
	}
	return found[0]
}

// hasProperties asserts that some resource of typ has properties, which are matched as CDK's assertions do.
func (s synthesized) hasProperties(t testing.TB, typ string, properties map[string]any) {
	t.Helper()
	check(t, func() { s.HasResourceProperties(jsii.String(typ), properties) })
}

// wantPanic runs define, which must panic with an error whose text holds every one of parts.
func wantPanic(t testing.TB, define func(), parts ...string) {
	t.Helper()
	defer func() {
		t.Helper()
		r := recover()
		err, ok := r.(error)
		if !ok {
			t.Fatalf("panicked with %#v, want an error", r)
		}
		for _, part := range parts {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("error %q does not say %q", err, part)
			}
		}
	}()
	define()
}
