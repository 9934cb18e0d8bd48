package cloudformation

import (
	"errors"
	"math/big"
	"net/netip"
	"strconv"
)

// errCidr tells how Fn::Cidr is called.
var errCidr = errors.New("Template error: every Fn::Cidr object requires three parameters: (1) a CIDR block, (2) the number of " +
	"CIDRs to generate, from 1 to 256, and (3) the number of subnet bits of each")

// cidr divides a block into smaller ones. Its argument is the block, how many to make, and how many bits each has for hosts.
// See https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html.
func cidr(arg any) (any, error) {
	const maxCount = 256
	args, _ := texts(arg)
	if len(args) != 3 {
		return nil, errCidr
	}
	block, err := netip.ParsePrefix(args[0])
	count, countErr := strconv.Atoi(args[1])
	hostBits, bitsErr := strconv.Atoi(args[2])
	if err != nil || countErr != nil || bitsErr != nil || count < 1 || count > maxCount || hostBits < 0 {
		return nil, errCidr
	}
	all := block.Addr().BitLen()
	spare := all - hostBits - block.Bits() // bits that number the smaller blocks
	if spare < 0 || spare < 8 && count > 1<<spare {
		return nil, templateError("Fn::Cidr cannot make %d blocks with %d subnet bits each in %s", count, hostBits, block)
	}
	blocks := make([]any, 0, count)
	first := new(big.Int).SetBytes(block.Masked().Addr().AsSlice())
	for i := range count {
		offset := new(big.Int).Lsh(big.NewInt(int64(i)), uint(hostBits))
		raw := offset.Add(offset, first).FillBytes(make([]byte, all/8))
		addr, _ := netip.AddrFromSlice(raw)
		blocks = append(blocks, netip.PrefixFrom(addr, all-hostBits).String())
	}
	return blocks, nil
}
