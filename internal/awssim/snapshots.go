package awssim

import (
	"strings"
	"time"
)

// DBClusterSnapshot is a snapshot of a cluster, named and shown as in the RDS API reference (DBClusterSnapshot).
type DBClusterSnapshot struct {
	Identifier       string    `xml:"DBClusterSnapshotIdentifier"`
	ARN              string    `xml:"DBClusterSnapshotArn"`
	Cluster          string    `xml:"DBClusterIdentifier"`
	ClusterResource  string    `xml:"DbClusterResourceId"`
	Type             string    `xml:"SnapshotType"` // manual or automated
	Status           string    `xml:"Status"`
	PercentProgress  int       `xml:"PercentProgress"`
	Engine           string    `xml:"Engine"`
	EngineVersion    string    `xml:"EngineVersion"`
	StorageEncrypted bool      `xml:"StorageEncrypted"`
	KMSKeyID         string    `xml:"KmsKeyId,omitempty"`
	CreateTime       time.Time `xml:"SnapshotCreateTime"`
}

// CreateDBClusterSnapshot makes a snapshot of an available cluster.
//
// Source: RDS API reference, CreateDBClusterSnapshot. The message on the cluster's status is what users report.
func (r RDS) CreateDBClusterSnapshot(id, cluster string) (DBClusterSnapshot, error) {
	c, err := r.cluster(cluster)
	_, taken := r.region.DBClusterSnapshots.Get(strings.ToLower(id))
	switch {
	case id == "":
		return DBClusterSnapshot{}, refuse(invalidValue, "The parameter DBClusterSnapshotIdentifier must be provided and must not be blank.")
	case err != nil:
		return DBClusterSnapshot{}, err
	case taken:
		return DBClusterSnapshot{}, refuse(snapshotExists, "DB cluster snapshot %s already exists.", id)
	case c.Status != StatusAvailable:
		return DBClusterSnapshot{}, refuse(invalidClusterState, "Can't create a snapshot because the database cluster %s isn't currently in the available state.", c.Identifier)
	}
	return r.region.snapshot(c, id, "manual", r.state().Now()), nil
}

// snapshot begins a snapshot of a cluster.
func (r *Region) snapshot(c DBCluster, id, kind string, at time.Time) DBClusterSnapshot {
	s := r.state
	shot := DBClusterSnapshot{
		Identifier: strings.ToLower(id), ARN: r.arn("rds", "cluster-snapshot:"+strings.ToLower(id)), Cluster: c.Identifier,
		ClusterResource: c.ResourceID, Type: kind, Status: statusCreating, Engine: c.Engine, EngineVersion: c.EngineVersion,
		StorageEncrypted: c.StorageEncrypted, KMSKeyID: c.KMSKeyID, CreateTime: at.UTC(),
	}
	r.DBClusterSnapshots.Put(shot.Identifier, shot)
	took := s.timing.draw(s.timing.Snapshot, s.source("snapshot "+shot.ARN))
	s.plan(at.Add(took), func(time.Time) {
		shot.Status, shot.PercentProgress = StatusAvailable, 100
		r.DBClusterSnapshots.Put(shot.Identifier, shot)
	})
	return shot
}
