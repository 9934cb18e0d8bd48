package network

import (
	"fmt"
	"net/netip"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
)

// The names of the two kinds of subnets, by which a selection on [Network.Vpc] finds them as well.
const (
	applicationGroup = "Application"
	databaseGroup    = "Database"
)

// Network is a VPC with application and database subnets and a flow log.
type Network struct {
	constructs.Construct

	resource     awsec2.CfnVPC
	vpc          awsec2.IVpc
	application  []awsec2.PrivateSubnet
	database     []awsec2.PrivateSubnet
	flowLog      awsec2.FlowLog
	flowLogGroup awslogs.LogGroup
	flowLogRole  awsiam.Role
}

// New defines a Network under scope. A nil props means all defaults.
func New(scope constructs.Construct, id string, props *Props) *Network {
	var p Props
	if props != nil {
		p = *props
	}
	cdkgo.Must("network", scope, id, p.validate())
	p = p.withDefaults()
	cidr, err := parse(p.Cidr)
	cdkgo.Must("network", scope, id, err)

	n := &Network{}
	constructs.NewConstruct_Override(n, scope, &id)
	if p.Name == "" {
		p.Name = *n.Node().Path()
	}
	zones := n.zones(p)
	n.resource = n.defineVpc(p)
	n.application = n.defineSubnets(applicationGroup, p.Name, zones, cidr, 0)
	n.database = n.defineSubnets(databaseGroup, p.Name, zones, cidr, blocksPerTier)
	n.vpc = n.importVpc(p, zones)
	n.flowLogGroup = n.defineFlowLogGroup(p)
	n.flowLogRole = n.defineFlowLogRole()
	n.flowLog = n.defineFlowLog()
	return n
}

// zones are the names of the availability zones, or what CloudFormation replaces by them.
func (n *Network) zones(p Props) []string {
	if len(p.AvailabilityZones) > 0 {
		return p.AvailabilityZones
	}
	all := awscdk.Fn_GetAzs(nil)
	zones := make([]string, p.Zones)
	for i := range zones {
		zones[i] = *awscdk.Fn_Select(jsii.Number(i), all)
	}
	return zones
}

// defineVpc defines the VPC as a plain resource. CDK's own VPC looks up the zones of a stack whose account and Region are known,
// which takes credentials.
func (n *Network) defineVpc(p Props) awsec2.CfnVPC {
	vpc := awsec2.NewCfnVPC(n, jsii.String("Resource"), &awsec2.CfnVPCProps{
		CidrBlock:          &p.Cidr,
		EnableDnsHostnames: jsii.Bool(true), // both are needed for the private names of interface endpoints
		EnableDnsSupport:   jsii.Bool(true),
	})
	awscdk.Tags_Of(vpc).Add(jsii.String("Name"), &p.Name, nil)
	return vpc
}

// defineSubnets defines a subnet with a route table of its own in each zone, in the blocks of cidr from the first one on.
func (n *Network) defineSubnets(group, name string, zones []string, cidr netip.Prefix, first int) []awsec2.PrivateSubnet {
	subnets := make([]awsec2.PrivateSubnet, len(zones))
	for i, zone := range zones {
		id := fmt.Sprintf("%s%d", group, i+1)
		subnets[i] = awsec2.NewPrivateSubnet(n, &id, &awsec2.PrivateSubnetProps{
			AvailabilityZone:    &zone,
			CidrBlock:           jsii.String(block(cidr, first+i).String()),
			MapPublicIpOnLaunch: jsii.Bool(false),
			VpcId:               n.resource.Ref(),
		})
		awscdk.Tags_Of(subnets[i]).Add(jsii.String("Name"), jsii.String(name+"/"+id), nil)
	}
	return subnets
}

// importVpc makes of the VPC and its subnets what other constructs take as a network.
func (n *Network) importVpc(p Props, zones []string) awsec2.IVpc {
	var ids, routeTables, cidrs []*string
	for _, subnets := range [][]awsec2.PrivateSubnet{n.application, n.database} {
		for _, s := range subnets {
			ids = append(ids, s.SubnetId())
			routeTables = append(routeTables, s.RouteTable().RouteTableId())
			cidrs = append(cidrs, s.Ipv4CidrBlock())
		}
	}
	return awsec2.Vpc_FromVpcAttributes(n, jsii.String("Vpc"), &awsec2.VpcAttributes{
		VpcId:                        n.resource.Ref(),
		VpcCidrBlock:                 &p.Cidr,
		AvailabilityZones:            jsii.Strings(zones...),
		IsolatedSubnetNames:          jsii.Strings(applicationGroup, databaseGroup),
		IsolatedSubnetIds:            &ids,
		IsolatedSubnetRouteTableIds:  &routeTables,
		IsolatedSubnetIpv4CidrBlocks: &cidrs,
	})
}

