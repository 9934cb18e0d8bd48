package scripts

import (
	"slices"
	"strings"
	"testing"
)

// Parts of a destruction, in the order in which they happen.
var (
	delivery = []string{"deploy ToDoMgmt", "destroy ToDoMgmt"}
	lifting  = []string{
		"deploy cross-region-stack-210987654321:us-east-2",
		"deploy ToDoMgmt/PriDeploy/ToDoMgmt-infra-pri", "deploy ToDoMgmt/PriDeploy/ToDoMgmt-app-pri",
		"deploy ToDoMgmt/SecdDeploy/ToDoMgmt-infra-secd", "deploy ToDoMgmt/SecdDeploy/ToDoMgmt-app-secd",
		"deploy ToDoMgmt-edge", "deploy ToDoMgmt-failback", "deploy ToDoMgmt-failover",
	}
	users = []string{
		"destroy ToDoMgmt-failover", "destroy ToDoMgmt-failback", "destroy ToDoMgmt-edge", "destroy cross-region-stack-210987654321:us-east-2",
		"destroy ToDoMgmt/SecdDeploy/ToDoMgmt-app-secd", "destroy ToDoMgmt/PriDeploy/ToDoMgmt-app-pri",
	}
	primary   = []string{"destroy ToDoMgmt/PriDeploy/ToDoMgmt-infra-pri"}
	secondary = []string{"destroy ToDoMgmt/SecdDeploy/ToDoMgmt-infra-secd"}
)

// Names of stacks as CloudFormation knows them.
const (
	infraPri  = "PriDeploy-ToDoMgmt-infra-pri"
	infraSecd = "SecdDeploy-ToDoMgmt-infra-secd"
)

// gone asserts that nothing is left but CDK's bootstrap stacks and what stacks keep by their templates.
func (r result) gone(t *testing.T) result {
	t.Helper()
	if got, want := r.names(), []string{"us-east-1 CDKToolkit", "us-east-2 CDKToolkit"}; !slices.Equal(got, want) {
		t.Errorf("stacks %q, want %q; it said\n%s", got, want, r.output)
	}
	for bucket := range r.Buckets {
		if bucket != "todomgmt-edge-archive" && bucket != "cdktoolkit-stagingbucket" {
			t.Errorf("bucket %s is still there", bucket)
		}
	}
	if len(r.Members) > 0 {
		t.Errorf("databases in %q are still there", r.Members)
	}
	return r
}

func TestDestroyOrder(t *testing.T) {
	unprotected(t).run(t, "destroy.sh", "--yes").succeeds(t).gone(t).
		changed(t, slices.Concat(delivery[1:], users, secondary, primary)...)
}

func TestDestroyLiftsProtection(t *testing.T) {
	got := deployed(t).run(t, "destroy.sh", "--yes").gone(t).exits(t, 0,
		"Lift the protection of PriDeploy-ToDoMgmt-infra-pri in us-east-1: termination protection, ", "Cluster (Retain), Cluster (deletion protection)")
	got.changed(t, slices.Concat(delivery, lifting, users, secondary, primary)...)
	if !slices.Contains(got.Calls, "cdk synth --quiet --output cdk.out.destroy -c removalPolicy=destroy") {
		t.Errorf("not synthesized beside cdk.out: %q", got.Calls[0])
	}
}

func TestDestroyWhileWriterIsInSecondary(t *testing.T) {
	r := deployed(t, func(w *world) { slices.Reverse(w.Members) })
	r.run(t, "destroy.sh", "--yes").exits(t, 0, "The reader is gone").gone(t).
		changed(t, slices.Concat(delivery, lifting, users, primary, secondary, primary)...)
}

func TestDestroyFailsWithReaderThatStays(t *testing.T) {
	r := deployed(t, func(w *world) {
		slices.Reverse(w.Members)
		w.Broken = primary
	})
	r.run(t, "destroy.sh", "--yes").exits(t, 1, infraPri+" still has its database").
		changed(t, slices.Concat(delivery, lifting, users, primary)...)
	r.run(t, "destroy.sh", "--yes").succeeds(t).gone(t)
}

func TestDestroyAsksForTheName(t *testing.T) {
	r := deployed(t)
	for input, want := range map[string]string{"yes\n": "that is not ToDoMgmt", "": "no answer"} {
		r.input = input
		r.run(t, "destroy.sh").exits(t, 2, want, "us-east-2  "+infraSecd+"  CREATE_COMPLETE").changed(t)
	}
	r.input = "ToDoMgmt\n"
	r.run(t, "destroy.sh").succeeds(t).gone(t)
}

