package test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/gofunction"
	"github.com/warmstandby/warmstandby/constructs/network"
)

// zone is the i-th availability zone of the stack's Region, as a template says it.
func zone(i int) map[string]any {
	return map[string]any{"Fn::Select": []any{i, map[string]any{"Fn::GetAZs": ""}}}
}

func nameTag(name string) []any {
	return []any{map[string]any{"Key": "Name", "Value": name}}
}

func TestNetworkDefaults(t *testing.T) {
	stack := newStack(t)
	network.New(stack, "Network", nil)
	s := synthesize(t, stack)

	vpc := map[string]any{"Ref": s.only(t, "AWS::EC2::VPC").id}
	s.hasProperties(t, "AWS::EC2::VPC", map[string]any{
		"CidrBlock": "10.0.0.0/16", "EnableDnsHostnames": true, "EnableDnsSupport": true, "Tags": nameTag("Test/Network"),
	})
	for _, want := range []struct {
		name, cidr string
		zone       int
	}{
		{"Application1", "10.0.0.0/20", 0},
		{"Application2", "10.0.16.0/20", 1},
		{"Database1", "10.0.128.0/20", 0},
		{"Database2", "10.0.144.0/20", 1},
	} {
		s.hasProperties(t, "AWS::EC2::Subnet", map[string]any{
			"AvailabilityZone":    zone(want.zone),
			"CidrBlock":           want.cidr,
			"MapPublicIpOnLaunch": false,
			"Tags":                nameTag("Test/Network/" + want.name),
			"VpcId":               vpc,
		})
	}
	for typ, count := range map[string]int{
		"AWS::EC2::Subnet":                      4,
		"AWS::EC2::RouteTable":                  4,
		"AWS::EC2::SubnetRouteTableAssociation": 4,
		"AWS::EC2::Route":                       0,
		"AWS::EC2::InternetGateway":             0,
		"AWS::EC2::NatGateway":                  0,
		"AWS::EC2::VPCEndpoint":                 0,
		"AWS::EC2::SecurityGroup":               0,
		"AWS::Lambda::Function":                 0,
	} {
		check(t, func() { s.ResourceCountIs(jsii.String(typ), jsii.Number(count)) })
	}
}

func TestNetworkFlowLog(t *testing.T) {
	stack := newStack(t)
	network.New(stack, "Network", nil)
	s := synthesize(t, stack)

	group, role := s.only(t, "AWS::Logs::LogGroup"), s.only(t, "AWS::IAM::Role")
	s.hasProperties(t, "AWS::EC2::FlowLog", map[string]any{
		"DeliverLogsPermissionArn": map[string]any{"Fn::GetAtt": []string{role.id, "Arn"}},
		"LogDestinationType":       "cloud-watch-logs",
		"LogGroupName":             map[string]any{"Ref": group.id},
		"ResourceId":               map[string]any{"Ref": s.only(t, "AWS::EC2::VPC").id},
		"ResourceType":             "VPC",
		"TrafficType":              "ALL",
	})
	s.hasProperties(t, "AWS::Logs::LogGroup", map[string]any{"RetentionInDays": 30})
	if policy := group.raw["DeletionPolicy"]; policy != "Delete" {
		t.Errorf("the log group's deletion policy is %v", policy)
	}
	s.hasProperties(t, "AWS::IAM::Role", map[string]any{
		"ManagedPolicyArns": assertions.Match_Absent(),
		"AssumeRolePolicyDocument": map[string]any{"Statement": []any{map[string]any{
			"Action":    "sts:AssumeRole",
			"Condition": map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": "123456789012"}},
			"Effect":    "Allow",
			"Principal": map[string]any{"Service": "vpc-flow-logs.amazonaws.com"},
		}}},
	})
	s.only(t, "AWS::IAM::Policy")
	s.hasProperties(t, "AWS::IAM::Policy", map[string]any{
		"Roles": []any{map[string]any{"Ref": role.id}},
		"PolicyDocument": map[string]any{"Statement": []any{map[string]any{
			"Action":   []string{"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"},
			"Effect":   "Allow",
			"Resource": map[string]any{"Fn::GetAtt": []string{group.id, "Arn"}},
		}}},
	})
}

