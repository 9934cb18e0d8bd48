package databaseproxy

import (
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsrds"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
)

const (
	engineFamily   = "MYSQL"
	port           = 3306 // where every proxy for MySQL listens, whatever the cluster's port
	readOnlySuffix = "-ro"
)

// Proxy is an RDS Proxy with a read-only endpoint beside its own.
type Proxy struct {
	constructs.Construct

	name  string
	users []string

	securityGroup awsec2.SecurityGroup
	role          awsiam.Role
	logGroup      awslogs.LogGroup
	proxy         awsrds.CfnDBProxy
	targetGroup   awsrds.CfnDBProxyTargetGroup
	readOnly      awsrds.CfnDBProxyEndpoint
}

// New defines a Proxy under scope. It panics with an error that names everything wrong with props.
func New(scope constructs.Construct, id string, props *Props) *Proxy {
	var p Props
	if props != nil {
		p = *props
	}
	cdkgo.Must("database proxy", scope, id, p.validate())
	p = p.withDefaults()

	d := &Proxy{users: slices.Clone(p.Users)}
	constructs.NewConstruct_Override(d, scope, &id)
	d.name = d.proxyName(p)
	d.securityGroup = d.defineSecurityGroup(p)
	d.role = d.defineRole(p)
	d.logGroup = d.defineLogGroup(p)
	d.proxy = d.defineProxy(p)
	d.targetGroup = d.defineTargetGroup(p)
	d.readOnly = d.defineReadOnlyEndpoint(p)
	return d
}

// Name is the name of the proxy.
func (d *Proxy) Name() string { return d.name }

// ResourceId is the identifier prx-… that IAM policies know the proxy by.
func (d *Proxy) ResourceId() string {
	arn := awscdk.Stack_Of(d).SplitArn(d.proxy.AttrDbProxyArn(), awscdk.ArnFormat_COLON_RESOURCE_NAME)
	return *arn.ResourceName
}

// Endpoint is the host name that reads and writes go to, on port 3306.
func (d *Proxy) Endpoint() string { return *d.proxy.AttrEndpoint() }

// ReaderEndpoint is the host name that reads go to, on port 3306, also while the cluster is a secondary.
func (d *Proxy) ReaderEndpoint() string { return *d.readOnly.AttrEndpoint() }

// Proxy is the RDS Proxy.
func (d *Proxy) Proxy() awsrds.CfnDBProxy { return d.proxy }

// TargetGroup points the proxy at the cluster. What needs the proxy to work depends on it.
func (d *Proxy) TargetGroup() awsrds.CfnDBProxyTargetGroup { return d.targetGroup }

// ReadOnlyEndpoint is the endpoint behind [Proxy.ReaderEndpoint].
func (d *Proxy) ReadOnlyEndpoint() awsrds.CfnDBProxyEndpoint { return d.readOnly }

// SecurityGroup is the security group of the proxy and of both its endpoints.
func (d *Proxy) SecurityGroup() awsec2.SecurityGroup { return d.securityGroup }

// Role is the role with which the proxy logs in to the cluster.
func (d *Proxy) Role() awsiam.Role { return d.role }

// LogGroup is the log group of the proxy.
func (d *Proxy) LogGroup() awslogs.LogGroup { return d.logGroup }

func (d *Proxy) proxyName(p Props) string {
	if p.ProxyName != "" {
		return p.ProxyName
	}
	name := awscdk.Names_UniqueResourceName(d, &awscdk.UniqueResourceNameOptions{MaxLength: jsii.Number(maxProxyName)})
	return strings.ToLower(*name)
}

// defineSecurityGroup defines a group from which nothing leads anywhere but to the cluster.
func (d *Proxy) defineSecurityGroup(p Props) awsec2.SecurityGroup {
	group := awsec2.NewSecurityGroup(d, jsii.String("SecurityGroup"), &awsec2.SecurityGroupProps{
		Vpc:              p.Vpc,
		Description:      jsii.Sprintf("Database proxy %s", d.name),
		AllowAllOutbound: jsii.Bool(false),
	})
	group.Connections().AllowToDefaultPort(p.Cluster, jsii.String("Database proxy to its cluster"))
	return group
}

