package provision

import (
	"cmp"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

type globalClusterProperties struct {
	DatabaseName            string
	DeletionProtection      properties.Bool
	Engine                  string
	EngineVersion           string
	GlobalClusterIdentifier string
	StorageEncrypted        properties.Bool

	Tags properties.Ignored // nothing looks at them
}

func (c *call) globalCluster(p globalClusterProperties) (cloudformation.Physical, error) {
	id := strings.ToLower(cmp.Or(p.GlobalClusterIdentifier, c.GeneratedName(63)))
	if _, taken := c.state.GlobalClusters.Get(id); taken {
		return failf("Global cluster with identifier %s already exists", id)
	}
	host := id + ".global-" + draw(c.random, 12, lower) + ".global.rds.amazonaws.com"
	c.state.CreateGlobalCluster(awssim.GlobalCluster{
		Identifier: id, Engine: p.Engine, EngineVersion: p.EngineVersion, DatabaseName: p.DatabaseName, Endpoint: host,
		StorageEncrypted: bool(p.StorageEncrypted), DeletionProtection: bool(p.DeletionProtection),
	})
	c.addEndpoint(Endpoint{Kind: GlobalWriter, Host: host, Name: id})
	return physical(id, attributes{"GlobalEndpoint": map[string]any{"Address": host}})
}

type subnetGroupProperties struct {
	DBSubnetGroupName string
	SubnetIDs         []string

	DBSubnetGroupDescription properties.Ignored // nothing looks at it
	Tags                     properties.Ignored // nothing looks at them
}

func (c *call) subnetGroup(p subnetGroupProperties) (cloudformation.Physical, error) {
	at, err := c.attach(p.SubnetIDs, nil)
	if err != nil {
		return cloudformation.Physical{}, err
	}
	zones := make(map[string]bool)
	for _, id := range p.SubnetIDs {
		zones[c.Network.subnets[id].zone] = true
	}
	if len(zones) < 2 {
		return failf("The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement: it needs subnets in 2 zones, got %d", len(zones))
	}
	name := strings.ToLower(cmp.Or(p.DBSubnetGroupName, c.GeneratedName(255)))
	c.subnetGroups[c.regional(name)] = at
	return physical(name, nil)
}

type parameterGroupProperties struct {
	DBClusterParameterGroupName string
	Parameters                  map[string]scalar

	Description properties.Ignored // nothing looks at it
	Family      properties.Ignored // parameters are not validated
	Tags        properties.Ignored // nothing looks at them
}

func (c *call) parameterGroup(p parameterGroupProperties) (cloudformation.Physical, error) {
	name := strings.ToLower(cmp.Or(p.DBClusterParameterGroupName, c.GeneratedName(255)))
	group := make(map[string]string, len(p.Parameters))
	for key, value := range p.Parameters {
		group[key] = string(value)
	}
	c.parameterGroups[c.regional(name)] = group
	return physical(name, nil)
}
