package rebuild

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

// Recipe is how to make a cluster again that is to be deleted, as JSON with the names of RDS's own API.
type Recipe struct {
	// Recorded is when the cluster was described.
	Recorded time.Time `json:"recorded"`

	// ClusterArn is the cluster's ARN, ResourceID the id that no other cluster ever has.
	ClusterArn string `json:"clusterArn"`
	ResourceID string `json:"resourceId"`

	// GlobalProtected says that the global database was protected from deletion.
	GlobalProtected bool `json:"globalProtected"`

	// Cluster and Instances are the calls that make it.
	Cluster   rds.CreateDBClusterInput    `json:"cluster"`
	Instances []rds.CreateDBInstanceInput `json:"instances"`
}

// Recipes keep recipes beyond a run.
type Recipes interface {
	// Load returns the recipe of a cluster that was saved last, or nil if there is none.
	Load(ctx context.Context, clusterArn string) (*Recipe, error)

	// Save keeps a recipe. It must have succeeded before anything is deleted.
	Save(ctx context.Context, r Recipe) error
}

// Snapshot is the name of the snapshot of everything that the cluster had when the rebuild began, and FinalSnapshot that of the one
// that RDS makes when it deletes the cluster.
func (r Recipe) Snapshot() string { return "warmstandby-lost-" + r.suffix() }

// FinalSnapshot is the name of the snapshot that RDS makes when it deletes the cluster.
func (r Recipe) FinalSnapshot() string { return "warmstandby-final-" + r.suffix() }

// suffix makes names unique for the cluster. Names of snapshots have at most 63 characters, and resource ids have 34.
func (r Recipe) suffix() string {
	return strings.ToLower(strings.TrimPrefix(r.ResourceID, "cluster-"))
}

// newRecipe describes a cluster as a secondary: without user, password and database, which it receives from the writer. Its version
// is that of the global database that it is to join.
func newRecipe(now time.Time, c types.DBCluster, instances []types.DBInstance) Recipe {
	in := rds.CreateDBClusterInput{
		DBClusterIdentifier:                c.DBClusterIdentifier,
		Engine:                             c.Engine,
		Port:                               c.Port,
		DBSubnetGroupName:                  c.DBSubnetGroup,
		DBClusterParameterGroupName:        c.DBClusterParameterGroup,
		KmsKeyId:                           c.KmsKeyId,
		StorageEncrypted:                   c.StorageEncrypted,
		StorageType:                        c.StorageType,
		NetworkType:                        c.NetworkType,
		DeletionProtection:                 c.DeletionProtection,
		BackupRetentionPeriod:              c.BackupRetentionPeriod,
		PreferredBackupWindow:              c.PreferredBackupWindow,
		PreferredMaintenanceWindow:         c.PreferredMaintenanceWindow,
		CopyTagsToSnapshot:                 c.CopyTagsToSnapshot,
		EnableIAMDatabaseAuthentication:    c.IAMDatabaseAuthenticationEnabled,
		EnableCloudwatchLogsExports:        c.EnabledCloudwatchLogsExports,
		DatabaseInsightsMode:               c.DatabaseInsightsMode,
		EnablePerformanceInsights:          c.PerformanceInsightsEnabled,
		PerformanceInsightsKMSKeyId:        c.PerformanceInsightsKMSKeyId,
		PerformanceInsightsRetentionPeriod: c.PerformanceInsightsRetentionPeriod,
		MonitoringInterval:                 c.MonitoringInterval,
		MonitoringRoleArn:                  c.MonitoringRoleArn,
		Tags:                               ownTags(c.TagList),
	}
	for _, g := range c.VpcSecurityGroups {
		in.VpcSecurityGroupIds = append(in.VpcSecurityGroupIds, aws.ToString(g.VpcSecurityGroupId))
	}
	if s := c.ServerlessV2ScalingConfiguration; s != nil {
		in.ServerlessV2ScalingConfiguration = &types.ServerlessV2ScalingConfiguration{MinCapacity: s.MinCapacity, MaxCapacity: s.MaxCapacity}
	}
	r := Recipe{Recorded: now.UTC(), ClusterArn: aws.ToString(c.DBClusterArn), ResourceID: aws.ToString(c.DbClusterResourceId), Cluster: in}
	for _, i := range instances {
		r.Instances = append(r.Instances, instanceRecipe(i))
	}
	return r
}

func instanceRecipe(i types.DBInstance) rds.CreateDBInstanceInput {
	in := rds.CreateDBInstanceInput{
		DBInstanceIdentifier:    i.DBInstanceIdentifier,
		DBClusterIdentifier:     i.DBClusterIdentifier,
		DBInstanceClass:         i.DBInstanceClass,
		Engine:                  i.Engine,
		PromotionTier:           i.PromotionTier,
		PubliclyAccessible:      i.PubliclyAccessible,
		AutoMinorVersionUpgrade: i.AutoMinorVersionUpgrade,
		CACertificateIdentifier: i.CACertificateIdentifier,
		Tags:                    ownTags(i.TagList),
	}
	if len(i.DBParameterGroups) > 0 {
		in.DBParameterGroupName = i.DBParameterGroups[0].DBParameterGroupName
	}
	return in
}

// ownTags are the tags that one may set: AWS keeps those that begin with "aws:" for itself.
func ownTags(tags []types.Tag) (own []types.Tag) {
	for _, t := range tags {
		if !strings.HasPrefix(aws.ToString(t.Key), "aws:") {
			own = append(own, t)
		}
	}
	return own
}
