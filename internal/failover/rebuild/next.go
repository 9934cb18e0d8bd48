package rebuild

import (
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

// Step is a step of a rebuild.
type Step string

// The steps, in their order.
const (
	Record          Step = "record"           // write down what the old cluster is like
	Snapshot        Step = "snapshot"         // keep everything that it has
	Leave           Step = "leave"            // take it out of the global database that was left behind
	DropGlobal      Step = "drop-global"      // delete that global database
	CreateGlobal    Step = "create-global"    // create it anew around the writer
	Deregister      Step = "deregister"       // take the old cluster away from its proxy
	Unprotect       Step = "unprotect"        // allow its deletion
	DeleteInstances Step = "delete-instances" // delete its instances
	DeleteCluster   Step = "delete-cluster"   // delete it, with a final snapshot
	CreateCluster   Step = "create-cluster"   // create it anew, as a secondary
	CreateInstances Step = "create-instances" // create its instances anew
	Connect         Step = "connect"          // wait until it has received everything
	Register        Step = "register"         // give it to its proxy
	Reach           Step = "reach"            // wait until the proxy reaches it
)

// Steps are all steps, in their order.
func Steps() []Step {
	return []Step{
		Record, Snapshot, Leave, DropGlobal, CreateGlobal, Deregister, Unprotect, DeleteInstances, DeleteCluster,
		CreateCluster, CreateInstances, Connect, Register, Reach,
	}
}

// todo is what comes next.
type todo struct {
	step Step   // empty if nothing is left to do
	wait string // what is being waited for; empty if the step is to be taken
}

// errNoRecipe means that a cluster is gone, and nobody knows what it was like.
var errNoRecipe = errors.New("the cluster does not exist and there is no record of what it was like; " +
	"pass the directory that the earlier rebuild recorded it in, or restore the cluster by deploying its stack")

// next decides what comes next. It is a pure function of what was seen.
func (r *Rebuild) next(s seen) (todo, error) {
	if err := r.refuse(s); err != nil {
		return todo{}, err
	}
	switch {
	case r.joined(s):
		return r.complete(s), nil
	case s.old != nil:
		return r.dismantle(s), nil
	case s.recipe == nil:
		return todo{}, fmt.Errorf("%s: %w", r.site(r.Writer.Other()).ClusterArn, errNoRecipe)
	case !r.has(s.global, r.Writer):
		return r.remake(s), nil
	}
	return todo{step: CreateCluster}, nil
}

// refuse says why there is nothing that could be rebuilt as things are.
func (r *Rebuild) refuse(s seen) error {
	writer := r.site(r.Writer)
	if s.writer == nil {
		return fmt.Errorf("the cluster %s, around which the global database is to be rebuilt, does not exist", writer.ClusterArn)
	}
	if m := r.member(s.global, r.Writer); m != nil && !aws.ToBool(m.IsWriter) {
		return fmt.Errorf("the cluster %s is a member of the global database and not its writer; nothing is to be rebuilt", writer.ClusterArn)
	}
	if s.global == nil {
		return nil
	}
	for _, m := range s.global.GlobalClusterMembers {
		if _, ours := r.Document.RoleOfCluster(aws.ToString(m.DBClusterArn)); !ours {
			return fmt.Errorf("the global database %s has the member %s, which is not the application's; take it out first",
				r.Document.GlobalCluster, aws.ToString(m.DBClusterArn))
		}
	}
	return nil
}

// joined says whether both clusters are members.
func (r *Rebuild) joined(s seen) bool {
	return s.old != nil && r.has(s.global, r.Writer) && r.has(s.global, r.Writer.Other())
}

// remake gives the writer its global database.
func (r *Rebuild) remake(s seen) todo {
	switch {
	case r.has(s.global, r.Writer.Other()):
		return todo{step: Leave}
	case s.global != nil && aws.ToString(s.global.Status) != statusAvailable:
		return todo{DropGlobal, "the global database is " + aws.ToString(s.global.Status)}
	case s.global != nil:
		return todo{step: DropGlobal}
	case aws.ToString(s.writer.Status) != statusAvailable:
		return todo{CreateGlobal, "the writer is " + aws.ToString(s.writer.Status)}
	}
	return todo{step: CreateGlobal}
}

// dismantle takes the old cluster away.
func (r *Rebuild) dismantle(s seen) todo {
	status := aws.ToString(s.old.Status)
	switch {
	case status == "deleting":
		return todo{DeleteCluster, "the old cluster is being deleted"}
	case s.recipe == nil || s.recipe.ResourceID != aws.ToString(s.old.DbClusterResourceId):
		return todo{step: Record}
	case status != statusAvailable:
		return todo{Snapshot, "the old cluster is " + status}
	case s.snapshot == "":
		return todo{step: Snapshot}
	case s.snapshot != statusAvailable:
		return todo{Snapshot, "the snapshot is " + s.snapshot}
	case !r.has(s.global, r.Writer):
		return r.remake(s)
	case aws.ToString(s.global.Status) != statusAvailable:
		return todo{CreateGlobal, "the global database is " + aws.ToString(s.global.Status)}
	case len(s.targets) > 0:
		return todo{step: Deregister}
	case aws.ToBool(s.old.DeletionProtection):
		return todo{step: Unprotect}
	case len(s.living()) > 0:
		return todo{step: DeleteInstances}
	case len(s.instances) > 0:
		return todo{DeleteInstances, "instances are being deleted"}
	}
	return todo{step: DeleteCluster}
}

// living are the instances that are not being deleted.
func (s seen) living() []types.DBInstance {
	return slices.DeleteFunc(slices.Clone(s.instances), func(i types.DBInstance) bool { return aws.ToString(i.DBInstanceStatus) == "deleting" })
}

// complete brings the new secondary to where it can take over.
func (r *Rebuild) complete(s seen) todo {
	status := aws.ToString(s.old.Status)
	m := r.member(s.global, r.Writer.Other())
	switch {
	case status == "creating":
		return todo{CreateCluster, "the cluster is being created"}
	case len(s.missing()) > 0:
		return todo{step: CreateInstances}
	case !s.allAvailable():
		return todo{CreateInstances, "instances are being created"}
	case status != statusAvailable:
		return todo{Connect, "the cluster is " + status}
	case m.SynchronizationStatus != types.GlobalClusterMemberSynchronizationStatusConnected:
		return todo{Connect, "the cluster is " + string(m.SynchronizationStatus)}
	case len(s.targets) == 0:
		return todo{step: Register}
	}
	return r.reach(s)
}

// missing are the instances of the recipe that are not there. Without a recipe the cluster was not made by a rebuild.
func (s seen) missing() (names []int) {
	if s.recipe == nil {
		return nil
	}
	for n, want := range s.recipe.Instances {
		if !slices.ContainsFunc(s.instances, func(i types.DBInstance) bool {
			return aws.ToString(i.DBInstanceIdentifier) == aws.ToString(want.DBInstanceIdentifier)
		}) {
			names = append(names, n)
		}
	}
	return names
}

func (s seen) allAvailable() bool {
	return !slices.ContainsFunc(s.instances, func(i types.DBInstance) bool { return aws.ToString(i.DBInstanceStatus) != statusAvailable })
}

// reach waits for the proxy. One that may not log in says so: the policy of its role names the resource id of the cluster that was
// deleted.
func (r *Rebuild) reach(s seen) todo {
	for _, t := range s.targets {
		if t.Type != types.TargetTypeRdsInstance || t.TargetHealth == nil {
			continue
		}
		if t.TargetHealth.State == types.TargetStateAvailable {
			return todo{}
		}
		text := fmt.Sprintf("target %s is %s (%s)", aws.ToString(t.RdsResourceId), t.TargetHealth.State, t.TargetHealth.Reason)
		if t.TargetHealth.Reason == types.TargetHealthReasonAuthFailure {
			text += "; " + policyText(r.site(r.Writer.Other()), aws.ToString(s.old.DbClusterResourceId))
		}
		return todo{Reach, text}
	}
	return todo{Reach, "the proxy has no target yet"}
}
