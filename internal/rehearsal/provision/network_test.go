package provision_test

import (
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/internal/rehearsal/provision"
)

// between are two groups of a network: a client's and a server's, with rules inline.
func between(egress, ingress string) resources {
	group := func(property, rules string) string {
		if rules != "" {
			rules = `, "` + property + `": [` + rules + `]`
		}
		return `AWS::EC2::SecurityGroup {"VpcId": {"Ref": "Vpc"}, "GroupDescription": "a group"` + rules + `}`
	}
	return network.with(resources{
		"From": group("SecurityGroupEgress", egress),
		"To":   group("SecurityGroupIngress", ingress),
	})
}

// TestReaches connects a client in subnet A, 10.0.0.0/20, to port 3306 of a server in subnet B, 10.0.16.0/20.
func TestReaches(t *testing.T) {
	const (
		everywhere = `{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}`
		mysql      = `{"IpProtocol": "tcp", "FromPort": 3306, "ToPort": 3306, "CidrIp": "10.0.0.0/16"}`
		nobody     = `{"IpProtocol": "icmp", "FromPort": 252, "ToPort": 86, "CidrIp": "255.255.255.255/32"}`
		fromGroup  = `AWS::EC2::SecurityGroupIngress {"GroupId": {"Ref": "To"}, "SourceSecurityGroupId": {"Ref": "From"}, "IpProtocol": "tcp", "FromPort": 3306, "ToPort": 3306}`
		toGroup    = `AWS::EC2::SecurityGroupEgress {"GroupId": {"Ref": "From"}, "DestinationSecurityGroupId": {"Ref": "To"}, "IpProtocol": "tcp", "FromPort": "3306", "ToPort": "3306"}`
		elsewhere  = `AWS::EC2::SecurityGroupEgress {"GroupId": {"Ref": "From"}, "DestinationSecurityGroupId": {"Ref": "G"}, "IpProtocol": "-1"}`
	)
	ports := func(from, to string) string {
		return `{"IpProtocol": "tcp", "FromPort": ` + from + `, "ToPort": ` + to + `, "CidrIp": "10.0.0.0/16"}`
	}
	cidr := func(block string) string {
		return `{"IpProtocol": "-1", "CidrIp": "` + block + `"}`
	}
	tests := map[string]struct {
		egress, ingress string
		more            resources
		want            bool
	}{
		"no rules":                     {},
		"AWS's egress rule":            {ingress: mysql, want: true},
		"no ingress":                   {egress: everywhere},
		"both":                         {egress: mysql, ingress: mysql, want: true},
		"CDK's placeholder for egress": {egress: nobody, ingress: everywhere},
		"placeholder and a rule":       {egress: nobody + "," + mysql, ingress: mysql, want: true},
		"groups":                       {egress: nobody, more: resources{"In": fromGroup, "Out": toGroup}, want: true},
		"groups, without egress":       {egress: nobody, more: resources{"In": fromGroup}},
		"groups, without ingress":      {more: resources{"Out": toGroup}},
		"egress as a resource ends AWS's own rule": {more: resources{"In": fromGroup, "Out": elsewhere}},
		"ports that do":                 {egress: ports("3300", "3306"), ingress: ports("3306", "3310"), want: true},
		"ports below":                   {egress: ports("1", "3305"), ingress: mysql},
		"ports above":                   {egress: mysql, ingress: ports("3307", "65535")},
		"another protocol":              {egress: everywhere, ingress: `{"IpProtocol": "udp", "FromPort": 3306, "ToPort": 3306, "CidrIp": "10.0.0.0/16"}`},
		"a protocol's number":           {ingress: `{"IpProtocol": 6, "FromPort": 3306, "ToPort": 3306, "CidrIp": "10.0.0.0/16"}`, want: true},
		"all protocols by number":       {ingress: `{"IpProtocol": -1, "CidrIp": "10.0.0.0/16"}`, want: true},
		"the client's subnet":           {ingress: cidr("10.0.0.0/20"), want: true},
		"half of the client's subnet":   {ingress: cidr("10.0.0.0/21")},
		"the server's subnet":           {ingress: cidr("10.0.16.0/20")},
		"egress to the server's subnet": {egress: cidr("10.0.16.0/20"), ingress: mysql, want: true},
		"egress to the client's subnet": {egress: cidr("10.0.0.0/20"), ingress: mysql},
		"IPv6":                          {ingress: `{"IpProtocol": "-1", "CidrIpv6": "::/0"}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := mustDeploy(t, between(tt.egress, tt.ingress).with(tt.more))
			from, to := d.at("A", "From"), d.at("B", "To")
			if got := d.Network.Reaches(from, to, 3306); got != tt.want {
				t.Errorf("want %t, got %t", tt.want, got)
			}
		})
	}
}

func TestReachesWithSeveralGroups(t *testing.T) {
	d := mustDeploy(t, between(`{"IpProtocol": "icmp", "CidrIp": "255.255.255.255/32", "FromPort": 252, "ToPort": 86}`,
		`{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}`))
	from, to := d.at("A", "From", "G"), d.at("B", "G", "To")
	if !d.Network.Reaches(from, to, 3306) {
		t.Error("rules of several groups add up, but one is not enough here")
	}
	outside := provision.Attachment{SecurityGroups: from.SecurityGroups}
	if d.Network.Reaches(outside, to, 3306) || d.Network.Reaches(provision.Attachment{VPC: "vpc-other", SecurityGroups: from.SecurityGroups}, to, 3306) {
		t.Error("somebody outside of the VPC reaches what is in it")
	}
}

// at is an attachment to subnet and groups of the stack app.
func (d deployment) at(subnet string, groups ...string) provision.Attachment {
	stack := d.Deployment.Stack("app")
	a := provision.Attachment{VPC: stack.Resource("Vpc").Ref, Subnets: []string{stack.Resource(subnet).Ref}}
	for _, g := range groups {
		a.SecurityGroups = append(a.SecurityGroups, stack.Resource(g).Ref)
	}
	return a
}

func TestConnects(t *testing.T) {
	d := mustDeploy(t, database.with(resources{
		"In":       `AWS::EC2::SecurityGroupIngress {"GroupId": {"Ref": "G"}, "SourceSecurityGroupId": {"Ref": "G"}, "IpProtocol": "-1"}`,
		"Closed":   `AWS::EC2::SecurityGroup {"VpcId": {"Ref": "Vpc"}, "GroupDescription": "closed"}`,
		"Other":    `AWS::EC2::VPC {"CidrBlock": "10.1.0.0/16"}`,
		"Endpoint": `AWS::EC2::VPCEndpoint {"VpcEndpointType": "Interface", "VpcId": {"Ref": "Vpc"}, "ServiceName": "com.amazonaws.us-east-1.secretsmanager", "SubnetIds": [{"Ref": "A"}], "SecurityGroupIds": [{"Ref": "G"}], "PrivateDnsEnabled": true}`,
	}))
	const secrets = "secretsmanager.us-east-1.amazonaws.com"
	writer := d.Endpoints[d.index(provision.ClusterWriter)]
	inside := d.at("A", "G")
	tests := map[string]struct {
		at   provision.Attachment
		host string
		port int
		want string
	}{
		"the cluster":                      {at: inside, host: writer.Host, port: 3306},
		"the cluster in capitals":          {at: inside, host: strings.ToUpper(writer.Host), port: 3306},
		"the cluster's wrong port":         {inside, writer.Host, 3307, "it listens on port 3306 only"},
		"the cluster without its group":    {d.at("A", "Closed"), writer.Host, 3306, "lets [" + d.at("A", "Closed").SecurityGroups[0] + "] in"},
		"the cluster from outside":         {provision.Attachment{}, writer.Host, 3306, "it is in no VPC"},
		"the cluster from another VPC":     {provision.Attachment{VPC: "vpc-other"}, writer.Host, 3306, "it is in vpc-other, not in " + inside.VPC},
		"a service with an endpoint":       {at: inside, host: secrets, port: 443},
		"a service without an endpoint":    {inside, "ssm.us-east-1.amazonaws.com", 443, "which has no way out and no interface endpoint for it"},
		"a service from a VPC without any": {provision.Attachment{VPC: "vpc-other"}, secrets, 443, "no way out"},
		"a service from outside":           {host: secrets, port: 443},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := d.Connects(&provision.Function{Name: "F", Attachment: tt.at}, tt.host, tt.port)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("want %q, got %v", tt.want, err)
			}
		})
	}
	if err := d.TargetConnects(provision.Endpoint{Proxy: "P", Region: "us-east-1"}); err == nil || err.Error() != "proxy P has no target" {
		t.Errorf("a proxy without target: got %v", err)
	}
}

// index is the place of the first endpoint of a kind.
func (d deployment) index(kind provision.Kind) int {
	for i, e := range d.Endpoints {
		if e.Kind == kind {
			return i
		}
	}
	return -1
}
