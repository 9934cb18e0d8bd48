package provision

import (
	"net/netip"
	"slices"
	"strings"
)

// Network is the VPCs of all Regions, with their subnets and security groups. IDs are unique across Regions.
type Network struct {
	vpcs    map[string]vpc
	subnets map[string]subnet
	groups  map[string]*securityGroup
}

// Attachment is where in a VPC something is: it has an address in each of the subnets, guarded by the security groups. The zero
// value is outside of all VPCs.
type Attachment struct {
	// VPC is the VPC's ID; empty for what is in none.
	VPC string

	// Subnets are the subnets' IDs.
	Subnets []string

	// SecurityGroups are the security groups' IDs.
	SecurityGroups []string
}

type vpc struct {
	cidr         netip.Prefix
	dnsHostnames bool
}

type subnet struct {
	vpc, zone string
	cidr      netip.Prefix
}

// securityGroup is a security group with its rules. A group has AWS's own rule, which lets everything out, until it has an
// egress rule of its own.
type securityGroup struct {
	vpc             string
	ingress, egress []rule
}

// rule lets packets through of one protocol, to ports from first to last, from or to a security group or a range of addresses.
type rule struct {
	protocol    string // tcp, -1 for all, or another
	first, last int    // of no meaning if all protocols are let through
	group       string // empty if cidr is set
	cidr        netip.Prefix
}

// Reaches reports whether somebody at from can connect to a TCP port of somebody at to. Both must be in the same VPC, one of
// from's groups must let the connection out, and one of to's must let it in. Answers need no rules, because security groups
// keep track of connections. A rule for a group holds for everybody who has that group; a rule for a range of addresses holds if
// all addresses that the other side may have are in it. See "Control traffic to your AWS resources using security groups" in
// the VPC user guide.
func (n *Network) Reaches(from, to Attachment, port int) bool {
	return from.VPC != "" && from.VPC == to.VPC && n.letsOut(from, to, port) && n.letsIn(from, to, port)
}

// letsOut reports whether one of from's groups lets it connect to a port of to. AWS's own rule is there as long as no rule for
// egress was declared in the group or beside it. See the pages of AWS::EC2::SecurityGroup and AWS::EC2::SecurityGroupEgress in
// the CloudFormation template reference. CDK declares a rule for 255.255.255.255/32 to get rid of it, which is nobody's address.
func (n *Network) letsOut(from, to Attachment, port int) bool {
	return slices.ContainsFunc(from.SecurityGroups, func(id string) bool {
		g, ok := n.groups[id]
		return ok && (len(g.egress) == 0 || n.allow(g.egress, to, port))
	})
}

// letsIn reports whether one of to's groups lets from connect to a port.
func (n *Network) letsIn(from, to Attachment, port int) bool {
	return slices.ContainsFunc(to.SecurityGroups, func(id string) bool {
		g, ok := n.groups[id]
		return ok && n.allow(g.ingress, from, port)
	})
}

// allow reports whether one of the rules lets TCP to port through, whose other side is at peer.
func (n *Network) allow(rules []rule, peer Attachment, port int) bool {
	return slices.ContainsFunc(rules, func(r rule) bool {
		if r.protocol != allProtocols && (r.protocol != tcp || port < r.first || port > r.last) {
			return false
		}
		if r.group != "" {
			return slices.Contains(peer.SecurityGroups, r.group)
		}
		return n.within(peer, r.cidr)
	})
}

// within reports whether all addresses that somebody may have are in the range.
func (n *Network) within(a Attachment, cidr netip.Prefix) bool {
	return len(a.Subnets) > 0 && !slices.ContainsFunc(a.Subnets, func(id string) bool {
		s, ok := n.subnets[id]
		return !ok || !contains(cidr, s.cidr)
	})
}

// contains reports whether all addresses of inner are in outer.
func contains(outer, inner netip.Prefix) bool {
	return outer.IsValid() && outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

// Protocols of rules. AWS takes a protocol's number for its name.
const (
	allProtocols = "-1"
	tcp          = "tcp"
)

// protocolName is a protocol as rules have it.
func protocolName(name string) string {
	if name == "6" {
		return tcp
	}
	return strings.ToLower(name)
}
