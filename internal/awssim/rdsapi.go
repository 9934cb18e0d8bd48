package awssim

import (
	"fmt"
	"strings"

	"github.com/aws/smithy-go"
)

// RDS is the API of the Relational Database Service in one Region: it refuses what RDS refuses, and what takes time takes it. Its
// methods are named as the operations. The Create methods of [Region] do neither: they put what a deployment has left.
type RDS struct{ region *Region }

// RDS is the API of the Relational Database Service in the Region.
func (r *Region) RDS() RDS { return RDS{r} }

func (r RDS) state() *State { return r.region.state }

// RDSError is why RDS refuses a call. It is an error of the API as the SDK's are, see [smithy.APIError].
type RDSError struct{ Code, Message string }

var _ smithy.APIError = (*RDSError)(nil)

// Error is the code and the message.
func (e *RDSError) Error() string { return e.Code + ": " + e.Message }

// ErrorCode is the API's code, such as InvalidGlobalClusterStateFault.
func (e *RDSError) ErrorCode() string { return e.Code }

// ErrorMessage says what is wrong.
func (e *RDSError) ErrorMessage() string { return e.Message }

// ErrorFault is the caller's: RDS refuses only what is asked wrongly or at the wrong time.
func (e *RDSError) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// Codes of RDS's errors (RDS API reference, the errors of each operation).
const (
	clusterNotFound           = "DBClusterNotFoundFault"
	globalClusterNotFound     = "GlobalClusterNotFoundFault"
	instanceNotFound          = "DBInstanceNotFound"
	proxyNotFound             = "DBProxyNotFoundFault"
	targetGroupNotFound       = "DBProxyTargetGroupNotFoundFault"
	targetNotFound            = "DBProxyTargetNotFoundFault"
	targetAlreadyRegistered   = "DBProxyTargetAlreadyRegisteredFault"
	invalidClusterState       = "InvalidDBClusterStateFault"
	invalidGlobalClusterState = "InvalidGlobalClusterStateFault"
	invalidInstanceState      = "InvalidDBInstanceState"
	clusterExists             = "DBClusterAlreadyExistsFault"
	globalClusterExists       = "GlobalClusterAlreadyExistsFault"
	instanceExists            = "DBInstanceAlreadyExists"
	snapshotExists            = "DBClusterSnapshotAlreadyExistsFault"
	invalidValue              = "InvalidParameterValue"
	invalidCombination        = "InvalidParameterCombination"
)

func refuse(code, format string, args ...any) error {
	return &RDSError{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Statuses of clusters, global clusters and instances beside available (Aurora user guide, "Viewing DB cluster status"; promoting is
// what users report of a cluster that is removed from its global cluster, hashicorp/terraform-provider-aws#40333).
const (
	statusCreating  = "creating"
	statusDeleting  = "deleting"
	statusModifying = "modifying"
	statusPromoting = "promoting"
	statusUpgrading = "upgrading"
)

// global returns the global cluster of that name, in any letter case.
func (r RDS) global(id string) (GlobalCluster, error) {
	g, ok := r.state().GlobalClusters.Get(strings.ToLower(id))
	if !ok {
		return g, refuse(globalClusterNotFound, "Global cluster %s not found.", id)
	}
	return g, nil
}

// cluster returns the Region's cluster of that name or ARN.
func (r RDS) cluster(id string) (DBCluster, error) {
	c, ok := r.region.DBClusters.Get(strings.ToLower(strings.TrimPrefix(id, r.region.arn("rds", "cluster:"))))
	if !ok {
		return c, refuse(clusterNotFound, "DBCluster %s not found.", id)
	}
	return c, nil
}

// cluster returns the cluster of that ARN, in whatever Region.
func (s *State) cluster(arn string) (DBCluster, bool) {
	parts := strings.SplitN(arn, ":", 7)
	if len(parts) < 7 {
		return DBCluster{}, false
	}
	c, ok := s.Region(parts[3]).DBClusters.Get(parts[6])
	return c, ok
}

// regionOf is the Region in an ARN.
func regionOf(arn string) string {
	parts := strings.SplitN(arn, ":", 5)
	if len(parts) < 5 {
		return ""
	}
	return parts[3]
}

// reaches reports whether the Region in the ARN is not cut off.
func (s *State) reaches(arn string) bool { return s.Reachable(regionOf(arn)) }

// member returns the global cluster's member of that ARN.
func (g GlobalCluster) member(arn string) (GlobalClusterMember, bool) {
	for _, m := range g.Members {
		if m.DBClusterARN == arn {
			return m, true
		}
	}
	return GlobalClusterMember{}, false
}

// updateCluster changes the cluster of that ARN, if it is there.
func (s *State) updateCluster(arn string, change func(*DBCluster)) {
	if c, ok := s.cluster(arn); ok {
		change(&c)
		s.Region(regionOf(arn)).DBClusters.Put(c.Identifier, c)
	}
}

// setStatus changes a cluster's status if it is from.
func (s *State) setStatus(arn, from, to string) {
	if c, ok := s.cluster(arn); ok && c.Status == from {
		s.revision++
		s.updateCluster(arn, func(c *DBCluster) { c.Status = to })
	}
}
