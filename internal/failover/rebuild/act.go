package rebuild

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
)

// take takes a step, once. What it did is for the next look to see.
func (r *Rebuild) take(ctx context.Context, step Step, s seen) error {
	there := r.site(r.Writer.Other())
	id, global := aws.String(there.Cluster()), &r.Document.GlobalCluster
	var err error
	switch step {
	case Record:
		return r.record(ctx, s)
	case Snapshot:
		name := s.recipe.Snapshot()
		_, err = r.old().CreateDBClusterSnapshot(ctx, &rds.CreateDBClusterSnapshotInput{DBClusterIdentifier: id, DBClusterSnapshotIdentifier: &name})
	case Leave:
		_, err = r.old().RemoveFromGlobalCluster(ctx, &rds.RemoveFromGlobalClusterInput{GlobalClusterIdentifier: global, DbClusterIdentifier: &there.ClusterArn})
	case DropGlobal:
		err = r.dropGlobal(ctx, s)
	case CreateGlobal:
		_, err = r.here().CreateGlobalCluster(ctx, &rds.CreateGlobalClusterInput{
			GlobalClusterIdentifier: global, SourceDBClusterIdentifier: aws.String(r.site(r.Writer).ClusterArn),
			DeletionProtection: aws.Bool(s.recipe.GlobalProtected),
		})
	case Deregister:
		_, err = r.old().DeregisterDBProxyTargets(ctx, &rds.DeregisterDBProxyTargetsInput{DBProxyName: &there.Proxy, DBClusterIdentifiers: []string{*id}})
	case Unprotect, DeleteInstances, DeleteCluster:
		err = r.delete(ctx, step, s)
	case CreateCluster:
		in := s.recipe.Cluster
		in.GlobalClusterIdentifier = global
		_, err = r.old().CreateDBCluster(ctx, &in)
	case CreateInstances:
		for _, n := range s.missing() {
			if _, err = r.old().CreateDBInstance(ctx, &s.recipe.Instances[n]); err != nil {
				break
			}
		}
	case Register:
		_, err = r.old().RegisterDBProxyTargets(ctx, &rds.RegisterDBProxyTargetsInput{DBProxyName: &there.Proxy, DBClusterIdentifiers: []string{*id}})
	default:
		return fmt.Errorf("step %s waits, and is not taken", step)
	}
	return wrap(err, "%s", step)
}

// record keeps what the old cluster is like.
func (r *Rebuild) record(ctx context.Context, s seen) error {
	recipe := newRecipe(r.Clock.Now(), *s.old, s.instances)
	if recipe.ResourceID == "" || recipe.ClusterArn == "" {
		return errors.New("record: RDS does not tell the cluster's resource id, without which nothing is deleted")
	}
	if s.global != nil {
		recipe.GlobalProtected = aws.ToBool(s.global.DeletionProtection)
	}
	return wrap(r.Recipes.Save(ctx, recipe), "record what %s is like", recipe.ClusterArn)
}

// dropGlobal deletes the global database that has no members.
func (r *Rebuild) dropGlobal(ctx context.Context, s seen) error {
	client := r.RDS[s.globalIn]
	if aws.ToBool(s.global.DeletionProtection) {
		_, err := client.ModifyGlobalCluster(ctx, &rds.ModifyGlobalClusterInput{
			GlobalClusterIdentifier: &r.Document.GlobalCluster, DeletionProtection: aws.Bool(false),
		})
		return err
	}
	_, err := client.DeleteGlobalCluster(ctx, &rds.DeleteGlobalClusterInput{GlobalClusterIdentifier: &r.Document.GlobalCluster})
	return err
}

// delete takes a step of the deletion, if the cluster is the one that it must be.
func (r *Rebuild) delete(ctx context.Context, step Step, s seen) error {
	if err := r.mayDelete(s); err != nil {
		return err
	}
	id := s.old.DBClusterIdentifier
	switch step {
	case Unprotect:
		_, err := r.old().ModifyDBCluster(ctx, &rds.ModifyDBClusterInput{
			DBClusterIdentifier: id, DeletionProtection: aws.Bool(false), ApplyImmediately: aws.Bool(true),
		})
		return err
	case DeleteInstances:
		for _, i := range s.living() {
			_, err := r.old().DeleteDBInstance(ctx, &rds.DeleteDBInstanceInput{
				DBInstanceIdentifier: i.DBInstanceIdentifier, SkipFinalSnapshot: aws.Bool(true), // the data is the cluster's
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
	final := s.recipe.FinalSnapshot()
	_, err := r.old().DeleteDBCluster(ctx, &rds.DeleteDBClusterInput{DBClusterIdentifier: id, FinalDBSnapshotIdentifier: &final})
	return err
}

// mayDelete checks once more what must hold before anything of the old cluster is deleted, whatever has chosen the step.
func (r *Rebuild) mayDelete(s seen) error {
	var errs []error
	if s.recipe == nil || s.old == nil || s.recipe.ResourceID != aws.ToString(s.old.DbClusterResourceId) {
		errs = append(errs, errors.New("the cluster is not the one that was recorded"))
	}
	if s.snapshot != statusAvailable {
		errs = append(errs, errors.New("its snapshot is not available"))
	}
	if m := r.member(s.global, r.Writer); m == nil || !aws.ToBool(m.IsWriter) {
		errs = append(errs, errors.New("the global database does not have the other cluster as its writer"))
	}
	if r.has(s.global, r.Writer.Other()) {
		errs = append(errs, errors.New("it is a member of the global database"))
	}
	return errors.Join(errs...)
}
