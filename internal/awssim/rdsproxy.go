package awssim

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Types, roles and health of a proxy's targets (RDS API reference, DBProxyTarget and TargetHealth).
const (
	TargetTrackedCluster = "TRACKED_CLUSTER"
	TargetInstance       = "RDS_INSTANCE"
	RoleReadWrite        = "READ_WRITE"
	RoleReadOnly         = "READ_ONLY"
	TargetAvailable      = "AVAILABLE"
)

// DBProxy is an RDS Proxy with its target groups. Its fields, and those of the types below, are named and shown as in the RDS
// API reference (DBProxy, DBProxyTargetGroup, DBProxyTarget, DBProxyEndpoint).
type DBProxy struct {
	Name              string      `xml:"DBProxyName"`
	ARN               string      `xml:"DBProxyArn"` // ends in prx-…, which stands in the ARNs of rds-db:connect
	Status            string      `xml:"Status"`
	EngineFamily      string      `xml:"EngineFamily"`
	VPCID             string      `xml:"VpcId"`
	SecurityGroupIDs  []string    `xml:"VpcSecurityGroupIds>member"`
	SubnetIDs         []string    `xml:"VpcSubnetIds>member"`
	DefaultAuthScheme string      `xml:"DefaultAuthScheme,omitempty"`
	Auth              []ProxyAuth `xml:"Auth>member"`
	RoleARN           string      `xml:"RoleArn"`
	Endpoint          string      `xml:"Endpoint"`
	RequireTLS        bool        `xml:"RequireTLS"`
	IdleClientTimeout int         `xml:"IdleClientTimeout"` // seconds
	DebugLogging      bool        `xml:"DebugLogging"`
	CreatedDate       time.Time   `xml:"CreatedDate"`
	UpdatedDate       time.Time   `xml:"UpdatedDate"`

	TargetGroups []TargetGroup `xml:"-"`
}

// ProxyAuth is how a proxy authenticates clients, and itself to the database.
type ProxyAuth struct {
	AuthScheme             string `xml:"AuthScheme"`
	SecretARN              string `xml:"SecretArn,omitempty"`
	IAMAuth                string `xml:"IAMAuth"`
	ClientPasswordAuthType string `xml:"ClientPasswordAuthType,omitempty"`
}

// TargetGroup is a group of a proxy's targets; a proxy has one, called default.
type TargetGroup struct {
	ProxyName      string         `xml:"DBProxyName"`
	Name           string         `xml:"TargetGroupName"`
	ARN            string         `xml:"TargetGroupArn"`
	IsDefault      bool           `xml:"IsDefault"`
	Status         string         `xml:"Status"`
	ConnectionPool ConnectionPool `xml:"ConnectionPoolConfig"`
	CreatedDate    time.Time      `xml:"CreatedDate"`
	UpdatedDate    time.Time      `xml:"UpdatedDate"`

	Targets []Target `xml:"-"`
}

// ConnectionPool says how a target group shares connections.
type ConnectionPool struct {
	MaxConnectionsPercent     int      `xml:"MaxConnectionsPercent"`
	MaxIdleConnectionsPercent int      `xml:"MaxIdleConnectionsPercent"`
	ConnectionBorrowTimeout   int      `xml:"ConnectionBorrowTimeout"` // seconds
	SessionPinningFilters     []string `xml:"SessionPinningFilters>member"`
	InitQuery                 string   `xml:"InitQuery,omitempty"`
}

// Target is what a proxy connects to: the cluster that it tracks, and each of its instances.
type Target struct {
	ARN              string        `xml:"TargetArn,omitempty"`
	Endpoint         string        `xml:"Endpoint,omitempty"`
	TrackedClusterID string        `xml:"TrackedClusterId,omitempty"`
	ResourceID       string        `xml:"RdsResourceId"`
	Port             int           `xml:"Port"`
	Type             string        `xml:"Type"`
	Role             string        `xml:"Role,omitempty"`
	Health           *TargetHealth `xml:"TargetHealth,omitempty"`
}

// TargetHealth is whether a proxy can use a target. Reason and description are set if it cannot.
type TargetHealth struct {
	State       string `xml:"State"`
	Reason      string `xml:"Reason,omitempty"`
	Description string `xml:"Description,omitempty"`
}

