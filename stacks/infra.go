package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsrds"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/databaseproxy"
	"github.com/warmstandby/warmstandby/constructs/globaldatabase"
	"github.com/warmstandby/warmstandby/constructs/network"
	"github.com/warmstandby/warmstandby/constructs/topology"
)

// InfraProps configures an [Infra]. Config is required.
type InfraProps struct {
	Config topology.Config
}

// Infra is the stack with a Region's network, its member of the global database, and the proxy before it.
type Infra struct {
	awscdk.Stack

	network       *network.Network
	proxy         *databaseproxy.Proxy
	administrator *administrator
}

// administrator is what creating the table takes: the cluster itself, with its master secret, and the endpoint that the secret
// is fetched through. Only the primary Region has it.
type administrator struct {
	database *globaldatabase.Primary
	endpoint awsec2.InterfaceVpcEndpoint
}

// NewPrimaryInfra defines the primary Region's Infra under scope, with the global cluster.
func NewPrimaryInfra(scope constructs.Construct, id string, props *InfraProps) *Infra {
	c := props.Config
	i := newInfra(scope, id, c, topology.Primary)
	database := globaldatabase.NewPrimary(i, "Database", &globaldatabase.PrimaryProps{
		RegionalProps:  i.databaseProps(c, topology.Primary),
		DatabaseName:   c.DatabaseName,
		MasterUsername: c.DatabaseMasterUser,
		SecretName:     c.MasterSecretName(),
	})
	i.administrator = &administrator{database: database, endpoint: i.defineSecretsEndpoint(database.Secret())}
	i.proxy = i.defineProxy(c, topology.Primary, database.Cluster())
	return i
}

// NewSecondaryInfra defines the secondary Region's Infra under scope. Its database can carry what the primary's can.
func NewSecondaryInfra(scope constructs.Construct, id string, props *InfraProps) *Infra {
	c := props.Config
	i := newInfra(scope, id, c, topology.Secondary)
	database := globaldatabase.NewSecondary(i, "Database", &globaldatabase.SecondaryProps{
		RegionalProps: i.databaseProps(c, topology.Secondary),
		SourceRegion:  c.Region(topology.Primary),
	})
	i.proxy = i.defineProxy(c, topology.Secondary, database.Cluster())
	return i
}

// Network is the Region's network.
func (i *Infra) Network() *network.Network { return i.network }

// Proxy is the Region's database proxy.
func (i *Infra) Proxy() *databaseproxy.Proxy { return i.proxy }

func newInfra(scope constructs.Construct, id string, c topology.Config, role topology.Role) *Infra {
	i := &Infra{}
	awscdk.NewStack_Override(i, scope, &id, &awscdk.StackProps{
		Description:           jsii.String("Network and database of the application's " + c.Region(role) + " side"),
		Env:                   environment(c, c.Region(role)),
		TerminationProtection: jsii.Bool(c.RemovalPolicy == topology.Retain),
	})
	i.network = network.New(i, "Network", &network.Props{
		Cidr:              c.Cidr(role),
		Zones:             zones(c, role),
		AvailabilityZones: c.ZoneNames(role),
		FlowLogRetention:  retention(c),
	})
	return i
}

// defineSecretsEndpoint defines the endpoint that secret is fetched through, and no other. Who may is for IAM to say.
func (i *Infra) defineSecretsEndpoint(secret awssecretsmanager.ISecret) awsec2.InterfaceVpcEndpoint {
	endpoint := i.network.AddInterfaceEndpoint("SecretsManager", awsec2.InterfaceVpcEndpointAwsService_SECRETS_MANAGER())
	endpoint.AddToPolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: &[]awsiam.IPrincipal{awsiam.NewAnyPrincipal()},
		Actions:    jsii.Strings("secretsmanager:GetSecretValue"),
		Resources:  &[]*string{secret.SecretArn()},
	}))
	return endpoint
}

// zones is the number of zones to choose, none if the configuration names them.
func zones(c topology.Config, role topology.Role) int {
	if len(c.ZoneNames(role)) > 0 {
		return 0
	}
	return c.Zones
}

func (i *Infra) databaseProps(c topology.Config, role topology.Role) globaldatabase.RegionalProps {
	return globaldatabase.RegionalProps{
		GlobalClusterIdentifier: c.GlobalClusterIdentifier(),
		ClusterIdentifier:       c.ClusterIdentifier(role),
		Vpc:                     i.network.Vpc(),
		VpcSubnets:              i.network.DatabaseSubnets(),
		Capacity:                globaldatabase.Capacity{Min: c.DatabaseMinCapacity, Max: c.DatabaseMaxCapacity},
		Instances:               c.DatabaseInstances,
		LogRetention:            retention(c),
		RemovalPolicy:           removalPolicy(c),
	}
}

// defineProxy defines the proxy that the application's user connects through.
func (i *Infra) defineProxy(c topology.Config, role topology.Role, cluster awsrds.IDatabaseCluster) *databaseproxy.Proxy {
	return databaseproxy.New(i, "Proxy", &databaseproxy.Props{
		Cluster:      cluster,
		Vpc:          i.network.Vpc(),
		VpcSubnets:   i.network.DatabaseSubnets(),
		Users:        []string{c.DatabaseUser},
		ProxyName:    c.ProxyName(role),
		LogRetention: retention(c),
	})
}
