package provision

import (
	"cmp"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

type instanceProperties struct {
	AvailabilityZone     string
	DBClusterIdentifier  string
	DBInstanceClass      string
	DBInstanceIdentifier string
	Engine               string
	PromotionTier        *properties.Int
	Tags                 []awssim.Tag

	PubliclyAccessible properties.Ignored // public addresses need an internet gateway, which is not modelled
}

// instance creates an instance of a cluster. A cluster's first one is its writer.
func (c *call) instance(p instanceProperties) (cloudformation.Physical, error) {
	cluster, ok := c.region.DBClusters.Get(strings.ToLower(p.DBClusterIdentifier))
	if !ok {
		return failf("DBCluster %s not found", p.DBClusterIdentifier)
	}
	if p.Engine != cluster.Engine {
		return failf("The engine name requested for your DB instance (%s) doesn't match the engine name of your DB cluster (%s)", p.Engine, cluster.Engine)
	}
	id := strings.ToLower(cmp.Or(p.DBInstanceIdentifier, c.GeneratedName(63)))
	if _, taken := c.region.DBInstances.Get(id); taken {
		return failf("DB instance already exists: %s", id)
	}
	host := c.rdsHost(id, "")
	i := c.region.CreateDBInstance(awssim.DBInstance{
		Identifier: id, Class: p.DBInstanceClass, Engine: cluster.Engine, EngineVersion: cluster.EngineVersion,
		Endpoint: awssim.InstanceAddress{Address: host, Port: cluster.Port}, Cluster: cluster.Identifier, PromotionTier: valueOr(p.PromotionTier, 1),
		AvailabilityZone: cmp.Or(p.AvailabilityZone, nextZone(cluster)), SecurityGroups: cluster.SecurityGroups,
		StorageEncrypted: cluster.StorageEncrypted, IAMAuthentication: cluster.IAMAuthentication, Tags: p.Tags,
	})
	writer, _ := c.World.Endpoint(cluster.Endpoint, "")
	c.addEndpoint(Endpoint{
		Kind: Instance, Host: host, Port: cluster.Port, Name: id, Cluster: cluster.Identifier, ResourceID: cluster.ResourceID,
		Attachment: writer.Attachment,
	})
	return physical(id, attributes{"DBInstanceArn": i.ARN, "DbiResourceId": i.ResourceID, "Endpoint": address(host, cluster.Port)})
}

// nextZone is the zone of a cluster's next instance. RDS spreads instances over the zones of the subnet group.
func nextZone(cluster awssim.DBCluster) string {
	if len(cluster.AvailabilityZones) == 0 {
		return ""
	}
	return cluster.AvailabilityZones[len(cluster.Members)%len(cluster.AvailabilityZones)]
}

// completeClusters tells clusters what they have of their global cluster, and what was deployed after them.
func (b *builder) completeClusters() {
	b.cloud.Do(func(s *awssim.State) {
		for _, c := range b.Clusters {
			state, _ := s.Region(c.Region).DBClusters.Get(c.Identifier)
			c.Instances = len(state.Members)
			g, global := s.GlobalClusters.Get(c.GlobalCluster)
			c.Writer = !global || g.Writer() == c.ARN
			for _, writer := range b.Clusters {
				if global && writer.ARN == g.Writer() {
					c.DatabaseName, c.MasterUsername, c.MasterPassword = writer.DatabaseName, writer.MasterUsername, writer.MasterPassword
					b.leadGlobalEndpoint(g.Identifier, writer)
				}
			}
		}
	})
}

// leadGlobalEndpoint has a global cluster's endpoint lead to its writer.
func (b *builder) leadGlobalEndpoint(global string, writer *Cluster) {
	for _, e := range b.Endpoints {
		if e.Kind != GlobalWriter || e.Name != global {
			continue
		}
		for _, to := range b.Endpoints {
			if to.Kind == ClusterWriter && to.Region == writer.Region && to.Name == writer.Identifier {
				e.Port, e.Cluster, e.ResourceID, e.Attachment = to.Port, to.Cluster, to.ResourceID, to.Attachment
			}
		}
	}
}
