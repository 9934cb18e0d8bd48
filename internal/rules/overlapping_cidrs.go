package rules

import (
	"net/netip"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

const (
	typeVPC    = "AWS::EC2::VPC"
	typeSubnet = "AWS::EC2::Subnet"
)

// overlappingCIDRs finds address ranges that collide. VPCs that overlap, in whatever Region, can never be connected, and
// joining the Regions is what a recovery may need. Subnets that overlap, or are outside of their VPC, EC2 refuses.
var overlappingCIDRs = Rule{
	ID:      "overlapping-cidrs",
	Summary: "VPCs of the assembly overlap, or subnets overlap or are outside of their VPC",
	check: func(a *assembly.Assembly) []Finding {
		vpcs := blocks(a, typeVPC)
		return append(overlaps(vpcs), subnetFindings(vpcs, blocks(a, typeSubnet))...)
	},
}

// block is a VPC or subnet with its address range.
type block struct {
	subject
	prefix netip.Prefix
	vpc    string // the key of a subnet's VPC; empty if the VPC is not in the assembly
}

// blocks are the resources of typ whose address range is known.
func blocks(a *assembly.Assembly, typ string) []block {
	var found []block
	for x := range each(a, typ) {
		prefix, ok := x.prefix(x.property("CidrBlock"))
		if !ok {
			continue
		}
		b := block{subject: x, prefix: prefix}
		if vpc, _, ok := x.follow(x.property("VpcId"), typeVPC); ok {
			b.vpc = vpc.key()
		}
		found = append(found, b)
	}
	return found
}

// prefix is an address range: a literal, or the range of the VPC that v refers to.
func (x subject) prefix(v any) (netip.Prefix, bool) {
	if vpc, attribute, ok := x.follow(v, typeVPC); ok && attribute == "CidrBlock" {
		x, v = vpc, vpc.property("CidrBlock")
	}
	text, _ := x.render(v)
	prefix, err := netip.ParsePrefix(text)
	return prefix.Masked(), err == nil
}

// overlaps are the findings about blocks that overlap one before them.
func overlaps(blocks []block) []Finding {
	var findings []Finding
	for i, b := range blocks {
		for _, other := range blocks[:i] {
			if b.prefix.Overlaps(other.prefix) {
				findings = append(findings, b.finding(b.prefix.String(), "CidrBlock %s overlaps %s of %s: choose ranges that do not overlap",
					b.prefix, other.prefix, other.name()))
			}
		}
	}
	return findings
}

// subnetFindings are the findings about the subnets of each VPC.
func subnetFindings(vpcs, subnets []block) []Finding {
	var findings []Finding
	byVPC := make(map[string][]block)
	for _, s := range subnets {
		if s.vpc != "" {
			byVPC[s.vpc] = append(byVPC[s.vpc], s)
		}
	}
	for _, vpc := range vpcs {
		inside := byVPC[vpc.key()]
		findings = append(findings, overlaps(inside)...)
		for _, s := range inside {
			if !contains(vpc.prefix, s.prefix) && !vpc.hasMoreBlocks() {
				findings = append(findings, s.finding(s.prefix.String(), "CidrBlock %s is not inside %s of %s: choose a range inside it",
					s.prefix, vpc.prefix, vpc.name()))
			}
		}
	}
	return findings
}

// hasMoreBlocks reports whether the VPC has more than its first address range, so that its subnets may be in another one.
func (b block) hasMoreBlocks() bool {
	for more := range each(b.assembly, "AWS::EC2::VPCCidrBlock") {
		if vpc, _, ok := more.follow(more.property("VpcId"), typeVPC); ok && vpc.key() == b.key() {
			return true
		}
	}
	return false
}

// contains reports whether all of inner is in outer.
func contains(outer, inner netip.Prefix) bool {
	return outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}
