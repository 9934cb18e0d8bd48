package rules_test

import "testing"

func TestOverlappingCIDRs(t *testing.T) {
	vpc := func(cidr string) string {
		return `"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "` + cidr + `"}}`
	}
	subnet := func(id, cidr string) string {
		return `, "` + id + `": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": ` + cidr + `}}`
	}
	regions := func(primary, secondary string) stacks {
		return stacks{"pri us-east-1": `{"Resources": {` + primary + `}}`, "secd us-east-2": `{"Resources": {` + secondary + `}}`}
	}
	testRule(t, "overlapping-cidrs", map[string]ruleTest{
		"noncompliant 1: VPCs of two Regions": {
			stacks: regions(vpc("10.0.0.0/16"), vpc("10.0.128.0/17")),
			want:   []string{"secd Vpc 10.0.128.0/17"},
			says:   "10.0.128.0/17 overlaps 10.0.0.0/16 of pri/Vpc",
		},
		"noncompliant 2: subnets of one VPC": {
			stacks: one(vpc("10.0.0.0/16") + subnet("A", `"10.0.0.0/24"`) + subnet("B", `"10.0.0.128/25"`)),
			want:   []string{"Test B 10.0.0.128/25"},
		},
		"noncompliant 3: subnet outside": {
			stacks: one(vpc("10.0.0.0/16") + subnet("A", `"10.1.0.0/24"`)),
			want:   []string{"Test A 10.1.0.0/24"},
			says:   "not inside 10.0.0.0/16 of Test/Vpc",
		},
		"noncompliant 4: subnet larger than its VPC": {
			stacks: one(vpc("10.0.0.0/16") + subnet("A", `"10.0.0.0/8"`)), want: []string{"Test A 10.0.0.0/8"},
		},
		"compliant 1: apart": {
			stacks: regions(
				vpc("10.0.0.0/16")+subnet("A", `"10.0.0.0/24"`)+subnet("B", `"10.0.1.0/24"`),
				vpc("10.1.0.0/16")+subnet("A", `"10.1.0.0/24"`)),
		},
		"compliant 2: subnet in another range of the VPC": {
			stacks: one(vpc("10.0.0.0/16") + subnet("A", `"10.1.0.0/24"`) +
				`, "More": {"Type": "AWS::EC2::VPCCidrBlock", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.1.0.0/16"}}`),
		},
		"not applicable 1: known later": {
			stacks: one(vpc("10.0.0.0/16") + subnet("A", `{"Fn::Select": [0, {"Fn::Cidr": ["10.0.0.0/16", 2, 8]}]}`)),
		},
		"not applicable 2: subnet of a VPC elsewhere": {
			stacks: one(`"A": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24"}}`),
		},
	})
}
