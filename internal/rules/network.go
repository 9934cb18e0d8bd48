package rules

import (
	"net/netip"
	"slices"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

const typeSecurityGroup = "AWS::EC2::SecurityGroup"

// side is one end of a connection: a resource with its security groups and the address ranges it is in.
type side struct {
	subject

	// groups are the keys of the security groups; empty if one of them is not in the assembly, so that nothing can be said.
	groups []string

	// networks are the address ranges that the side's address is in; empty if not known.
	networks []netip.Prefix
}

// newSide is the side of x that has these security groups and is in these networks. Where the networks are not known, those of
// the security groups' VPCs are.
func newSide(x subject, groups any, networks []netip.Prefix) side {
	s := side{subject: x, networks: networks}
	var vpcs []netip.Prefix
	for _, v := range list(groups) {
		g, _, ok := x.follow(v, typeSecurityGroup)
		if !ok {
			s.groups = nil
			break
		}
		s.groups = append(s.groups, g.key())
		if vpc, _, ok := g.follow(g.property("VpcId"), typeVPC); ok {
			if prefix, ok := vpc.prefix(vpc.property("CidrBlock")); ok {
				vpcs = append(vpcs, prefix)
			}
		}
	}
	if len(s.networks) == 0 {
		s.networks = vpcs
	}
	return s
}

// subnetPrefixes are the address ranges of subnets; none if one of them is not known.
func subnetPrefixes(x subject, subnets any) []netip.Prefix {
	var prefixes []netip.Prefix
	for _, v := range list(subnets) {
		subnet, _, ok := x.follow(v, typeSubnet)
		if !ok {
			return nil
		}
		prefix, ok := subnet.prefix(subnet.property("CidrBlock"))
		if !ok {
			return nil
		}
		prefixes = append(prefixes, prefix)
	}
	return prefixes
}

// firewall is what the assembly's security groups allow, by the key of the group.
type firewall struct {
	ingress, egress map[string][]groupRule
}

// groupRule is one rule of a security group, in the template that has it.
type groupRule struct {
	subject
	raw any

	// peer is the name of the property that refers to the other side's security group.
	peer string
}

// newFirewall collects the rules of all security groups, those inside the groups and those that are resources of their own.
func newFirewall(a *assembly.Assembly) firewall {
	f := firewall{make(map[string][]groupRule), make(map[string][]groupRule)}
	for g := range each(a, typeSecurityGroup) {
		for _, raw := range list(g.property("SecurityGroupIngress")) {
			f.ingress[g.key()] = append(f.ingress[g.key()], groupRule{g, raw, "SourceSecurityGroupId"})
		}
		for _, raw := range list(g.property("SecurityGroupEgress")) {
			f.egress[g.key()] = append(f.egress[g.key()], groupRule{g, raw, "DestinationSecurityGroupId"})
		}
	}
	f.collect(a, f.ingress, "AWS::EC2::SecurityGroupIngress", "SourceSecurityGroupId")
	f.collect(a, f.egress, "AWS::EC2::SecurityGroupEgress", "DestinationSecurityGroupId")
	return f
}

// collect adds the rules that are resources of their own.
func (f firewall) collect(a *assembly.Assembly, into map[string][]groupRule, typ, peer string) {
	for r := range each(a, typ) {
		if g, _, ok := r.follow(r.property("GroupId"), typeSecurityGroup); ok {
			into[g.key()] = append(into[g.key()], groupRule{r, r.resource.Properties, peer})
		}
	}
}

// allowsOut reports whether a group of from lets it connect to a port of to. A group without any rule for egress allows all.
// See https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ec2-securitygroup-egress.html.
func (f firewall) allowsOut(from, to side, port int) bool {
	return slices.ContainsFunc(from.groups, func(group string) bool {
		rules := f.egress[group]
		return len(rules) == 0 || slices.ContainsFunc(rules, func(r groupRule) bool { return r.admits(to, port) })
	})
}

// allowsIn reports whether a group of to admits from on a port.
func (f firewall) allowsIn(from, to side, port int) bool {
	return slices.ContainsFunc(to.groups, func(group string) bool {
		return slices.ContainsFunc(f.ingress[group], func(r groupRule) bool { return r.admits(from, port) })
	})
}

// admits reports whether the rule is for the port and for the other side. What is known only after deployment may be.
func (r groupRule) admits(other side, port int) bool {
	return r.admitsPort(port) && r.admitsSide(other)
}

// admitsPort reports whether the rule is for TCP on the port.
func (r groupRule) admitsPort(port int) bool {
	protocol, known := r.render(at(r.raw, "IpProtocol"))
	if !known || protocol == "-1" {
		return true
	}
	first, firstKnown := r.port("FromPort")
	last, lastKnown := r.port("ToPort")
	return slices.Contains([]string{"tcp", "TCP", "6"}, protocol) &&
		(!firstKnown || first <= port) && (!lastKnown || port <= last)
}

// port is one end of the rule's range of ports: a number, or the port of a database that is referred to.
func (r groupRule) port(end string) (int, bool) {
	v := at(r.raw, end)
	if c, attribute, ok := r.follow(v, typeCluster, typeInstance); ok && attribute == "Endpoint.Port" {
		return databasePort(c), true
	}
	n, known := r.number(v)
	return int(n), known
}

// admitsSide reports whether the rule is for one of the other side's security groups, or for all of its addresses.
func (r groupRule) admitsSide(other side) bool {
	if peer := at(r.raw, r.peer); peer != nil {
		if g, _, ok := r.follow(peer, typeSecurityGroup); ok {
			return slices.Contains(other.groups, g.key())
		}
		_, known := r.render(peer)
		return !known
	}
	cidr := at(r.raw, "CidrIp")
	addresses, ok := r.prefix(cidr)
	if !ok {
		_, known := r.render(cidr)
		return cidr != nil && !known
	}
	outside := func(network netip.Prefix) bool { return !contains(addresses, network) }
	return addresses.Bits() == 0 || (len(other.networks) > 0 && !slices.ContainsFunc(other.networks, outside))
}
