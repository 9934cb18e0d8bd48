package cloudformation_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/internal/assembly"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
)

const account = "123456789012"

// thing is a resource type that a world has a provider for.
const thing = "Test::Thing"

// world is what the tests deploy into.
type world struct {
	// parameters are the Systems Manager parameters, by Region and name.
	parameters map[string]string

	// secrets are the secrets by ID, stage and version.
	secrets map[string]string

	// created are the resources that the provider was asked for, in order.
	created []cloudformation.Resource

	options cloudformation.Options
}

func newWorld() *world {
	w := &world{
		parameters: map[string]string{"us-east-1 /name": "value", "us-east-1 /list": "a, b", "us-east-1 /name 3": "third"},
		secrets: map[string]string{
			"db AWSCURRENT ":           `{"user": "admin", "port": 3306}`,
			"db AWSPREVIOUS ":          `{"user": "old"}`,
			"db  v1":                   "plain",
			secretARN + " AWSCURRENT ": `{"user": "by arn"}`,
		},
	}
	w.options = cloudformation.Options{
		Providers: cloudformation.Registry{thing: w.create, "Custom::Parameter": w.putParameter},
		NoBearing: map[string]string{"Test::Nothing": "nothing looks at it"},
		Store:     cloudformation.Bootstrapped(w),
	}
	return w
}

const secretARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-a1b2c3"

// create makes a resource that has an attribute of each kind.
func (w *world) create(_ context.Context, r cloudformation.Resource) (cloudformation.Physical, error) {
	w.created = append(w.created, r)
	if r.Properties["Fail"] == true {
		return cloudformation.Physical{}, fmt.Errorf("%s is refused", r.LogicalID)
	}
	return cloudformation.Physical{Ref: "id-of-" + r.LogicalID, Attributes: map[string]any{
		"Arn":      "arn:" + r.LogicalID,
		"Endpoint": map[string]any{"Address": "host", "Port": 3306.0},
		"Dotted.X": "dotted",
		"List":     []any{"one", "two"},
	}}, nil
}

// putParameter puts a Systems Manager parameter into the Region that its properties name.
func (w *world) putParameter(_ context.Context, r cloudformation.Resource) (cloudformation.Physical, error) {
	name := fmt.Sprint(r.Properties["Name"])
	w.parameters[fmt.Sprintf("%v %s", r.Properties["Region"], name)] = fmt.Sprint(r.Properties["Value"])
	return cloudformation.Physical{Ref: name}, nil
}

func (w *world) Parameter(_ context.Context, ref cloudformation.ParameterReference) (string, error) {
	key := ref.Region + " " + ref.Name
	if ref.Version != 0 {
		key = fmt.Sprintf("%s %d", key, ref.Version)
	}
	if ref.Name == "/broken" {
		return "", fmt.Errorf("access denied")
	}
	v, ok := w.parameters[key]
	if !ok {
		return "", cloudformation.ErrNotFound
	}
	if ref.Secure {
		v = "secure " + v
	}
	return v, nil
}

func (w *world) Secret(_ context.Context, ref cloudformation.SecretReference) (string, error) {
	v, ok := w.secrets[ref.ID+" "+ref.VersionStage+" "+ref.VersionID]
	if !ok {
		return "", cloudformation.ErrNotFound
	}
	return v, nil
}

// templates are the templates of an assembly's stacks, by stack name and Region such as "infra us-east-1"; the Region is
// us-east-1 if left out.
type templates map[string]string

// assemble writes the templates as an assembly's. Stacks keep the order of their keys.
func assemble(t testing.TB, all templates) *assembly.Assembly {
	t.Helper()
	return assembleIn(t, t.TempDir(), all)
}

func assembleIn(t testing.TB, dir string, all templates) *assembly.Assembly {
	t.Helper()
	var stacks []*assembly.Stack
	for _, key := range slices.Sorted(maps.Keys(all)) {
		name, region, _ := strings.Cut(key, " ")
		if region == "" {
			region = "us-east-1"
		}
		file := strings.ReplaceAll(key, " ", "-") + ".template.json"
		if err := os.WriteFile(filepath.Join(dir, file), []byte(all[key]), 0o600); err != nil {
			t.Fatal(err)
		}
		parsed, err := assembly.ParseTemplate([]byte(all[key]))
		if err != nil {
			t.Fatalf("template %s: %v", key, err)
		}
		stacks = append(stacks, &assembly.Stack{
			ID: key, DisplayName: "Test/" + key, Name: name, Account: account, Region: region, Template: parsed, TemplateFile: file,
		})
	}
	a, err := assembly.New(stacks...)
	if err != nil {
		t.Fatal(err)
	}
	a.Dir = dir
	return a
}

// deploy deploys the templates into w.
func (w *world) deploy(t testing.TB, all templates) (*cloudformation.Deployment, error) {
	t.Helper()
	return cloudformation.Deploy(t.Context(), assemble(t, all), w.options)
}

// mustDeploy deploys the templates into w, which must succeed.
func (w *world) mustDeploy(t testing.TB, all templates) *cloudformation.Deployment {
	t.Helper()
	d, err := w.deploy(t, all)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// wantError fails the test unless err says all of parts.
func wantError(t testing.TB, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("got no error, want one that says %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}