func (n *Network) defineFlowLogGroup(p Props) awslogs.LogGroup {
	return awslogs.NewLogGroup(n, jsii.String("FlowLogGroup"), &awslogs.LogGroupProps{
		Retention:     p.FlowLogRetention,
		RemovalPolicy: p.FlowLogRemovalPolicy,
	})
}

// defineFlowLogRole defines the role that delivers the flow log, for flow logs of this account only. The flow log adds the
// permission to write to its log group.
func (n *Network) defineFlowLogRole() awsiam.Role {
	return awsiam.NewRole(n, jsii.String("FlowLogRole"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("vpc-flow-logs.amazonaws.com"), &awsiam.ServicePrincipalOpts{
			Conditions: &map[string]any{"StringEquals": map[string]*string{"aws:SourceAccount": awscdk.Stack_Of(n).Account()}},
		}),
	})
}

func (n *Network) defineFlowLog() awsec2.FlowLog {
	return awsec2.NewFlowLog(n, jsii.String("FlowLog"), &awsec2.FlowLogProps{
		ResourceType: awsec2.FlowLogResourceType_FromVpc(n.vpc),
		Destination:  awsec2.FlowLogDestination_ToCloudWatchLogs(n.flowLogGroup, n.flowLogRole),
		TrafficType:  awsec2.FlowLogTrafficType_ALL,
	})
}

// AddInterfaceEndpoint defines an interface endpoint in the application subnets, with a security group of its own. It answers
// under the usual name of service. Nothing reaches it until a rule allows it, such as
// endpoint.Connections().AllowDefaultPortFrom(caller, nil), and by default all of the service can be asked for; its AddToPolicy
// narrows that. AWS charges for each endpoint by the hour and zone.
func (n *Network) AddInterfaceEndpoint(id string, service awsec2.InterfaceVpcEndpointAwsService) awsec2.InterfaceVpcEndpoint {
	scope := constructs.NewConstruct(n, &id)
	group := awsec2.NewSecurityGroup(scope, jsii.String("SecurityGroup"), &awsec2.SecurityGroupProps{
		Vpc:              n.vpc,
		AllowAllOutbound: jsii.Bool(false), // an endpoint only answers
	})
	return awsec2.NewInterfaceVpcEndpoint(scope, jsii.String("Resource"), &awsec2.InterfaceVpcEndpointProps{
		Vpc:            n.vpc,
		Service:        service,
		Subnets:        n.ApplicationSubnets(),
		SecurityGroups: &[]awsec2.ISecurityGroup{group},
		Open:           jsii.Bool(false),
	})
}

// Vpc is the network, as other constructs take it.
func (n *Network) Vpc() awsec2.IVpc { return n.vpc }

// CfnVpc is the VPC's resource.
func (n *Network) CfnVpc() awsec2.CfnVPC { return n.resource }

// ApplicationSubnets are the subnets for functions and endpoints, one in each zone.
func (n *Network) ApplicationSubnets() *awsec2.SubnetSelection { return selection(n.application) }

// DatabaseSubnets are the subnets for a database and its proxy, one in each zone.
func (n *Network) DatabaseSubnets() *awsec2.SubnetSelection { return selection(n.database) }

func selection(subnets []awsec2.PrivateSubnet) *awsec2.SubnetSelection {
	selected := make([]awsec2.ISubnet, len(subnets))
	for i, s := range subnets {
		selected[i] = s
	}
	return &awsec2.SubnetSelection{Subnets: &selected}
}

// FlowLog records all traffic of the VPC, accepted and rejected.
func (n *Network) FlowLog() awsec2.FlowLog { return n.flowLog }

// FlowLogGroup receives the flow log.
func (n *Network) FlowLogGroup() awslogs.LogGroup { return n.flowLogGroup }

// FlowLogRole is the role that writes the flow log, to its log group and nowhere else.
func (n *Network) FlowLogRole() awsiam.Role { return n.flowLogRole }
