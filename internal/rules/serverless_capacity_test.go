package rules_test

import "testing"

func TestServerlessCapacity(t *testing.T) {
	cluster := func(id, capacity, global string) string {
		return `"` + id + `": {"Type": "AWS::RDS::DBCluster", "Properties": {"Engine": "aurora-mysql"` + global +
			`, "ServerlessV2ScalingConfiguration": {` + capacity + `}}}`
	}
	const (
		global = `"Global": {"Type": "AWS::RDS::GlobalCluster", "Properties": {"GlobalClusterIdentifier": "g"}},`
		member = `, "GlobalClusterIdentifier": "g"`
	)
	regions := func(primary, secondary string) stacks {
		return stacks{
			"pri us-east-1":  `{"Resources": {` + global + cluster("Pri", primary, member) + `}}`,
			"secd us-east-2": `{"Resources": {` + cluster("Secd", secondary, member) + `}}`,
		}
	}
	testRule(t, "serverless-capacity", map[string]ruleTest{
		"noncompliant 1: out of range": {
			stacks: one(cluster("C", `"MinCapacity": 0.25, "MaxCapacity": 257`, "")),
			want:   []string{"Test C MinCapacity", "Test C MaxCapacity"},
			says:   "MaxCapacity must be from 1 to 256 in steps of 0.5, got 257",
		},
		"noncompliant 2: not in half units": {
			stacks: one(cluster("C", `"MinCapacity": 1.3, "MaxCapacity": 8`, "")),
			want:   []string{"Test C MinCapacity"},
			says:   "MinCapacity must be from 0.5 to 256 in steps of 0.5, got 1.3",
		},
		"noncompliant 3: least that can never grow": {
			stacks: one(cluster("C", `"MinCapacity": 0.5, "MaxCapacity": 0.5`, "")), want: []string{"Test C MaxCapacity"},
		},
		"noncompliant 4: upside down": {
			stacks: one(cluster("C", `"MinCapacity": 16, "MaxCapacity": "8"`, "")),
			want:   []string{"Test C MinCapacity"},
			says:   "MinCapacity is 16, more than MaxCapacity, which is 8",
		},
		"noncompliant 5: pausing member": {
			stacks: regions(`"MinCapacity": 0, "MaxCapacity": 8`, `"MinCapacity": 8, "MaxCapacity": 8`),
			want:   []string{"pri Pri MinCapacity"},
			says:   "cannot pause",
		},
		"noncompliant 6: smaller secondary": {
			stacks: regions(`"MinCapacity": 2, "MaxCapacity": 16`, `"MinCapacity": 0.5, "MaxCapacity": 8`),
			want:   []string{"secd Secd MinCapacity", "secd Secd MaxCapacity"},
			says:   "MaxCapacity is 8, less than the 16 of the primary pri/Pri",
		},
		"noncompliant 7: instance without capacity": {
			stacks: one(`"C": {"Type": "AWS::RDS::DBCluster", "Properties": {"Engine": "aurora-mysql"}},
				"I": {"Type": "AWS::RDS::DBInstance", "Properties": {"DBClusterIdentifier": {"Ref": "C"}, "DBInstanceClass": "db.serverless"}}`),
			want: []string{"Test I db.serverless"},
			says: "cluster Test/C",
		},
		"compliant 1: pausing cluster of its own": {stacks: one(cluster("C", `"MinCapacity": 0, "MaxCapacity": 1`, ""))},
		"compliant 2: sized alike":                {stacks: regions(`"MinCapacity": 0.5, "MaxCapacity": 256`, `"MinCapacity": 0.5, "MaxCapacity": 256`)},
		"compliant 3: larger secondary":           {stacks: regions(`"MinCapacity": 1, "MaxCapacity": 8`, `"MinCapacity": 2, "MaxCapacity": 16`)},
		"compliant 4: instance with capacity": {
			stacks: one(cluster("C", `"MinCapacity": 1, "MaxCapacity": 2`, "") + `,
				"I": {"Type": "AWS::RDS::DBInstance", "Properties": {"DBClusterIdentifier": {"Ref": "C"}, "DBInstanceClass": "db.serverless"}}`),
		},
		"compliant 5: known later": {stacks: one(cluster("C", `"MinCapacity": {"Ref": "X"}, "MaxCapacity": {"Ref": "Y"}`, ""))},
		"not applicable: provisioned": {
			stacks: one(`"C": {"Type": "AWS::RDS::DBCluster", "Properties": {"Engine": "aurora-mysql"}},
				"I": {"Type": "AWS::RDS::DBInstance", "Properties": {"DBClusterIdentifier": {"Ref": "C"}, "DBInstanceClass": "db.r8g.large"}}`),
		},
	})
}
