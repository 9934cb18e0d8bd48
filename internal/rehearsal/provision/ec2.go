package provision

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/warmstandby/warmstandby/internal/cloudformation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

type vpcProperties struct {
	CidrBlock          string
	EnableDNSHostnames properties.Bool
	EnableDNSSupport   *properties.Bool

	InstanceTenancy properties.Ignored // there are no instances
	Tags            properties.Ignored // nothing looks at them
}

func (c *call) vpc(p vpcProperties) (cloudformation.Physical, error) {
	cidr, err := netip.ParsePrefix(p.CidrBlock)
	if err != nil {
		return failf("property CidrBlock: %w", err)
	}
	id := c.ec2ID("vpc")
	dns := p.EnableDNSSupport == nil || bool(*p.EnableDNSSupport)
	c.Network.vpcs[id] = vpc{cidr: cidr, dnsHostnames: dns && bool(p.EnableDNSHostnames)}
	return physical(id, attributes{"VpcId": id, "CidrBlock": p.CidrBlock})
}

type subnetProperties struct {
	AvailabilityZone string
	CidrBlock        string
	VpcID            string

	MapPublicIPOnLaunch properties.Ignored // public addresses need an internet gateway, which is not modelled
	Tags                properties.Ignored // nothing looks at them
}

func (c *call) subnet(p subnetProperties) (cloudformation.Physical, error) {
	cidr, err := netip.ParsePrefix(p.CidrBlock)
	if err != nil {
		return failf("property CidrBlock: %w", err)
	}
	in, ok := c.Network.vpcs[p.VpcID]
	if !ok {
		return failf("The vpc ID '%s' does not exist", p.VpcID)
	}
	if !contains(in.cidr, cidr) {
		return failf("The CIDR '%s' is invalid: it is not within %s of the VPC", cidr, in.cidr)
	}
	id := c.ec2ID("subnet")
	c.Network.subnets[id] = subnet{vpc: p.VpcID, zone: p.AvailabilityZone, cidr: cidr}
	return physical(id, attributes{"SubnetId": id, "VpcId": p.VpcID, "CidrBlock": p.CidrBlock, "AvailabilityZone": p.AvailabilityZone})
}

type securityGroupProperties struct {
	SecurityGroupEgress  []egressProperties
	SecurityGroupIngress []ingressProperties
	VpcID                string

	GroupDescription properties.Ignored // nothing looks at it
	GroupName        properties.Ignored // templates refer to groups by ID
	Tags             properties.Ignored // nothing looks at them
}

func (c *call) securityGroup(p securityGroupProperties) (cloudformation.Physical, error) {
	if _, ok := c.Network.vpcs[p.VpcID]; !ok {
		return failf("The vpc ID '%s' does not exist", p.VpcID)
	}
	g := &securityGroup{vpc: p.VpcID}
	for _, in := range p.SecurityGroupIngress {
		r, err := c.rule(g, in.SourceSecurityGroupID, in.rangeProperties)
		if err != nil {
			return failf("property SecurityGroupIngress: %w", err)
		}
		g.ingress = append(g.ingress, r)
	}
	for _, out := range p.SecurityGroupEgress {
		r, err := c.rule(g, out.DestinationSecurityGroupID, out.rangeProperties)
		if err != nil {
			return failf("property SecurityGroupEgress: %w", err)
		}
		g.egress = append(g.egress, r)
	}
	id := c.ec2ID("sg")
	c.Network.groups[id] = g
	return physical(id, attributes{"GroupId": id, "Id": id, "VpcId": p.VpcID})
}

// rangeProperties are what all rules have. The port properties may be the type and the code of ICMP, which opens no
// connection.
type rangeProperties struct {
	CidrIP     string
	CidrIPv6   string
	FromPort   *properties.Int
	IPProtocol scalar
	ToPort     *properties.Int

	Description properties.Ignored // nothing looks at it
}