// defineRole defines the role that signs the proxy's tokens for the cluster, for proxies of this account only.
func (d *Proxy) defineRole(p Props) awsiam.Role {
	role := awsiam.NewRole(d, jsii.String("Role"), &awsiam.RoleProps{
		Description: jsii.Sprintf("Database proxy %s to its cluster", d.name),
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("rds.amazonaws.com"), &awsiam.ServicePrincipalOpts{
			Conditions: &map[string]any{"StringEquals": map[string]*string{"aws:SourceAccount": awscdk.Stack_Of(d).Account()}},
		}),
	})
	for _, user := range p.Users {
		p.Cluster.GrantConnect(role, jsii.String(user))
	}
	return role
}

// defineLogGroup defines the log group that RDS Proxy would make for itself, without a retention.
func (d *Proxy) defineLogGroup(p Props) awslogs.LogGroup {
	return awslogs.NewLogGroup(d, jsii.String("LogGroup"), &awslogs.LogGroupProps{
		LogGroupName:  jsii.String("/aws/rds/proxy/" + d.name),
		Retention:     p.LogRetention,
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
}

func (d *Proxy) defineProxy(p Props) awsrds.CfnDBProxy {
	proxy := awsrds.NewCfnDBProxy(d, jsii.String("Resource"), &awsrds.CfnDBProxyProps{
		DbProxyName:         jsii.String(d.name),
		EngineFamily:        jsii.String(engineFamily),
		DefaultAuthScheme:   jsii.String("IAM_AUTH"),
		RequireTls:          jsii.Bool(true),
		IdleClientTimeout:   jsii.Number(p.IdleClientTimeout.Seconds()),
		RoleArn:             d.role.RoleArn(),
		VpcSubnetIds:        subnetIds(p),
		VpcSecurityGroupIds: &[]any{d.securityGroup.SecurityGroupId()},
	})
	proxy.Node().AddDependency(d.logGroup)
	return proxy
}

// defineTargetGroup points the proxy at the cluster, once the cluster has its instances and the proxy may log in to them.
func (d *Proxy) defineTargetGroup(p Props) awsrds.CfnDBProxyTargetGroup {
	group := awsrds.NewCfnDBProxyTargetGroup(d, jsii.String("TargetGroup"), &awsrds.CfnDBProxyTargetGroupProps{
		DbProxyName:          d.proxy.Ref(),
		TargetGroupName:      jsii.String("default"), // the only name that RDS Proxy takes
		DbClusterIdentifiers: &[]any{p.Cluster.ClusterIdentifier()},
		ConnectionPoolConfigurationInfo: &awsrds.CfnDBProxyTargetGroup_ConnectionPoolConfigurationInfoFormatProperty{
			ConnectionBorrowTimeout: jsii.Number(p.BorrowTimeout.Seconds()),
			MaxConnectionsPercent:   jsii.Number(p.MaxConnectionsPercent),
		},
	})
	group.Node().AddDependency(p.Cluster, d.role)
	return group
}

func (d *Proxy) defineReadOnlyEndpoint(p Props) awsrds.CfnDBProxyEndpoint {
	return awsrds.NewCfnDBProxyEndpoint(d, jsii.String("ReadOnlyEndpoint"), &awsrds.CfnDBProxyEndpointProps{
		DbProxyName:         d.proxy.Ref(),
		DbProxyEndpointName: jsii.String(d.name + readOnlySuffix),
		TargetRole:          jsii.String("READ_ONLY"),
		VpcSubnetIds:        subnetIds(p),
		VpcSecurityGroupIds: &[]any{d.securityGroup.SecurityGroupId()},
	})
}

func subnetIds(p Props) *[]any { return jsii.AnySlice(p.Vpc.SelectSubnets(p.VpcSubnets).SubnetIds) }
