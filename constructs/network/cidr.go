package network

import (
	"encoding/binary"
	"fmt"
	"net/netip"
)

// A VPC is divided into sixteen blocks, eight for each kind of subnet.
const (
	blockBits     = 4
	blocksPerTier = 8
)

// The prefix lengths of a VPC whose blocks AWS accepts as subnets. A VPC is a /16 at most and a subnet a /28 at least; see
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html.
const (
	minBits = 16
	maxBits = 28 - blockBits
)

// parse is cidr as a prefix that a Network can have.
func parse(cidr string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(cidr)
	switch {
	case err != nil || !p.Addr().Is4():
		return netip.Prefix{}, fmt.Errorf("Cidr must be an IPv4 block such as %s, got %q", defaultCidr, cidr)
	case p.Bits() < minBits || p.Bits() > maxBits:
		const rule = "Cidr must be a /%d to /%d, so that a sixteenth of it can be a subnet, got %s"
		return netip.Prefix{}, fmt.Errorf(rule, minBits, maxBits, p)
	case p != p.Masked():
		return netip.Prefix{}, fmt.Errorf("Cidr must begin with the first address of its block, got %s, change it to %s", p, p.Masked())
	}
	return p, nil
}

// block is the i-th sixteenth of p.
func block(p netip.Prefix, i int) netip.Prefix {
	bits := p.Bits() + blockBits
	first := p.Addr().As4()
	var addr [4]byte
	binary.BigEndian.PutUint32(addr[:], binary.BigEndian.Uint32(first[:])+uint32(i)<<(32-bits))
	return netip.PrefixFrom(netip.AddrFrom4(addr), bits)
}
