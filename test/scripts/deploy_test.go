package scripts

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// deployment is what a first deployment changes.
var deployment = []string{
	"bootstrap us-east-1",
	"bootstrap us-east-2",
	"deploy cross-region-stack-210987654321:us-east-2",
	"deploy ToDoMgmt",
	"deploy ToDoMgmt/PriDeploy/ToDoMgmt-infra-pri",
	"deploy ToDoMgmt/PriDeploy/ToDoMgmt-app-pri",
	`invoke ToDoMgmt-app-pri-CreateTableFunction in us-east-1 with {"action": "CREATE_TABLE"}`,
	"deploy ToDoMgmt/SecdDeploy/ToDoMgmt-infra-secd",
	"deploy ToDoMgmt/SecdDeploy/ToDoMgmt-app-secd",
	"deploy ToDoMgmt-edge",
	"deploy ToDoMgmt-failback",
	"deploy ToDoMgmt-failover",
}

// again is what a deployment changes that has nothing to change.
var again = []string{deployment[0], deployment[1], deployment[6]}

func TestDeployOrder(t *testing.T) {
	r := newRepo(t)
	got := r.run(t, "deploy.sh").succeeds(t).changed(t, deployment...)
	synths := slices.DeleteFunc(slices.Clone(got.Calls), func(c string) bool { return !strings.HasPrefix(c, "cdk synth ") })
	if !slices.Equal(synths, []string{"cdk synth --quiet --output cdk.out"}) {
		t.Errorf("synthesized with %q, want once, into cdk.out", synths)
	}
	for _, call := range got.Calls {
		if strings.HasPrefix(call, "cdk deploy ") && !strings.HasSuffix(call, " --app cdk.out --require-approval never") {
			t.Errorf("%s does not deploy what was synthesized", call)
		}
	}
}

// A Region's APIs read outputs of its network and database when they are deployed, so they are deployed though their templates are
// as before. Nothing else is.
func TestDeployForcesWhatReadsOutputs(t *testing.T) {
	var forced []string
	for _, call := range deployed(t).run(t, "deploy.sh").succeeds(t).Calls {
		if strings.HasPrefix(call, "cdk deploy ") && strings.Contains(call, " --exclusively --force ") {
			forced = append(forced, strings.Fields(call)[2])
		} else if strings.Contains(call, "--force") {
			t.Errorf("%s forces what it depends on", call)
		}
	}
	if want := []string{"ToDoMgmt/PriDeploy/ToDoMgmt-app-pri", "ToDoMgmt/SecdDeploy/ToDoMgmt-app-secd"}; !slices.Equal(forced, want) {
		t.Errorf("forced %q, want %q", forced, want)
	}
}

// CDK deploys a stack's dependencies with it, so no step of their own is needed.
func TestDeployNamesEachStackOnce(t *testing.T) {
	got := newRepo(t).run(t, "deploy.sh", "--dry-run").succeeds(t)
	if strings.Contains(got.output, "cdk deploy cross-region-stack") {
		t.Errorf("the support stack is deployed twice:\n%s", got.output)
	}
	if n := strings.Count(got.output, "cdk deploy "); n != 8 {
		t.Errorf("%d deployments, want 8:\n%s", n, got.output)
	}
}

func TestDeployAgainChangesNothing(t *testing.T) {
	deployed(t).run(t, "deploy.sh").succeeds(t).changed(t, again...)
}

func TestDeployAgainAfterFailover(t *testing.T) {
	r := deployed(t, func(w *world) { slices.Reverse(w.Members) })
	r.run(t, "deploy.sh").exits(t, 0, "The writer is in us-east-2").changed(t, again[:2]...)
}

func TestDeployPassesOptions(t *testing.T) {
	got := newRepo(t).run(t, "deploy.sh", "-c", "applicationName=Orders", "--context=note=two words", "--require-approval", "broadening",
		"--concurrency", "2", "--verbose").succeeds(t)
	for _, want := range []string{
		"cdk synth --quiet --output cdk.out -c applicationName=Orders -c note=two words",
		"cdk bootstrap aws://210987654321/us-east-1 aws://210987654321/us-east-2 -c applicationName=Orders -c note=two words",
		"cdk deploy Orders/SecdDeploy/Orders-infra-secd --app cdk.out --require-approval broadening --concurrency 2 --verbose",
	} {
		if !slices.Contains(got.Calls, want) {
			t.Errorf("no %q in\n%s", want, strings.Join(got.Calls, "\n"))
		}
	}
	if want := "invoke Orders-app-pri-CreateTableFunction"; !strings.HasPrefix(got.Changes[6], want) {
		t.Errorf("%s, want %s", got.Changes[6], want)
	}
}

func TestDeployDryRun(t *testing.T) {
	got := newRepo(t, func(w *world) { w.Caller, w.Configured = "", "123456789012" }).run(t, "deploy.sh", "--dry-run").exits(t, 0,
		"cdk bootstrap aws://123456789012/us-east-1 aws://123456789012/us-east-2",
		"cdk deploy ToDoMgmt-edge --app cdk.out --require-approval never",
		"aws lambda invoke --region us-east-1 --function-name ToDoMgmt-app-pri-CreateTableFunction").changed(t)
	if len(got.Calls) != 1 {
		t.Errorf("called %q, want the synthesis only", got.Calls)
	}
}

