package scripts

import (
	"slices"
	"strings"
	"testing"
)

const arpio = "arpioAccountId=RQDLgR8ar2ipEV0VbfQLno"

func TestDeployRecovery(t *testing.T) {
	want := slices.Concat(deployment, []string{"deploy ToDoMgmt-recovery"})
	newRepo(t).run(t, "deploy.sh", "-c", arpio).succeeds(t).changed(t, want...)
}

// withRecovery is a repository whose application was deployed with the recovery stack.
func withRecovery(t *testing.T) *repo {
	t.Helper()
	r := newRepo(t)
	r.run(t, "deploy.sh", "-c", arpio).succeeds(t)
	r.change(t, func(w *world) { w.Changes = nil })
	return r
}

// What is attached to Arpio's bus goes before everything but the pipeline, so that Arpio's stack can follow at once.
func TestDestroyRecoveryFirst(t *testing.T) {
	got := withRecovery(t).run(t, "destroy.sh", "--yes", "-c", arpio).exits(t, 0, "Arpio's own stack can be deleted now").gone(t)
	destroyed := slices.DeleteFunc(slices.Clone(got.Changes), func(c string) bool { return !strings.HasPrefix(c, "destroy ") })
	if len(destroyed) < 2 || destroyed[0] != "destroy ToDoMgmt" || destroyed[1] != "destroy ToDoMgmt-recovery" {
		t.Errorf("destroyed %q", destroyed)
	}
}

func TestDestroyFailsWithoutArpioAccount(t *testing.T) {
	r := withRecovery(t)
	r.run(t, "destroy.sh", "--yes").exits(t, 2, "ToDoMgmt-recovery is deployed in us-east-2", "give -c arpioAccountId=ID").changed(t)
	r.run(t, "destroy.sh", "--yes", "-c", arpio).succeeds(t).gone(t)
}

// Without a recovery stack nothing is said of Arpio.
func TestDestroyWithoutRecovery(t *testing.T) {
	if got := deployed(t).run(t, "destroy.sh", "--yes", "-c", arpio).succeeds(t).gone(t); strings.Contains(got.output, "Arpio") {
		t.Errorf("it said\n%s", got.output)
	}
}