func TestNetworkProps(t *testing.T) {
	stack := newStack(t)
	network.New(stack, "Network", &network.Props{
		Cidr:                 "10.1.2.0/24",
		AvailabilityZones:    []string{"us-east-1b", "us-east-1d", "us-east-1f"},
		Name:                 "shop",
		FlowLogRetention:     awslogs.RetentionDays_ONE_YEAR,
		FlowLogRemovalPolicy: awscdk.RemovalPolicy_RETAIN,
	})
	s := synthesize(t, stack)

	s.hasProperties(t, "AWS::EC2::VPC", map[string]any{"CidrBlock": "10.1.2.0/24", "Tags": nameTag("shop")})
	s.hasProperties(t, "AWS::EC2::Subnet", map[string]any{
		"AvailabilityZone": "us-east-1f", "CidrBlock": "10.1.2.160/28", "Tags": nameTag("shop/Database3"),
	})
	check(t, func() { s.ResourceCountIs(jsii.String("AWS::EC2::Subnet"), jsii.Number(6)) })
	s.hasProperties(t, "AWS::Logs::LogGroup", map[string]any{"RetentionInDays": 365})
	if policy := s.only(t, "AWS::Logs::LogGroup").raw["DeletionPolicy"]; policy != "Retain" {
		t.Errorf("the log group's deletion policy is %v", policy)
	}
}

// TestNetworkKeepsSubnets proves that a subnet keeps its logical ID and its properties when zones are added. It says nothing of
// what is in the subnets: a proxy cannot follow.
func TestNetworkKeepsSubnets(t *testing.T) {
	subnets := func(zones int) map[string]string {
		stack := newStack(t)
		network.New(stack, "Network", &network.Props{Zones: zones})
		found := make(map[string]string)
		for _, r := range synthesize(t, stack).resources(t, "AWS::EC2::Subnet") {
			data, err := json.Marshal(r.properties)
			if err != nil {
				t.Fatal(err)
			}
			found[r.id] = string(data)
		}
		return found
	}
	six := subnets(6)
	if len(six) != 12 {
		t.Errorf("six zones have %d subnets, want 12", len(six))
	}
	for id, properties := range subnets(2) {
		if six[id] != properties {
			t.Errorf("subnet %s is %s with two zones and %s with six", id, properties, six[id])
		}
	}
}