type ingressProperties struct {
	rangeProperties

	SourceSecurityGroupID string

	SourceSecurityGroupOwnerID properties.Ignored // there is one account
}

type egressProperties struct {
	rangeProperties

	DestinationSecurityGroupID string
}

// ingress is AWS::EC2::SecurityGroupIngress.
func (c *call) ingress(p struct {
	ingressProperties

	GroupID string
},
) (cloudformation.Physical, error) {
	g, err := c.groupOf(p.GroupID)
	if err != nil {
		return cloudformation.Physical{}, err
	}
	r, err := c.rule(g, p.SourceSecurityGroupID, p.rangeProperties)
	if err != nil {
		return cloudformation.Physical{}, err
	}
	g.ingress = append(g.ingress, r)
	return physical(c.ec2ID("sgr"), nil)
}

// egress is AWS::EC2::SecurityGroupEgress.
func (c *call) egress(p struct {
	egressProperties

	GroupID string
},
) (cloudformation.Physical, error) {
	g, err := c.groupOf(p.GroupID)
	if err != nil {
		return cloudformation.Physical{}, err
	}
	r, err := c.rule(g, p.DestinationSecurityGroupID, p.rangeProperties)
	if err != nil {
		return cloudformation.Physical{}, err
	}
	g.egress = append(g.egress, r)
	return physical(c.ec2ID("sgr"), nil)
}

func (c *call) groupOf(id string) (*securityGroup, error) {
	g, ok := c.Network.groups[id]
	if !ok {
		return nil, fmt.Errorf("The security group '%s' does not exist", id)
	}
	return g, nil
}

// rule is a rule of g whose other side is a security group or a range of addresses.
func (c *call) rule(g *securityGroup, peer string, p rangeProperties) (rule, error) {
	const lastPort = 65535
	r := rule{protocol: protocolName(string(p.IPProtocol)), last: lastPort, group: peer}
	if p.FromPort != nil {
		r.first = int(*p.FromPort)
	}
	if p.ToPort != nil {
		r.last = int(*p.ToPort)
	}
	switch {
	case r.protocol == "":
		return r, errors.New("property IpProtocol is missing")
	case r.protocol == tcp && (p.FromPort == nil || p.ToPort == nil):
		return r, errors.New("a rule for TCP needs the properties FromPort and ToPort")
	case len(slices.DeleteFunc([]string{peer, p.CidrIP, p.CidrIPv6}, func(s string) bool { return s == "" })) != 1:
		return r, errors.New("a rule has either one security group or one range of addresses")
	case peer == "":
		var err error
		r.cidr, err = netip.ParsePrefix(p.CidrIP + p.CidrIPv6) // a range of IPv6 contains no address of anybody
		return r, err
	}
	other, err := c.groupOf(peer)
	if err == nil && other.vpc != g.vpc {
		err = fmt.Errorf("You have specified two resources that belong to different networks: %s is in %s, not in %s", peer, other.vpc, g.vpc)
	}
	return r, err
}

// attach is where the subnets and security groups are. All must be in one VPC.
func (c *call) attach(subnets, groups []string) (Attachment, error) {
	a := Attachment{Subnets: subnets, SecurityGroups: groups}
	for _, id := range subnets {
		s, ok := c.Network.subnets[id]
		if !ok {
			return a, fmt.Errorf("The subnet ID '%s' does not exist", id)
		}
		if a.VPC == "" {
			a.VPC = s.vpc
		}
		if s.vpc != a.VPC {
			return a, fmt.Errorf("subnet %s is in %s, but subnet %s is in %s", subnets[0], a.VPC, id, s.vpc)
		}
	}
	for _, id := range groups {
		g, err := c.groupOf(id)
		if err != nil {
			return a, err
		}
		if g.vpc != a.VPC {
			return a, fmt.Errorf("the subnets are in VPC %q, but security group %s is in %q", a.VPC, id, g.vpc)
		}
	}
	return a, nil
}