func TestDeployFailsBeforeAnyChange(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*world)
		args   []string
		want   string
	}{
		"no credentials":      {func(w *world) { w.Caller = "" }, nil, "AWS does not accept the credentials"},
		"other account":       {func(w *world) { w.Caller = "111111111111" }, nil, "the credentials are of account 111111111111, the application is configured for 210987654321"},
		"placeholder account": {func(w *world) { w.Configured = "123456789012" }, nil, "no AWS account is configured"},
		"no account":          {func(w *world) { w.Configured = "unknown-account" }, nil, "no AWS account is configured"},
		"configuration":       {nil, []string{"-c", "secondaryRegion=us-east-1"}, "secondaryRegion must differ from primaryRegion"},
		"context without one": {nil, []string{"-c"}, "-c needs KEY=VALUE"},
		"profile":             {nil, []string{"--profile", "x"}, "set AWS_PROFILE"},
		"hotswap":             {nil, []string{"--hotswap"}, "--hotswap makes the stacks differ"},
		"app":                 {nil, []string{"--app", "x"}, "--app is this script's own"},
		"one stack":           {nil, []string{"ToDoMgmt-edge"}, "unexpected ToDoMgmt-edge"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepo(t)
			if test.change != nil {
				r.change(t, test.change)
			}
			r.run(t, "deploy.sh", test.args...).exits(t, 2, test.want).changed(t)
		})
	}
}

// A profile's Region must not decide where the application is at home: another profile would deploy a second application.
func TestDeployFailsWithoutPrimaryRegion(t *testing.T) {
	for _, unpinned := range []string{`{}`, `{"context": {}}`, `{"context": {"primaryRegion": ""}}`} {
		r := newRepo(t)
		r.pin(t, unpinned)
		r.run(t, "deploy.sh", "-c", "note=primaryRegion=").exits(t, 2, "primaryRegion is not pinned", "cdk.json").changed(t)
		r.run(t, "deploy.sh", "--dry-run").succeeds(t).changed(t)
		r.run(t, "deploy.sh", "-c", "primaryRegion=us-east-1").succeeds(t).changed(t, deployment...)
	}
}

func TestDeployFailsWithoutCLI(t *testing.T) {
	r := newRepo(t)
	if err := os.Remove(filepath.Join(r.folder, "node_modules/.bin/cdk")); err != nil {
		t.Fatal(err)
	}
	r.run(t, "deploy.sh").exits(t, 2, "run npm ci first")
}

func TestDeployFailsWithFunction(t *testing.T) {
	for _, answer := range []string{`{"errorMessage": "boom"}`, `{"statusCode": 503, "body": "no writer"}`, `null`, `{"statusCode": 2000}`} {
		t.Run(answer, func(t *testing.T) {
			r := newRepo(t, func(w *world) { w.Answer = answer })
			r.run(t, "deploy.sh").exits(t, 1, "CreateTableFunction answered", answer, "Stopped in step 5", "run the same command again").
				changed(t, deployment[:7]...)
		})
	}
}

func TestDeployGoesOnAfterFailure(t *testing.T) {
	for _, broken := range deployment {
		t.Run(broken, func(t *testing.T) {
			r := newRepo(t, func(w *world) { w.Broken = []string{broken} })
			r.run(t, "deploy.sh").exits(t, 1, "run the same command again")
			got := r.run(t, "deploy.sh").succeeds(t)
			if want := 9 + 2; len(got.names()) != want {
				t.Errorf("%d stacks, want %d: %q", len(got.names()), want, got.names())
			}
		})
	}
}

// A cluster is protected, so it stays when the creation of its stack fails after it, and has to be deleted by hand.
func TestDeployFailsWithLeftOverCluster(t *testing.T) {
	r := newRepo(t, func(w *world) { w.Taken = []string{"us-east-2 AWS::RDS::DBCluster todomgmt"} })
	r.run(t, "deploy.sh").exits(t, 1, "AWS::RDS::DBCluster todomgmt already exists", "Stopped in step 6").changed(t, deployment[:8]...)
}

func TestDeployFailsWithoutAnswers(t *testing.T) {
	for _, denied := range []string{"cloudformation list-stack-resources", "rds describe-global-clusters"} {
		t.Run(denied, func(t *testing.T) {
			r := newRepo(t, func(w *world) { w.Denied = denied })
			r.run(t, "deploy.sh").exits(t, 1, "AccessDenied", "Stopped in step 5").changed(t, deployment[:6]...)
		})
	}
}

func TestDeployInterrupted(t *testing.T) {
	r := newRepo(t, func(w *world) { w.Interrupted = deployment[7:8] })
	r.run(t, "deploy.sh").exits(t, 130, "Stopped in step 6").changed(t, deployment[:8]...)
}

func TestHelp(t *testing.T) {
	for _, script := range []string{"deploy.sh", "destroy.sh"} {
		newRepo(t).run(t, script, "--help").exits(t, 0, "Usage: scripts/"+script, "--dry-run", "Exit status").changed(t)
	}
}
