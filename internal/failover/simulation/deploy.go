package simulation

import (
	"encoding/json"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/failover"
)

// What is deployed.
const (
	account         = "123456789012"
	globalCluster   = "app"
	primaryRegion   = "us-east-1"
	secondaryRegion = "us-east-2"
	edgeURL         = "https://edge.example.com"
	healthPath      = "/health"
	engineName      = "aurora-mysql"
	engineVersion   = "8.0.mysql_aurora.3.10.0"
	maxCapacity     = 16.0 // capacity units
)

var regions = map[topology.Role]string{topology.Primary: primaryRegion, topology.Secondary: secondaryRegion}

// deploy makes the application as it is at the start.
func (w *World) deploy(s *awssim.State) {
	first := w.active() // the first member writes
	if w.Start == Resyncing {
		first = first.Other()
	}
	s.CreateGlobalCluster(awssim.GlobalCluster{Identifier: globalCluster})
	for _, role := range []topology.Role{first, first.Other()} {
		w.deployRegion(s, role)
	}
	store := s.CreateKeyValueStore(awssim.KeyValueStore{Name: "edge", Items: w.items()})
	w.document = document(store.ARN, w.Scenario)
	w.data = newData(first)
	s.SetLag(clusterARN(first.Other()), w.Lag)
	w.special(s)
	w.edge.learn(w, s, store)
}

func (w *World) deployRegion(s *awssim.State, role topology.Role) {
	r, name := s.Region(regions[role]), string(role)
	c := r.CreateDBCluster(awssim.DBCluster{
		Identifier: name, GlobalCluster: globalCluster, Engine: engineName, EngineVersion: engineVersion, MasterUsername: "admin",
		ServerlessV2Scaling: &awssim.ServerlessV2{MinCapacity: 1, MaxCapacity: maxCapacity},
	})
	if w.Start != Headless || role == w.active() {
		r.CreateDBInstance(awssim.DBInstance{Identifier: name + "-1", Cluster: name})
	}
	r.CreateDBProxy(awssim.DBProxy{Name: name})
	r.CreateTargetGroup(name, name, awssim.ConnectionPool{})
	r.PutMetric(loadMetric(c.Identifier), w.Load, "None")
}

// special makes what only some starts have.
func (w *World) special(s *awssim.State) {
	standby := w.active().Other()
	switch w.Start {
	case Detached:
		_, _ = s.Region(regions[standby]).RDS().RemoveFromGlobalCluster(globalCluster, clusterARN(standby)) // a member, at rest
	case Versions:
		r := s.Region(regions[standby])
		c, _ := r.DBClusters.Get(string(standby))
		c.EngineVersion = "8.0.mysql_aurora.3.09.0"
		r.DBClusters.Put(c.Identifier, c)
	}
}

// items are the store's keys at the start.
func (w *World) items() map[string]string {
	items := map[string]string{}
	if w.Away || w.Seed%2 == 0 {
		items[topology.ActiveKey] = string(w.active())
	}
	switch w.Start {
	case StaleFence:
		items[topology.FenceKey] = "closed by hand"
		if w.Seed%3 != 0 {
			items[topology.FenceKey] = marshal(failover.Fence{Run: "long-ago", Mode: failover.Failover, Target: w.active(), Since: w.begin})
		}
	case ForeignLease:
		items[topology.LeaseKey] = "not a lease"
		if w.Seed%3 != 0 {
			expires := w.begin.Add(time.Duration(w.Seed%7) * 20 * time.Second)
			items[topology.LeaseKey] = marshal(failover.Lease{Run: "ghost", Mode: failover.Switchover, Target: w.active(), StartedBy: "nobody", Expires: expires})
		}
	}
	return items
}

func marshal(v any) string {
	data, _ := json.Marshal(v) // texts and times: it cannot fail
	return string(data)
}

// document is the topology that the engine is given.
func document(store string, s Scenario) topology.Document {
	d := topology.Document{
		Version: topology.DocumentVersion, Application: "app", GlobalCluster: globalCluster,
		Edge:    topology.Edge{StoreArn: store, URL: edgeURL, HealthPath: healthPath, SettleSeconds: int(s.Settle / time.Second)},
		Regions: map[topology.Role]topology.Site{},
	}
	for role, region := range regions {
		d.Regions[role] = topology.Site{
			Region: region, ClusterArn: clusterARN(role), Proxy: string(role), CheckFunction: "check-" + string(role),
			RequestSeconds: int(s.Request / time.Second), Pipeline: "pipeline", ReportBucket: "reports",
		}
	}
	return d
}

// clusterARN is the ARN of a home role's cluster.
func clusterARN(role topology.Role) string {
	return arns[role]
}

var arns = map[topology.Role]string{
	topology.Primary:   "arn:aws:rds:" + primaryRegion + ":" + account + ":cluster:" + string(topology.Primary),
	topology.Secondary: "arn:aws:rds:" + secondaryRegion + ":" + account + ":cluster:" + string(topology.Secondary),
}

// roleOf is the home role of a cluster, empty if it is none of the application's.
func roleOf(arn string) topology.Role {
	for _, role := range topology.Roles() {
		if arns[role] == arn {
			return role
		}
	}
	return ""
}

// loadMetric is the capacity that a cluster uses.
func loadMetric(cluster string) awssim.MetricID {
	return awssim.MetricID{
		Namespace: "AWS/RDS", Name: "ServerlessDatabaseCapacity",
		Dimensions: []awssim.Dimension{{Name: "DBClusterIdentifier", Value: cluster}},
	}
}
