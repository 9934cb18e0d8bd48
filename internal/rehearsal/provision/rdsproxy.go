package provision

import (
	"errors"
	"slices"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

type proxyProperties struct {
	Auth []struct {
		AuthScheme             string
		ClientPasswordAuthType string
		IAMAuth                string
		SecretArn              string

		Description properties.Ignored // nothing looks at it
	}
	DBProxyName         string
	DebugLogging        properties.Bool
	DefaultAuthScheme   string
	EngineFamily        string
	IdleClientTimeout   *properties.Int
	RequireTLS          properties.Bool
	RoleArn             string
	VpcSecurityGroupIDs []string
	VpcSubnetIDs        []string

	Tags properties.Ignored // nothing looks at them
}

// mysqlPort is where proxies of the engine family MYSQL listen, whatever the port of their target.
const mysqlPort = 3306

func (c *call) proxy(p proxyProperties) (cloudformation.Physical, error) {
	name := strings.ToLower(p.DBProxyName)
	if _, taken := c.region.DBProxies.Get(name); taken {
		return failf("DB Proxy %s already exists", name)
	}
	if p.EngineFamily != "MYSQL" {
		return failf("property EngineFamily: only MYSQL is modelled, got %q", p.EngineFamily)
	}
	if err := c.assumable(p.RoleArn, "rds.amazonaws.com"); err != nil {
		return failf("property RoleArn: %w", err)
	}
	at, err := c.attachProxy(p.VpcSubnetIDs, p.VpcSecurityGroupIDs)
	if err != nil {
		return cloudformation.Physical{}, err
	}
	state := awssim.DBProxy{
		Name: name, EngineFamily: p.EngineFamily, VPCID: at.VPC, SecurityGroupIDs: at.SecurityGroups, SubnetIDs: at.Subnets,
		DefaultAuthScheme: p.DefaultAuthScheme, RoleARN: p.RoleArn, Endpoint: c.rdsHost(name, "proxy-"),
		RequireTLS: bool(p.RequireTLS), DebugLogging: bool(p.DebugLogging), IdleClientTimeout: valueOr(p.IdleClientTimeout, 1800),
	}
	for _, a := range p.Auth {
		state.Auth = append(state.Auth, awssim.ProxyAuth{
			AuthScheme: a.AuthScheme, SecretARN: a.SecretArn, IAMAuth: a.IAMAuth, ClientPasswordAuthType: a.ClientPasswordAuthType,
		})
	}
	state = c.region.CreateDBProxy(state)
	c.addEndpoint(Endpoint{
		Kind: Proxy, Host: state.Endpoint, Port: mysqlPort, Name: name, Proxy: name, ResourceID: proxyID(state), Attachment: at,
	})
	return physical(name, attributes{"DBProxyArn": state.ARN, "Endpoint": state.Endpoint, "VpcId": at.VPC})
}

// proxyID is what stands for the proxy in the ARNs of rds-db:connect: prx-….
func proxyID(p awssim.DBProxy) string { return p.ARN[strings.LastIndex(p.ARN, ":")+1:] }

// attachProxy is where a proxy, or an endpoint of one, is.
func (c *call) attachProxy(subnets, groups []string) (Attachment, error) {
	at, err := c.attach(subnets, groups)
	if err == nil && len(groups) == 0 {
		err = errors.New("property VpcSecurityGroupIds must be given, because the VPC's default security group is not modelled")
	}
	return at, err
}

type proxyEndpointProperties struct {
	DBProxyEndpointName string
	DBProxyName         string
	TargetRole          string
	VpcSecurityGroupIDs []string
	VpcSubnetIDs        []string

	Tags properties.Ignored // nothing looks at them
}

func (c *call) proxyEndpoint(p proxyEndpointProperties) (cloudformation.Physical, error) {
	proxy, ok := c.region.DBProxies.Get(strings.ToLower(p.DBProxyName))
	if !ok {
		return failf("Unknown DB proxy %s", p.DBProxyName)
	}
	name := strings.ToLower(p.DBProxyEndpointName)
	if _, taken := c.region.DBEndpoints.Get(name); taken {
		return failf("DB proxy endpoint %s already exists", name)
	}
	at, err := c.attachProxy(p.VpcSubnetIDs, p.VpcSecurityGroupIDs)
	if err != nil {
		return cloudformation.Physical{}, err
	}
	kind := Proxy
	switch p.TargetRole {
	case awssim.RoleReadOnly:
		kind = ProxyReadOnly
	case awssim.RoleReadWrite, "":
	default:
		return failf("property TargetRole must be READ_WRITE or READ_ONLY, got %q", p.TargetRole)
	}
	state := c.region.CreateProxyEndpoint(awssim.ProxyEndpoint{
		Name: name, ProxyName: proxy.Name, VPCID: at.VPC, SecurityGroupIDs: at.SecurityGroups, SubnetIDs: at.Subnets,
		Endpoint: c.rdsHost(name, "endpoint.proxy-"), TargetRole: p.TargetRole,
	})
	c.addEndpoint(Endpoint{
		Kind: kind, Host: state.Endpoint, Port: mysqlPort, Name: name, Proxy: proxy.Name, ResourceID: proxyID(proxy),
		Cluster: tracked(proxy), Attachment: at,
	})
	return physical(name, attributes{
		"DBProxyEndpointArn": state.ARN, "Endpoint": state.Endpoint, "IsDefault": false, "TargetRole": state.TargetRole, "VpcId": at.VPC,
	})
}

// tracked is the cluster that a proxy's target group tracks; empty if there is none yet.
func tracked(p awssim.DBProxy) string {
	for _, g := range p.TargetGroups {
		for _, t := range g.Targets {
			return t.ResourceID
		}
	}
	return ""
}

type targetGroupProperties struct {
	ConnectionPoolConfigurationInfo struct {
		ConnectionBorrowTimeout   *properties.Int
		InitQuery                 string
		MaxConnectionsPercent     *properties.Int
		MaxIdleConnectionsPercent *properties.Int
		SessionPinningFilters     []string
	}
	DBClusterIdentifiers []string
	DBProxyName          string
	TargetGroupName      string
}

// targetGroup has a proxy track a cluster. Default values are those of ConnectionPoolConfigurationInfoFormat in the
// CloudFormation template reference, for MySQL.
func (c *call) targetGroup(p targetGroupProperties) (cloudformation.Physical, error) {
	if p.TargetGroupName != "default" || len(p.DBClusterIdentifiers) != 1 {
		return failf("a proxy has one target group, default, with one cluster; got %q with %v", p.TargetGroupName, p.DBClusterIdentifiers)
	}
	proxy, ok := c.region.DBProxies.Get(strings.ToLower(p.DBProxyName))
	if !ok {
		return failf("Unknown DB proxy %s", p.DBProxyName)
	}
	cluster, ok := c.region.DBClusters.Get(strings.ToLower(p.DBClusterIdentifiers[0]))
	if !ok {
		return failf("DBCluster %s not found", p.DBClusterIdentifiers[0])
	}
	if writer, _ := c.World.Endpoint(cluster.Endpoint, ""); writer.Attachment.VPC != proxy.VPCID {
		return failf("proxy %s is in %s, but cluster %s is in %s", proxy.Name, proxy.VPCID, cluster.Identifier, writer.Attachment.VPC)
	}
	pool := p.ConnectionPoolConfigurationInfo
	most := valueOr(pool.MaxConnectionsPercent, 100)
	g, _ := c.region.CreateTargetGroup(proxy.Name, cluster.Identifier, awssim.ConnectionPool{
		MaxConnectionsPercent: most, MaxIdleConnectionsPercent: valueOr(pool.MaxIdleConnectionsPercent, most/2),
		ConnectionBorrowTimeout: valueOr(pool.ConnectionBorrowTimeout, 120), InitQuery: pool.InitQuery,
		SessionPinningFilters: slices.Clone(pool.SessionPinningFilters),
	})
	for _, e := range c.Endpoints {
		if e.Region == c.Region && e.Proxy == proxy.Name {
			e.Cluster = cluster.Identifier
		}
	}
	return physical(g.ARN, attributes{"TargetGroupArn": g.ARN})
}

// valueOr is an optional number or its default.
func valueOr(p *properties.Int, otherwise int) int {
	if p == nil {
		return otherwise
	}
	return int(*p)
}
