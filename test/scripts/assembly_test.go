package scripts

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// planned is a stack as the application synthesizes it.
type planned struct {
	ID, Name, Region string
	After            []string // IDs of the stacks that must exist before
	Protected        bool
	Template         template
}

// plan is what the application synthesizes: the stacks of the reference application and a support stack, which CDK adds for a
// pipeline that works in another Region. They are in no useful order.
func plan(app, removalPolicy string) []planned {
	keep := removalPolicy != "destroy"
	policy := map[bool]string{true: "Retain", false: "Delete"}[keep]
	bucket := templateResource{Type: "AWS::S3::Bucket", DeletionPolicy: policy}
	cluster := templateResource{
		Type: "AWS::RDS::DBCluster", DeletionPolicy: policy,
		Properties: map[string]any{"DeletionProtection": keep, "Name": strings.ToLower(app)},
	}
	// What has a name of ours and is not a cluster is kept only after it was created.
	named := func(typ, name string) templateResource {
		return templateResource{
			Type: typ, DeletionPolicy: map[bool]string{true: "RetainExceptOnCreate", false: "Delete"}[keep],
			Properties: map[string]any{"Name": name},
		}
	}
	log := named("AWS::Logs::LogGroup", "/aws/rds/cluster/"+strings.ToLower(app)+"/audit")
	pool := map[bool]string{true: "ACTIVE", false: "INACTIVE"}[keep]
	api := map[string]templateResource{
		"Function": {Type: "AWS::Lambda::Function"},
		"Pool":     {Type: "AWS::Cognito::UserPool", Properties: map[string]any{"DeletionProtection": pool}},
	}
	pri, secd := app+"/PriDeploy/"+app, app+"/SecdDeploy/"+app
	support := "cross-region-stack-" + account + ":us-east-2"
	return []planned{
		{app + "-edge", app + "-edge", "us-east-1", []string{pri + "-app-pri", secd + "-app-secd"}, keep, template{map[string]templateResource{
			"Logs":    bucket,
			"Archive": {Type: "AWS::S3::Bucket", DeletionPolicy: "Retain"},
		}}},
		{app, app, "us-east-1", []string{support}, keep, template{map[string]templateResource{
			"Repository": named("AWS::CodeCommit::Repository", app+"Repo"), "Artifacts": bucket,
		}}},
		{support, app + "-support-us-east-2", "us-east-2", nil, false, template{map[string]templateResource{"Artifacts": bucket}}},
		{secd + "-app-secd", "SecdDeploy-" + app + "-app-secd", "us-east-2", []string{secd + "-infra-secd"}, false, template{api}},
		{
			secd + "-infra-secd", "SecdDeploy-" + app + "-infra-secd", "us-east-2",
			[]string{pri + "-infra-pri"},
			keep,
			template{map[string]templateResource{"Cluster": cluster, "AuditLog": log, "FlowLogs": bucket}},
		},
		{pri + "-app-pri", "PriDeploy-" + app + "-app-pri", "us-east-1", []string{pri + "-infra-pri"}, false, template{api}},
		{pri + "-infra-pri", "PriDeploy-" + app + "-infra-pri", "us-east-1", nil, keep, template{map[string]templateResource{
			"Cluster": cluster, "AuditLog": log, "FlowLogs": bucket,
			"Secret": named("AWS::SecretsManager::Secret", app+"-secret"),
			"Global": named("AWS::RDS::GlobalCluster", app+"-global"),
		}}},
	}
}

// recoveryPlan is the stack that there is with an Arpio account.
func recoveryPlan(app, removalPolicy string) planned {
	keep := removalPolicy != "destroy"
	record := templateResource{Type: "AWS::Logs::LogGroup", DeletionPolicy: map[bool]string{true: "RetainExceptOnCreate", false: "Delete"}[keep]}
	return planned{app + "-recovery", app + "-recovery", "us-east-2", nil, keep, template{map[string]templateResource{"Record": record}}}
}

// planFile is where the model's synthesis leaves the plan for the model's deployment, beside what CDK writes.
const planFile = "plan.json"