func TestDestroyDryRun(t *testing.T) {
	r := deployed(t, func(w *world) { w.fill("todomgmt-artifacts", 3, 0) })
	got := r.run(t, "destroy.sh", "--dry-run").exits(t, 0, "Emptying s3://todomgmt-artifacts",
		"cdk deploy ToDoMgmt --app cdk.out.destroy --exclusively --require-approval never",
		"cdk destroy ToDoMgmt/PriDeploy/ToDoMgmt-infra-pri --app cdk.out.destroy --exclusively --force").changed(t)
	if len(got.Buckets["todomgmt-artifacts"]) != 3 || len(got.names()) != 11 {
		t.Error("a dry run changed something")
	}
}

func TestDestroyEmptiesBuckets(t *testing.T) {
	const archive, other = "todomgmt-edge-archive", "todomgmt-of-somebody-else"
	r := deployed(t, func(w *world) {
		w.fill("todomgmt-artifacts", 1500, 1001)
		w.fill(strings.ToLower(infraPri)+"-flowlogs", 1, 0)
		w.fill(archive, 2, 0)
		w.Buckets[other] = nil
		w.fill(other, 5, 0)
	})
	got := r.run(t, "destroy.sh", "--yes").exits(t, 0, "Kept when they were deleted", "us-east-1  AWS::S3::Bucket  "+archive)
	requests := 0
	for _, change := range got.Changes {
		if change == "empty todomgmt-artifacts" {
			requests++
		}
	}
	if requests != 3 {
		t.Errorf("%d requests to delete 2501 versions, want 3", requests)
	}
	if len(got.Buckets[archive]) != 2 {
		t.Error("a bucket that is kept was emptied")
	}
	if len(got.Buckets[other]) != 5 {
		t.Error("a bucket outside the stacks was touched")
	}
	delete(got.Buckets, other)
	got.gone(t)
}

func TestDestroyFailsWithVersionsThatStay(t *testing.T) {
	r := deployed(t, func(w *world) {
		w.Buckets["todomgmt-artifacts"] = []object{{Key: "kept", VersionId: "1", Held: true}}
	})
	r.run(t, "destroy.sh", "--yes").exits(t, 1, "cannot empty s3://todomgmt-artifacts: kept: Access Denied")
}

func TestDestroyWithBucketDeletedByHand(t *testing.T) {
	r := deployed(t, func(w *world) { delete(w.Buckets, "todomgmt-artifacts") })
	r.run(t, "destroy.sh", "--yes").succeeds(t).gone(t)
}

func TestDestroyWithLogsThatArriveLate(t *testing.T) {
	r := deployed(t, func(w *world) { w.Late["todomgmt-edge-logs"] = 2 })
	r.run(t, "destroy.sh", "--yes").exits(t, 0, "Emptying its buckets again").gone(t)
}

func TestDestroyGoesOnAfterFailure(t *testing.T) {
	for _, broken := range slices.Concat(delivery, lifting, users, secondary, primary) {
		t.Run(broken, func(t *testing.T) {
			r := deployed(t, func(w *world) {
				w.Broken = []string{broken}
				if strings.HasPrefix(broken, "destroy ") {
					w.Broken = []string{broken, broken} // a deletion is tried twice
				}
			})
			r.run(t, "destroy.sh", "--yes").exits(t, 1, "Stopped in step", "run the same command again")
			r.run(t, "destroy.sh", "--yes").succeeds(t).gone(t)
		})
	}
}

func TestDestroyTwice(t *testing.T) {
	r := deployed(t)
	first := r.run(t, "destroy.sh", "--yes").succeeds(t)
	r.run(t, "destroy.sh", "--yes").exits(t, 0, "No stack of ToDoMgmt is deployed", "Kept when they were deleted").changed(t, first.Changes...)
}

func TestDestroyInterrupted(t *testing.T) {
	r := deployed(t, func(w *world) { w.Interrupted = users[2:3] })
	r.run(t, "destroy.sh", "--yes").exits(t, 130, "Stopped in step").
		changed(t, slices.Concat(delivery, lifting, users[:3])...)
	r.run(t, "destroy.sh", "--yes").succeeds(t).gone(t)
}

func TestDestroyStacksInAnyStatus(t *testing.T) {
	for status, want := range map[string]string{
		"ROLLBACK_COMPLETE": "unprotect " + infraPri, "DELETE_FAILED": "unprotect " + infraPri,
		"REVIEW_IN_PROGRESS": "unprotect " + infraPri, "DELETE_IN_PROGRESS": "",
	} {
		t.Run(status, func(t *testing.T) {
			r := unprotected(t, func(w *world) { w.live("us-east-1", infraPri).Status = status })
			got := r.run(t, "destroy.sh", "--yes").succeeds(t).gone(t)
			if slices.Contains(got.Changes, lifting[0]) {
				t.Error("a stack that cannot be updated was deployed")
			}
			if want != "" && !slices.Contains(got.Changes, want) {
				t.Errorf("no %s in %q", want, got.Changes)
			}
		})
	}
}

