package cloudformation_test

import (
	"context"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/assembly"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
)

func TestResourcesAreWhatProvidersNeed(t *testing.T) {
	w := newWorld()
	d := w.mustDeploy(t, templates{"app": `{
		"Resources": {
			"A": {"Type": "Test::Thing", "Metadata": {"aws:asset:path": "asset.1"}, "DeletionPolicy": "Retain"},
			"B": {"Type": "Test::Thing", "Properties": {"X": {"Fn::Sub": "${A.Endpoint.Port}${A.Arn}"}, "Y": {"Fn::GetAtt": ["A", "Arn"]}}}
		},
		"Outputs": {"O": {"Value": {"Fn::GetAtt": ["A", "Dotted.X"]}}}
	}`})
	stack := d.Stack("Test/app")
	want := cloudformation.Resource{
		Environment: cloudformation.Environment{Account: account, Region: "us-east-1"}, Stack: stack.Artifact, StackID: stack.ID,
		LogicalID: "A", Type: thing, Properties: map[string]any{}, Metadata: map[string]any{"aws:asset:path": "asset.1"},
		AttributesRead: []string{"Arn", "Dotted.X", "Endpoint.Port"},
	}
	same := cmp.Comparer(func(x, y *assembly.Stack) bool { return x == y })
	if diff := cmp.Diff(want, w.created[0], same); diff != "" {
		t.Errorf("resource (-want +got):\n%s", diff)
	}
	if got := stack.Resource("A"); got.Ref != "id-of-A" || got.NoBearing != "" {
		t.Errorf("deployed: got %+v", got)
	}
	if !regexp.MustCompile(`^arn:aws:cloudformation:us-east-1:123456789012:stack/app/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`).MatchString(stack.ID) {
		t.Errorf("stack ID: got %s", stack.ID)
	}
}

// TestProvidersOwnProperties makes sure that what one provider does to its properties is not seen by others.
func TestProvidersOwnProperties(t *testing.T) {
	w := newWorld()
	template := `{
		"Parameters": {"L": {"Type": "CommaDelimitedList", "Default": "a,b"}}, "Mappings": {"M": {"k": {"l": ["c"]}}},
		"Resources": {
			"A": {"Type": "Test::Thing", "DependsOn": "N", "Properties": {
				"X": [{"Ref": "L"}, {"Fn::FindInMap": ["M", "k", "l"]}, ["d"]], "Y": {"Fn::GetAtt": ["N", "Endpoint"]}}},
			"B": {"Type": "Test::Thing", "DependsOn": "A", "Properties": {
				"X": [{"Ref": "L"}, {"Fn::FindInMap": ["M", "k", "l"]}, ["d"]], "Y": {"Fn::GetAtt": ["N", "Endpoint"]}}},
			"N": {"Type": "Test::Thing"}
		}
	}`
	create := w.options.Providers[thing]
	w.options.Providers[thing] = func(ctx context.Context, r cloudformation.Resource) (cloudformation.Physical, error) {
		if r.LogicalID == "A" {
			for _, list := range r.Properties["X"].([]any) {
				list.([]any)[0] = "changed"
			}
			r.Properties["Y"].(map[string]any)["Address"] = "changed"
		}
		return create(ctx, r)
	}
	got := w.mustDeploy(t, templates{"app": template}).Stack("app").Resource("B").Properties
	want := map[string]any{
		"X": []any{[]any{"a", "b"}, []any{"c"}, []any{"d"}}, "Y": map[string]any{"Address": "host", "Port": 3306.0},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("properties (-want +got):\n%s", diff)
	}
}

func TestResourcesWithoutBearing(t *testing.T) {
	template := templates{"app": `{"Resources": {
		"N": {"Type": "Test::Nothing"},
		"R": {"Type": "Test::Thing", "Properties": {
			"Ref": [{"Ref": "N"}], "Arn": {"Fn::GetAtt": ["N", "Arn"]}, "Key": {"Fn::Sub": "${N.KeyArn}"}, "Name": {"Fn::GetAtt": ["N", "A.Name"]}
		}}
	}}`}
	w := newWorld()
	w.options.NoBearing[thing] = "has a provider all the same"
	d := w.mustDeploy(t, template)
	if got := d.Stack("app").Resource("R").NoBearing; got != "" || len(w.created) != 1 {
		t.Errorf("resource with a provider: got %q, created %v", got, w.created)
	}
	n := d.OfType("Test::Nothing")
	if len(n) != 1 || n[0].NoBearing != "nothing looks at it" {
		t.Fatalf("got %+v", n)
	}
	if !regexp.MustCompile(`^app-N-[A-Z2-7]{12}$`).MatchString(n[0].Ref) {
		t.Errorf("physical ID: got %s", n[0].Ref)
	}
	arn := "arn:aws:nothing:us-east-1:123456789012:" + n[0].Ref
	want := map[string]any{"Ref": []any{n[0].Ref}, "Arn": arn, "Key": arn, "Name": n[0].Ref + "-A.Name"}
	if diff := cmp.Diff(want, d.Stack("app").Resource("R").Properties); diff != "" {
		t.Errorf("properties (-want +got):\n%s", diff)
	}
	if again := newWorld().mustDeploy(t, template).OfType("Test::Nothing"); again[0].Ref != n[0].Ref {
		t.Errorf("two deployments differ: %s and %s", n[0].Ref, again[0].Ref)
	}
}

func TestGeneratedName(t *testing.T) {
	r := cloudformation.Resource{Stack: &assembly.Stack{Name: "stack"}, LogicalID: "Logical", StackID: "id"}
	long := r.GeneratedName(64)
	for limit, want := range map[int]string{64: "^stack-Logical-[A-Z2-7]{12}$", 20: "^stack-L-[A-Z2-7]{12}$", 0: "^-[A-Z2-7]{12}$"} {
		got := r.GeneratedName(limit)
		if !regexp.MustCompile(want).MatchString(got) || got[len(got)-12:] != long[len(long)-12:] {
			t.Errorf("limit %d: got %s", limit, got)
		}
	}
	other := cloudformation.Resource{Stack: r.Stack, LogicalID: "Logical", StackID: "other"}
	if other.GeneratedName(64) == long {
		t.Error("resources of two stacks get the same name")
	}
}

func TestAssets(t *testing.T) {
	asset := assembly.Asset{ID: "1", Path: "cdk.out/asset.1", ObjectKeys: []string{"1.zip", "prefix/1.zip"}}
	r := cloudformation.Resource{Stack: &assembly.Stack{DisplayName: "Test/app", Assets: []assembly.Asset{asset}}}
	for _, key := range asset.ObjectKeys {
		if got, err := r.Asset(key); err != nil || got.Path != asset.Path {
			t.Errorf("%s: got %v, error %v", key, got, err)
		}
	}
	_, err := r.Asset("2.zip")
	wantError(t, err, `stack Test/app publishes no asset as "2.zip"`)
}
