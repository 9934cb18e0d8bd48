package test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/assembly"
	"github.com/warmstandby/warmstandby/stacks"
)

// application is the reference application in its default configuration, synthesized once for all tests that look at it.
var application = sync.OnceValues(func() (*assembly.Assembly, error) {
	dir, err := os.MkdirTemp(scratch, "application")
	if err != nil {
		return nil, err
	}
	return synthesizeApplication(dir, topology.Default())
})

func synthesizeApplication(dir string, c topology.Config) (*assembly.Assembly, error) {
	context := cdkContext()
	app := awscdk.NewApp(&awscdk.AppProps{Context: &context, Outdir: &dir, AnalyticsReporting: jsii.Bool(false)})
	stacks.NewApplication(app, c)
	app.Synth(nil)
	return assembly.Read(dir)
}

// defaultApplication is the synthesized application, or the end of the test.
func defaultApplication(t testing.TB) *assembly.Assembly {
	t.Helper()
	a, err := application()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// configured is the application with a changed configuration.
func configured(t testing.TB, change func(*topology.Config)) *assembly.Assembly {
	t.Helper()
	c := topology.Default()
	change(&c)
	a, err := synthesizeApplication(t.TempDir(), c)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// resourcesOf are the resources of a type in one of the application's stacks. None fails the test.
func resourcesOf(t testing.TB, a *assembly.Assembly, stack, typ string) []*assembly.Resource {
	t.Helper()
	s := a.Stack(stack)
	if s == nil {
		t.Fatalf("the application has no stack %s", stack)
	}
	found := s.Template.OfType(typ)
	if len(found) == 0 {
		t.Fatalf("stack %s has no %s", stack, typ)
	}
	return found
}

// templateOf is the template of one of the default application's stacks, as CloudFormation reads it.
func templateOf(t testing.TB, s *assembly.Stack) map[string]any {
	t.Helper()
	return templateIn(t, defaultApplication(t), s)
}

// templateIn is the template of one of an application's stacks.
func templateIn(t testing.TB, a *assembly.Assembly, s *assembly.Stack) map[string]any {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(a.Dir, s.TemplateFile))
	if err != nil {
		t.Fatal(err)
	}
	var template map[string]any
	if err := json.Unmarshal(data, &template); err != nil {
		t.Fatal(err)
	}
	return template
}

func TestApplicationStacks(t *testing.T) {
	var got []string
	for _, s := range defaultApplication(t).Stacks {
		got = append(got, s.DisplayName+" in "+s.Region)
	}
	want := []string{
		"ToDoMgmt in us-east-1",
		"ToDoMgmt-edge in us-east-1",
		"ToDoMgmt/PriDeploy/ToDoMgmt-app-pri in us-east-1",
		"ToDoMgmt/PriDeploy/ToDoMgmt-infra-pri in us-east-1",
		"ToDoMgmt/SecdDeploy/ToDoMgmt-app-secd in us-east-2",
		"ToDoMgmt/SecdDeploy/ToDoMgmt-infra-secd in us-east-2",
		"cross-region-stack-123456789012:us-east-2 in us-east-2", // CDK's artifact bucket for the pipeline
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stacks (-want +got):\n%s", diff)
	}
}

func TestApplicationNeedsNoLookup(t *testing.T) {
	if missing := defaultApplication(t).Missing; len(missing) > 0 {
		t.Errorf("synthesis asks AWS for %v", missing)
	}
}

func TestApplicationFunctionNames(t *testing.T) {
	for role, stack := range map[string]string{"pri": "PriDeploy-ToDoMgmt-app-pri", "secd": "SecdDeploy-ToDoMgmt-app-secd"} {
		var got []string
		for _, r := range resourcesOf(t, defaultApplication(t), stack, "AWS::Lambda::Function") {
			if name, ok := r.Properties["FunctionName"].(string); ok {
				got = append(got, name)
			}
		}
		slices.Sort(got)
		var want []string
		for _, name := range []string{"CreateTableFunction", "GetToDos", "Health", "RemoveToDos", "UpsertToDos"} {
			want = append(want, "ToDoMgmt-app-"+role+"-"+name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("functions of %s (-want +got):\n%s", stack, diff)
		}
	}
}

// Deploying the secondary Region or the edge again must not ask another Region. A reference to another Region's stack would.
func TestApplicationHasNoReferencesBetweenRegions(t *testing.T) {
	a := defaultApplication(t)
	region := make(map[string]string)
	for _, s := range a.Stacks {
		region[s.Name] = s.Region
	}
	seen := 0
	for _, s := range a.Stacks {
		assembly.Walk(templateOf(t, s), func(path []string, v any) {
			m, ok := v.(map[string]any)
			if !ok {
				return
			}
			reference, ok := m["Fn::GetStackOutput"].(map[string]any)
			if !ok {
				return
			}
			seen++
			name := fmt.Sprint(reference["StackName"])
			if region[name] != s.Region {
				t.Errorf("%s in %s refers to %s in %s at %s", s.Name, s.Region, name, region[name], strings.Join(path, "."))
			}
		})
	}
	if seen == 0 {
		t.Error("no stack refers to another, so nothing was proved")
	}
}
