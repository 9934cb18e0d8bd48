package network

import (
	"net/netip"
	"testing"
)

func TestBlock(t *testing.T) {
	for _, tc := range []struct {
		cidr string
		i    int
		want string
	}{
		{"10.0.0.0/16", 0, "10.0.0.0/20"},
		{"10.0.0.0/16", 1, "10.0.16.0/20"},
		{"10.0.0.0/16", 8, "10.0.128.0/20"},
		{"10.0.0.0/16", 15, "10.0.240.0/20"},
		{"192.168.7.0/24", 0, "192.168.7.0/28"},
		{"192.168.7.0/24", 13, "192.168.7.208/28"},
		{"172.16.128.0/17", 9, "172.16.200.0/21"},
		{"255.255.0.0/16", 15, "255.255.240.0/20"},
	} {
		p, err := parse(tc.cidr)
		if err != nil {
			t.Fatal(err)
		}
		if got := block(p, tc.i).String(); got != tc.want {
			t.Errorf("block %d of %s is %s, want %s", tc.i, tc.cidr, got, tc.want)
		}
	}
}

func TestBlocksFillTheVpc(t *testing.T) {
	for bits := minBits; bits <= maxBits; bits++ {
		vpc := netip.PrefixFrom(netip.MustParseAddr("10.0.0.0"), bits)
		var blocks []netip.Prefix
		for i := range 2 * blocksPerTier {
			b := block(vpc, i)
			if !vpc.Overlaps(b) || b != b.Masked() {
				t.Errorf("block %d of %s is %s", i, vpc, b)
			}
			for _, other := range blocks {
				if b.Overlaps(other) {
					t.Errorf("%s and %s of %s overlap", b, other, vpc)
				}
			}
			blocks = append(blocks, b)
		}
	}
}
