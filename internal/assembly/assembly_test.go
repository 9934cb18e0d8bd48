package assembly_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

const fixture = "testdata/cdk.out"

// read reads the fixture.
func read(t *testing.T) *assembly.Assembly {
	t.Helper()
	a, err := assembly.Read(fixture)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestReadStacks(t *testing.T) {
	a := read(t)
	var names []string
	for _, s := range a.Stacks {
		names = append(names, s.DisplayName)
	}
	if diff := cmp.Diff([]string{"Primary/Infra", "Primary/App", "Edge"}, names); diff != "" {
		t.Errorf("deployment order (-want +got):\n%s", diff)
	}
	want := assembly.Stack{
		ID: "PrimaryApp", DisplayName: "Primary/App", Name: "todo-app", Account: "123456789012", Region: "us-east-1",
		TerminationProtection: true, Tags: map[string]string{"team": "todo"}, Dependencies: []string{"PrimaryInfra"},
		TemplateFile: filepath.Join("assembly-Primary", "PrimaryApp.template.json"),
		Assets: []assembly.Asset{{
			ID: "4944f59f", DisplayName: "Function/Code", Packaging: "zip",
			Path: filepath.Join(fixture, "asset.4944f59f"), ObjectKeys: []string{"4944f59f.zip"},
		}},
	}
	got := *a.Stack("Primary/App")
	got.Template = nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stack (-want +got):\n%s", diff)
	}
	if edge := a.Stack("Edge"); edge.Name != "Edge" || edge.Account != "" || edge.Region != "" {
		t.Errorf("stack for any environment: got name %q, account %q, Region %q", edge.Name, edge.Account, edge.Region)
	}
}

func TestReadMissingContext(t *testing.T) {
	want := []assembly.MissingContext{
		{Key: "availability-zones:account=123456789012:region=us-east-1", Provider: "availability-zones"},
	}
	if diff := cmp.Diff(want, read(t).Missing); diff != "" {
		t.Errorf("missing context (-want +got):\n%s", diff)
	}
}

func TestReadReport(t *testing.T) {
	report := read(t).Report
	if report == nil || len(report.Plugins) != 2 {
		t.Fatalf("report: got %+v, want two plugins", report)
	}
	found := report.Plugins[0]
	if found.Name != "CloudFormation Validate" || found.Conclusion != "failure" || len(found.Violations) != 1 {
		t.Errorf("plugin: got %+v", found)
	}
	if v := found.Violations[0]; v.Rule != "F3031" || v.Severity != "error" || v.Paths()[0] != "Primary/Infra/Bucket/Resource" {
		t.Errorf("violation: got %+v", v)
	}
	suppressed := report.Plugins[1].Suppressed[0]
	if suppressed.Reason != "it is a test" {
		t.Errorf("reason: got %q", suppressed.Reason)
	}
	if diff := cmp.Diff([]string{"App", "Edge"}, suppressed.Paths()); diff != "" {
		t.Errorf("paths (-want +got):\n%s", diff)
	}
}

func TestReadWithoutReport(t *testing.T) {
	a, err := assembly.Read(copyFixture(t, "validation-report.json", ""))
	if err != nil || a.Report != nil {
		t.Errorf("got report %v, error %v, want neither", a.Report, err)
	}
}

func TestStackByAnyName(t *testing.T) {
	a := read(t)
	for _, name := range []string{"PrimaryInfra", "Primary/Infra", "todo-infra"} {
		if s := a.Stack(name); s == nil || s.ID != "PrimaryInfra" {
			t.Errorf("Stack(%q): got %v", name, s)
		}
	}
	if s := a.Stack("Secondary/Infra"); s != nil {
		t.Errorf("Stack of no such name: got %v", s)
	}
}

func TestReadErrors(t *testing.T) {
	const manifest, nested = "manifest.json", "assembly-Primary/manifest.json"
	tests := map[string]struct {
		file, old, new string
		want           []string
	}{
		"fails without a manifest":          {file: manifest, want: []string{"read ", manifest, "no such file"}},
		"fails on a broken manifest":        {manifest, "{", "[", []string{"decode ", manifest}},
		"fails on artifacts of other shape": {manifest, `"artifacts": {`, `"artifacts": [], "x": {`, []string{"decode ", manifest}},
		"fails outside the directory": {
			manifest, `"directoryName": "assembly-Primary"`, `"directoryName": "../other"`,
			[]string{manifest, "artifact assembly-Primary", "must be inside the assembly", "../other"},
		},
		"fails on an assembly nested in itself": {
			manifest, `"directoryName": "assembly-Primary"`, `"directoryName": "x/.."`, []string{"must be inside the assembly", "x/.."},
		},
		"fails on an environment": {
			manifest, "aws://unknown-account/unknown-region", "us-east-1",
			[]string{"artifact Edge", "aws://ACCOUNT/REGION", `"us-east-1"`},
		},
		"fails without a nested manifest": {file: nested, want: []string{"artifact assembly-Primary", nested}},
		"fails on a template outside": {
			nested, `"PrimaryApp.template.json"`, `"/etc/passwd"`, []string{nested, "artifact PrimaryApp", "/etc/passwd"},
		},
		"fails without a template": {
			file: "Edge.template.json", want: []string{"artifact Edge", "read ", "Edge.template.json"},
		},
		"fails on a broken template": {
			"Edge.template.json", `"Resources"`, `Resources`, []string{"artifact Edge", "decode ", "Edge.template.json"},
		},
		"fails on a resource without a type": {
			"Edge.template.json", `"Type"`, `"Kind"`, []string{"Edge.template.json", "resource Distribution", "has no Type"},
		},
		"fails on a dependency of other shape": {
			"assembly-Primary/PrimaryApp.template.json", `"DependsOn": "Role"`, `"DependsOn": 1`,
			[]string{"artifact PrimaryApp", "resource Policy", "DependsOn"},
		},
		"fails without metadata": {
			file: "assembly-Primary/PrimaryApp.metadata.json", want: []string{"artifact PrimaryApp", "PrimaryApp.metadata.json"},
		},
		"fails on metadata outside": {
			nested, `"PrimaryApp.metadata.json"`, `"../x.json"`, []string{"artifact PrimaryApp", "../x.json"},
		},
		"fails without an asset manifest": {
			file: "assembly-Primary/PrimaryApp.assets.json",
			want: []string{"artifact PrimaryApp", "artifact PrimaryApp.assets", "PrimaryApp.assets.json"},
		},
		"fails on assets outside": {
			nested, `"PrimaryApp.assets.json"`, `"../x.json"`, []string{"artifact PrimaryApp.assets", "../x.json"},
		},
		"fails on a broken report": {"validation-report.json", "{", "", []string{"decode ", "validation-report.json"}},
		"fails on two stacks of one ID": {
			manifest, `"Edge": {`, `"PrimaryApp": {`, []string{"artifact PrimaryApp", "two stacks"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := assembly.Read(copyFixture(t, test.file, test.old, test.new))
			if err == nil {
				t.Fatal("got no error")
			}
			for _, part := range test.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error %q does not say %q", err, part)
				}
			}
		})
	}
}

// copyFixture copies the fixture, with one file removed, or with a part of it replaced.
func copyFixture(t *testing.T, file string, replace ...string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(fixture)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, file)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if replace[0] == "" {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	if !strings.Contains(string(data), replace[0]) {
		t.Fatalf("%s does not hold %s", file, replace[0])
	}
	changed := strings.Replace(string(data), replace[0], replace[1], 1)
	if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}