func TestNetworkNeedsNoLookup(t *testing.T) {
	app := newApp(t)
	stack := awscdk.NewStack(app, jsii.String("Test"), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("123456789012"), Region: jsii.String("us-east-1")},
	})
	network.New(stack, "Network", nil)
	app.Synth(nil)
	data, err := os.ReadFile(filepath.Join(*app.Outdir(), "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest map[string]any
	if err := json.Unmarshal(data, &manifest); err != nil {
		t.Fatal(err)
	}
	if _, ok := manifest["artifacts"]; !ok {
		t.Fatal("the manifest has no artifacts")
	}
	if missing, ok := manifest["missing"]; ok {
		t.Errorf("the manifest asks for %v", missing)
	}
}

func TestNetworkHoldsFunctions(t *testing.T) {
	stack := newStack(t)
	n := network.New(stack, "Network", nil)
	gofunction.New(stack, "Hello", &gofunction.Props{ImportPath: hello, Vpc: n.Vpc(), VpcSubnets: n.ApplicationSubnets()})
	s := synthesize(t, stack)

	s.hasProperties(t, "AWS::Lambda::Function", map[string]any{"VpcConfig": map[string]any{
		"SubnetIds": []any{ref(t, s, "10.0.0.0/20"), ref(t, s, "10.0.16.0/20")},
	}})
	s.hasProperties(t, "AWS::EC2::SecurityGroup", map[string]any{"VpcId": map[string]any{"Ref": s.only(t, "AWS::EC2::VPC").id}})
}

// ref is a reference to the subnet that has cidr.
func ref(t *testing.T, s synthesized, cidr string) map[string]any {
	t.Helper()
	for _, r := range s.resources(t, "AWS::EC2::Subnet") {
		if r.properties["CidrBlock"] == cidr {
			return map[string]any{"Ref": r.id}
		}
	}
	t.Fatalf("no subnet has %s", cidr)
	return nil
}

func TestNetworkSubnetsByName(t *testing.T) {
	stack := newStack(t)
	n := network.New(stack, "Network", nil)
	for group, selection := range map[string]*awsec2.SubnetSelection{
		"Application": n.ApplicationSubnets(),
		"Database":    n.DatabaseSubnets(),
	} {
		named := n.Vpc().SelectSubnets(&awsec2.SubnetSelection{SubnetGroupName: &group})
		got := stack.Resolve(named.SubnetIds)
		want := stack.Resolve(n.Vpc().SelectSubnets(selection).SubnetIds)
		if fmt.Sprint(got) != fmt.Sprint(want) || len(*named.SubnetIds) != 2 {
			t.Errorf("the subnets of %s are %v by name, want %v", group, got, want)
		}
	}
}

func TestNetworkInterfaceEndpoint(t *testing.T) {
	stack := newStack(t)
	n := network.New(stack, "Network", nil)
	endpoint := n.AddInterfaceEndpoint("Secrets", awsec2.InterfaceVpcEndpointAwsService_SECRETS_MANAGER())
	f := gofunction.New(stack, "Hello", &gofunction.Props{ImportPath: hello, Vpc: n.Vpc(), VpcSubnets: n.ApplicationSubnets()})
	endpoint.Connections().AllowDefaultPortFrom(f.Function(), jsii.String("Read secrets"))
	s := synthesize(t, stack)

	groups := make(map[string]any) // by the construct that they belong to
	for _, r := range s.resources(t, "AWS::EC2::SecurityGroup") {
		groups[r.properties["GroupDescription"].(string)] = map[string]any{"Fn::GetAtt": []any{r.id, "GroupId"}}
	}
	endpointGroup, functionGroup := groups["Test/Network/Secrets/SecurityGroup"], groups["Test/Hello/SecurityGroup"]
	s.hasProperties(t, "AWS::EC2::VPCEndpoint", map[string]any{
		"PrivateDnsEnabled": true,
		"SecurityGroupIds":  []any{endpointGroup},
		"ServiceName":       "com.amazonaws.us-east-1.secretsmanager",
		"SubnetIds":         []any{ref(t, s, "10.0.0.0/20"), ref(t, s, "10.0.16.0/20")},
		"VpcEndpointType":   "Interface",
		"VpcId":             map[string]any{"Ref": s.only(t, "AWS::EC2::VPC").id},
	})
	s.only(t, "AWS::EC2::SecurityGroupIngress")
	s.hasProperties(t, "AWS::EC2::SecurityGroupIngress", map[string]any{
		"FromPort": 443, "ToPort": 443, "IpProtocol": "tcp", "GroupId": endpointGroup, "SourceSecurityGroupId": functionGroup,
	})
	s.only(t, "AWS::EC2::SecurityGroupEgress")
	s.hasProperties(t, "AWS::EC2::SecurityGroupEgress", map[string]any{
		"FromPort": 443, "ToPort": 443, "IpProtocol": "tcp", "GroupId": functionGroup, "DestinationSecurityGroupId": endpointGroup,
	})
}

func TestNetworkInterfaceEndpointIsClosed(t *testing.T) {
	stack := newStack(t)
	n := network.New(stack, "Network", nil)
	n.AddInterfaceEndpoint("Secrets", awsec2.InterfaceVpcEndpointAwsService_SECRETS_MANAGER())
	s := synthesize(t, stack)

	s.hasProperties(t, "AWS::EC2::SecurityGroup", map[string]any{
		"SecurityGroupIngress": assertions.Match_Absent(),
		"SecurityGroupEgress":  []any{assertions.Match_ObjectLike(&map[string]any{"CidrIp": "255.255.255.255/32"})},
	})
	check(t, func() { s.ResourceCountIs(jsii.String("AWS::EC2::SecurityGroupIngress"), jsii.Number(0)) })
}

func TestNetworkFails(t *testing.T) {
	stack := newStack(t)
	wantPanic(t, func() { network.New(stack, "Network", &network.Props{Cidr: "10.0.0.0/8", Zones: 1}) },
		"network Test/Network: ", "Cidr must be a /16 to /24", "Zones must be 2 to 6, got 1")
}

func TestNetworkAccessors(t *testing.T) {
	stack := newStack(t)
	n := network.New(stack, "Network", nil)
	for name, path := range map[string]*string{
		"Resource":     n.CfnVpc().Node().Path(),
		"Vpc":          n.Vpc().Node().Path(),
		"FlowLog":      n.FlowLog().Node().Path(),
		"FlowLogGroup": n.FlowLogGroup().Node().Path(),
		"FlowLogRole":  n.FlowLogRole().Node().Path(),
		"Application2": (*n.ApplicationSubnets().Subnets)[1].Node().Path(),
		"Database1":    (*n.DatabaseSubnets().Subnets)[0].Node().Path(),
	} {
		if want := "Test/Network/" + name; *path != want {
			t.Errorf("path is %s, want %s", *path, want)
		}
	}
}
