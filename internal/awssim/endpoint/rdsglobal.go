package endpoint

import (
	"context"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// rdsGlobalOperations change global clusters. Where an operation is for a global cluster and a cluster, the Service authorization
// reference requires both.
func rdsGlobalOperations() []operation {
	move := rdsResources(globalARN, clusterARN("TargetDbClusterIdentifier"))
	return []operation{
		{name: "SwitchoverGlobalCluster", resources: move, do: moveGlobalCluster(awssim.RDS.SwitchoverGlobalCluster)},
		{name: "FailoverGlobalCluster", resources: move, do: moveGlobalCluster(awssim.RDS.FailoverGlobalCluster)},
		{name: "RemoveFromGlobalCluster", resources: rdsResources(globalARN, clusterARN("DbClusterIdentifier")), do: removeFromGlobalCluster},
		{name: "CreateGlobalCluster", resources: rdsResources(globalARN, optional("SourceDBClusterIdentifier", clusterARN("SourceDBClusterIdentifier"))), do: createGlobalCluster},
		{name: "ModifyGlobalCluster", resources: rdsResources(globalARN), do: modifyGlobalCluster},
		{name: "DeleteGlobalCluster", resources: rdsResources(globalARN), do: deleteGlobalCluster},
	}
}

// rdsResources are the ARNs that an operation needs; those that are empty do not count.
func rdsResources(arns ...func(*Call) string) func(*Call) []string {
	return func(c *Call) (all []string) {
		for _, arn := range arns {
			if a := arn(c); a != "" {
				all = append(all, a)
			}
		}
		return all
	}
}

// optional is an ARN that is needed only if the request has the member.
func optional(member string, arn func(*Call) string) func(*Call) string {
	return func(c *Call) string {
		if c.Str(member) == "" {
			return ""
		}
		return arn(c)
	}
}

// globalARN is the ARN of the global cluster that the request names.
func globalARN(c *Call) string {
	account := ""
	c.do(func(s *awssim.State, _ *awssim.Region) { account = s.Account() })
	return "arn:aws:rds::" + account + ":global-cluster:" + orAll(c.Str("GlobalClusterIdentifier"))
}

// clusterARN is the ARN of the cluster that a member of the request names.
func clusterARN(member string) func(*Call) string { return namedARN("cluster", member) }

// namedARN is the ARN of a resource of a kind, which a member of the request names, by name or ARN.
func namedARN(kind, member string) func(*Call) string {
	return func(c *Call) string {
		if id := c.Str(member); isARN(id) {
			return id
		}
		return rdsARN(c, kind, c.Str(member))
	}
}

// rdsDo runs an operation of the Region's RDS with the input that it reads.
func rdsDo[In, Out any](c *Call, run func(awssim.RDS, In) (Out, error)) (out Out, err error) {
	var in In
	if err := c.Bind(&in); err != nil {
		return out, err
	}
	c.do(func(_ *awssim.State, r *awssim.Region) { out, err = run(r.RDS(), in) })
	return out, err
}

// globalCluster is the answer of an operation that returns a global cluster.
func globalCluster(g awssim.GlobalCluster, err error) (any, error) {
	return struct{ GlobalCluster awssim.GlobalCluster }{g}, err
}

func moveGlobalCluster(run func(awssim.RDS, awssim.FailoverRequest) (awssim.GlobalCluster, error)) func(context.Context, *Call) (any, error) {
	return func(_ context.Context, c *Call) (any, error) { return globalCluster(rdsDo(c, run)) }
}

func createGlobalCluster(_ context.Context, c *Call) (any, error) {
	return globalCluster(rdsDo(c, awssim.RDS.CreateGlobalCluster))
}

func modifyGlobalCluster(_ context.Context, c *Call) (any, error) {
	return globalCluster(rdsDo(c, awssim.RDS.ModifyGlobalCluster))
}

func deleteGlobalCluster(_ context.Context, c *Call) (any, error) {
	return globalCluster(rdsDo(c, func(r awssim.RDS, _ struct{}) (awssim.GlobalCluster, error) {
		return r.DeleteGlobalCluster(c.Str("GlobalClusterIdentifier"))
	}))
}

func removeFromGlobalCluster(_ context.Context, c *Call) (any, error) {
	return globalCluster(rdsDo(c, func(r awssim.RDS, _ struct{}) (awssim.GlobalCluster, error) {
		return r.RemoveFromGlobalCluster(c.Str("GlobalClusterIdentifier"), c.Str("DbClusterIdentifier"))
	}))
}
