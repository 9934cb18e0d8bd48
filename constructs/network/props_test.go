package network

import (
	"strings"
	"testing"
)

func TestValidate(t *testing.T) {
	for name, tc := range map[string]struct {
		props Props
		want  []string // nothing means valid
	}{
		"nothing":      {Props{}, nil},
		"largest Cidr": {Props{Cidr: "10.1.0.0/16"}, nil},
		"least Cidr":   {Props{Cidr: "10.1.2.0/24"}, nil},
		"two zones":    {Props{Zones: 2}, nil},
		"six zones":    {Props{Zones: 6}, nil},
		"named zones":  {Props{AvailabilityZones: []string{"us-east-1a", "us-east-1c", "us-east-1f"}}, nil},

		"fails on a Cidr that is none":      {Props{Cidr: "ten"}, []string{`Cidr must be an IPv4 block such as 10.0.0.0/16, got "ten"`}},
		"fails on an address":               {Props{Cidr: "10.0.0.0"}, []string{`got "10.0.0.0"`}},
		"fails on IPv6":                     {Props{Cidr: "fd00::/20"}, []string{`Cidr must be an IPv4 block such as 10.0.0.0/16, got "fd00::/20"`}},
		"fails on a Cidr that is too large": {Props{Cidr: "10.0.0.0/15"}, []string{"Cidr must be a /16 to /24", "got 10.0.0.0/15"}},
		"fails on a Cidr that is too small": {Props{Cidr: "10.0.0.0/25"}, []string{"Cidr must be a /16 to /24", "got 10.0.0.0/25"}},
		"fails on host bits": {
			Props{Cidr: "10.0.1.0/16"},
			[]string{"Cidr must begin with the first address of its block, got 10.0.1.0/16, change it to 10.0.0.0/16"},
		},
		"fails on one zone":       {Props{Zones: 1}, []string{"Zones must be 2 to 6, got 1"}},
		"fails on seven zones":    {Props{Zones: 7}, []string{"Zones must be 2 to 6, got 7"}},
		"fails on negative zones": {Props{Zones: -1}, []string{"Zones must be 2 to 6, got -1"}},
		"fails on one named zone": {
			Props{AvailabilityZones: []string{"us-east-1a"}},
			[]string{"AvailabilityZones must name 2 to 6 zones, got 1"},
		},
		"fails on too many named zones": {
			Props{AvailabilityZones: strings.Fields("a b c d e f g")},
			[]string{"AvailabilityZones must name 2 to 6 zones, got 7"},
		},
		"fails on a zone twice": {
			Props{AvailabilityZones: []string{"us-east-1a", "us-east-1a"}},
			[]string{`AvailabilityZones must be different, got "us-east-1a" twice`},
		},
		"fails on a zone without a name": {
			Props{AvailabilityZones: []string{"us-east-1a", ""}},
			[]string{"AvailabilityZones[1] must be the name of a zone"},
		},
		"fails on zones given twice over": {
			Props{Zones: 2, AvailabilityZones: []string{"us-east-1a", "us-east-1b"}},
			[]string{"Zones and AvailabilityZones exclude each other"},
		},
		"fails on everything at once": {
			Props{Cidr: "10.0.0.0/8", Zones: 9, AvailabilityZones: []string{"a"}},
			[]string{"Cidr", "Zones must be 2 to 6", "AvailabilityZones must name"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := tc.props.validate()
			if len(tc.want) == 0 {
				if err != nil {
					t.Errorf("got %v", err)
				}
				return
			}
			if err == nil {
				t.Fatal("valid")
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want it to say %q", err, want)
				}
			}
		})
	}
}