// ProxyEndpoint is a further endpoint of a proxy.
type ProxyEndpoint struct {
	Name             string    `xml:"DBProxyEndpointName"`
	ARN              string    `xml:"DBProxyEndpointArn"`
	ProxyName        string    `xml:"DBProxyName"`
	Status           string    `xml:"Status"`
	VPCID            string    `xml:"VpcId"`
	SecurityGroupIDs []string  `xml:"VpcSecurityGroupIds>member"`
	SubnetIDs        []string  `xml:"VpcSubnetIds>member"`
	Endpoint         string    `xml:"Endpoint"`
	TargetRole       string    `xml:"TargetRole"` // READ_WRITE or READ_ONLY
	IsDefault        bool      `xml:"IsDefault"`
	CreatedDate      time.Time `xml:"CreatedDate"`
}

// CreateDBProxy stores a proxy without targets. It fills in ARN, status and dates.
func (r *Region) CreateDBProxy(p DBProxy) DBProxy {
	p.Name = strings.ToLower(p.Name)
	p.ARN = r.arn("rds", "db-proxy:prx-"+r.state.newID(17, hexits))
	p.Status = StatusAvailable
	p.CreatedDate = r.state.Now()
	p.UpdatedDate = p.CreatedDate
	r.DBProxies.Put(p.Name, p)
	return p
}

// CreateTargetGroup gives the proxy a target group that tracks the cluster, and says whether both exist. Its targets follow
// the cluster's members whenever they are asked for, see [Region.Targets].
func (r *Region) CreateTargetGroup(proxy, cluster string, pool ConnectionPool) (TargetGroup, bool) {
	p, okProxy := r.DBProxies.Get(strings.ToLower(proxy))
	c, okCluster := r.DBClusters.Get(strings.ToLower(cluster))
	if !okProxy || !okCluster {
		return TargetGroup{}, false
	}
	now := r.state.Now()
	g := TargetGroup{
		ProxyName: p.Name, Name: "default", IsDefault: true, Status: StatusAvailable, ConnectionPool: pool,
		ARN:         r.arn("rds", "target-group:prx-tg-"+r.state.newID(17, hexits)),
		CreatedDate: now, UpdatedDate: now,
		Targets: []Target{{ResourceID: c.Identifier, Port: c.Port, Type: TargetTrackedCluster}},
	}
	p.TargetGroups = append(slices.Clone(p.TargetGroups), g)
	r.DBProxies.Put(p.Name, p)
	return g, true
}

// CreateProxyEndpoint stores a further endpoint of a proxy. It fills in ARN, status and date.
func (r *Region) CreateProxyEndpoint(e ProxyEndpoint) ProxyEndpoint {
	e.Name = strings.ToLower(e.Name)
	e.ProxyName = strings.ToLower(e.ProxyName)
	e.ARN = r.arn("rds", "db-proxy-endpoint:prx-endpoint-"+r.state.newID(17, hexits))
	e.Status = StatusAvailable
	e.TargetRole = cmp.Or(e.TargetRole, RoleReadWrite)
	e.CreatedDate = r.state.Now()
	r.DBEndpoints.Put(e.Name, e)
	return e
}

// Targets are a target group's targets: the clusters that it tracks, and the instances that those have now. An instance
// reads and writes if it is the writer of the cluster that is the global cluster's writer, or of one that is in none.
func (r *Region) Targets(g TargetGroup) []Target {
	proxy, _ := r.DBProxies.Get(g.ProxyName)
	targets := slices.Clone(g.Targets)
	for _, tracked := range g.Targets {
		c, ok := r.DBClusters.Get(tracked.ResourceID)
		if tracked.Type != TargetTrackedCluster || !ok {
			continue
		}
		for _, m := range c.Members {
			i, _ := r.DBInstances.Get(m.Instance)
			targets = append(targets, Target{
				Endpoint: i.Endpoint.Address, TrackedClusterID: c.Identifier, ResourceID: i.Identifier,
				Port: i.Endpoint.Port, Type: TargetInstance, Role: r.role(c, m),
				Health: r.targetHealth(proxy.ARN, c.ARN),
			})
		}
	}
	return targets
}

// role is what a cluster's instance can do for a proxy's clients.
func (r *Region) role(c DBCluster, m DBClusterMember) string {
	g, global := r.state.GlobalClusters.Get(c.GlobalCluster)
	if m.IsClusterWriter && (!global || g.Writer() == c.ARN) {
		return RoleReadWrite
	}
	return RoleReadOnly
}