func TestDestroyFailsBeforeAnyChange(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*world)
		args   []string
		want   string
	}{
		"other account":       {func(w *world) { w.Caller = "111111111111" }, nil, "the credentials are of account 111111111111"},
		"placeholder account": {func(w *world) { w.Configured = "123456789012" }, nil, "no AWS account is configured"},
		"stack in progress":   {func(w *world) { w.live("us-east-1", infraPri).Status = "UPDATE_IN_PROGRESS" }, nil, infraPri + " in us-east-1 is UPDATE_IN_PROGRESS"},
		"switchover":          {func(w *world) { w.Moving = true }, nil, "the database is being moved"},
		"argument":            {nil, []string{"--force"}, "unexpected --force"},
	} {
		t.Run(name, func(t *testing.T) {
			r := deployed(t)
			if test.change != nil {
				r.change(t, test.change)
			}
			r.run(t, "destroy.sh", append(test.args, "--yes")...).exits(t, 2, test.want).changed(t)
		})
	}
}

// A question that AWS does not answer must end the run: silence would look like an absent stack, reader or bucket.
func TestDestroyFailsWithoutAnswers(t *testing.T) {
	for denied, status := range map[string]int{
		"sts get-caller-identity": 2, "cloudformation describe-stacks": 2, "cloudformation list-stack-resources": 2,
		"rds describe-global-clusters": 2, "cloudformation get-template": 1,
	} {
		t.Run(denied, func(t *testing.T) {
			r := deployed(t, func(w *world) { w.Denied = denied })
			r.run(t, "destroy.sh", "--yes").exits(t, status, "AccessDenied").changed(t)
		})
	}
	for _, denied := range []string{"s3api list-object-versions", "cloudformation list-stacks", "rds describe-db-cluster-snapshots"} {
		t.Run(denied, func(t *testing.T) {
			r := deployed(t, func(w *world) { w.Denied = denied })
			r.run(t, "destroy.sh", "--yes").exits(t, 1, "AccessDenied")
		})
	}
}

func TestDestroyOtherApplication(t *testing.T) {
	r := deployed(t)
	r.run(t, "destroy.sh", "--yes", "-c", "applicationName=Orders").exits(t, 0, "No stack of Orders is deployed in us-east-1 us-east-2").changed(t)

	r = newRepo(t, func(w *world) { w.Application = "Orders" })
	r.run(t, "deploy.sh").succeeds(t)
	r.run(t, "destroy.sh", "--yes").exits(t, 0, "The stacks of Orders are gone")
	if got := r.world(t).names(); len(got) != 2 {
		t.Errorf("stacks %q, want CDKToolkit in two Regions", got)
	}
}

func TestDestroyListsSnapshots(t *testing.T) {
	cluster := strings.ToLower(infraPri) + "-cluster"
	r := deployed(t, func(w *world) {
		w.Snapshots = map[string]string{cluster: "final-one", "cluster-of-somebody-else": "not-ours"}
	})
	got := r.run(t, "destroy.sh", "--yes").exits(t, 0, "us-east-1  snapshot  final-one")
	if strings.Contains(got.output, "not-ours") {
		t.Errorf("a snapshot of another database is listed:\n%s", got.output)
	}
}

func TestDestroyToolkit(t *testing.T) {
	other := func(w *world) {
		w.create(&stack{Region: "us-east-2", Name: "Other", CDK: true, Template: template{map[string]templateResource{}}})
		w.create(&stack{Region: "us-east-1", Name: "Unrelated", Template: template{map[string]templateResource{}}})
	}
	r := deployed(t, other)
	r.run(t, "destroy.sh", "--yes").exits(t, 0, "CDKToolkit stays in us-east-1 us-east-2")
	got := r.run(t, "destroy.sh", "--yes", "--with-toolkit").exits(t, 0, "CDKToolkit in us-east-2 stays: Other was deployed with it",
		"us-east-1  AWS::S3::Bucket  cdktoolkit-stagingbucket")
	if want := []string{"us-east-2 CDKToolkit", "us-east-2 Other", "us-east-1 Unrelated"}; !slices.Equal(got.names(), want) {
		t.Errorf("stacks %q, want %q", got.names(), want)
	}
}

func TestDestroyTouchesOnlyItsStacks(t *testing.T) {
	r := deployed(t, func(w *world) {
		for _, name := range []string{"ToDoMgmt2", "xToDoMgmt", "ToDoMgmt-edge-of-somebody"} {
			w.create(&stack{Region: "us-east-1", Name: name, CDK: true, Template: template{map[string]templateResource{
				"Bucket": {Type: "AWS::S3::Bucket"},
			}}})
			w.fill(strings.ToLower(name)+"-bucket", 1, 0)
		}
	})
	got := r.run(t, "destroy.sh", "--yes").succeeds(t)
	for _, name := range []string{"ToDoMgmt2", "xToDoMgmt", "ToDoMgmt-edge-of-somebody"} {
		if got.live("us-east-1", name) == nil || len(got.Buckets[strings.ToLower(name)+"-bucket"]) != 1 {
			t.Errorf("%s was touched", name)
		}
	}
}