// writeAssembly writes a cloud assembly of stacks, with the manifests that CDK writes: stages are nested assemblies, a stack's
// name is left out where it is the artifact's own ID.
func writeAssembly(folder, account string, stacks []planned) error {
	manifests := map[string]map[string]any{}
	root := map[string]any{"Tree": map[string]any{"type": "cdk:tree", "properties": map[string]any{"file": "tree.json"}}}
	manifests["."] = root
	key := func(id string) string { return strings.NewReplacer("/", "", ":", "", "-", "").Replace(id) }
	for _, s := range stacks {
		artifacts, nested := root, "."
		if parts := strings.Split(s.ID, "/"); len(parts) == 3 {
			nested = "assembly-" + parts[0] + "-" + parts[1]
			root[nested] = map[string]any{"type": "cdk:cloud-assembly", "properties": map[string]any{"directoryName": nested}}
			if manifests[nested] == nil {
				manifests[nested] = map[string]any{}
			}
			artifacts = manifests[nested]
		}
		properties := map[string]any{"templateFile": key(s.ID) + ".template.json", "terminationProtection": s.Protected}
		if s.Name != key(s.ID) {
			properties["stackName"] = s.Name
		}
		dependencies := []string{key(s.ID) + ".assets"}
		for _, id := range s.After {
			// Stacks of different stages cannot depend on each other.
			if filepath.Dir(id) == filepath.Dir(s.ID) {
				dependencies = append(dependencies, key(id))
			}
		}
		artifacts[key(s.ID)+".assets"] = map[string]any{
			"type": "cdk:asset-manifest", "properties": map[string]any{"file": key(s.ID) + ".assets.json"},
		}
		artifacts[key(s.ID)] = map[string]any{
			"type": "aws:cloudformation:stack", "displayName": s.ID, "properties": properties, "dependencies": dependencies,
			"environment": fmt.Sprintf("aws://%s/%s", account, s.Region),
		}
		if err := writeJSON(filepath.Join(folder, nested, key(s.ID)+".template.json"), s.Template); err != nil {
			return err
		}
	}
	for nested, artifacts := range manifests {
		manifest := map[string]any{"version": "36.0.0", "artifacts": artifacts}
		if err := writeJSON(filepath.Join(folder, nested, "manifest.json"), manifest); err != nil {
			return err
		}
	}
	return writeJSON(filepath.Join(folder, planFile), stacks)
}

func writeJSON(path string, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o600)
}

func TestAssemblyFailsWithoutStacks(t *testing.T) {
	r := newRepo(t)
	folder := filepath.Join(r.folder, "empty")
	if err := writeAssembly(folder, account, nil); err != nil {
		t.Fatal(err)
	}
	out, err := output(t, r, "node", "scripts/assembly.js", folder)
	if err == nil || !strings.Contains(out, "has no delivery, infra-pri, app-pri, infra-secd, app-secd stack; it has no stack at all") {
		t.Errorf("%v: %s", err, out)
	}
}

// TestAssemblyAgreesWithCLI reads the same assembly with the CDK CLI that the repository pins, so that the model's assembly is one
// that CDK knows, and the script's reading of it is the CLI's.
func TestAssemblyAgreesWithCLI(t *testing.T) {
	r := newRepo(t)
	folder := filepath.Join(r.folder, "cdk.out")
	if err := writeAssembly(folder, account, plan("Orders", "retain")); err != nil {
		t.Fatal(err)
	}
	cli, err := filepath.Abs("../../node_modules/aws-cdk/bin/cdk")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(cli); err != nil {
		t.Fatal("the CDK CLI is not installed: run npm ci")
	}
	listed, err := output(t, r, "node", cli, "ls", "--app", folder)
	if err != nil {
		t.Fatalf("%v: %s", err, listed)
	}
	read, err := output(t, r, "node", "scripts/assembly.js", folder)
	if err != nil {
		t.Fatalf("%v: %s", err, read)
	}
	for line := range strings.Lines(read) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if !strings.Contains("\n"+listed, "\n"+fields[1]) {
			t.Errorf("cdk ls does not list %s:\n%s", fields[1], listed)
		}
	}
	if got, want := strings.Count(read, "\n"), strings.Count(listed, "\n"); got != want {
		t.Errorf("%d stacks, cdk ls has %d:\n%s", got, want, listed)
	}
}
