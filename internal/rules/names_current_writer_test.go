package rules_test

import "testing"

func TestNamesCurrentWriter(t *testing.T) {
	testRule(t, "names-current-writer", map[string]ruleTest{
		"noncompliant 1: global cluster made of a cluster": {
			stacks: one(`"Global": {"Type": "AWS::RDS::GlobalCluster", "Properties": {"SourceDBClusterIdentifier": "todo-pri"}}`),
			want:   []string{"Test Global SourceDBClusterIdentifier"},
			says:   "names the current writer (todo-pri)",
		},
		"noncompliant 2: member that names its source": {
			stacks: one(`"Cluster": {"Type": "AWS::RDS::DBCluster", "Properties": {"GlobalClusterIdentifier": "g",
				"ReplicationSourceIdentifier": {"Fn::Sub": "arn:aws:rds:us-east-1:${AWS::AccountId}:cluster:todo"}, "SourceRegion": "us-east-1"}}`),
			want: []string{"Test Cluster ReplicationSourceIdentifier"},
			says: "(arn:aws:rds:us-east-1:123456789012:cluster:todo)",
		},
		"compliant 1: empty global cluster": {
			stacks: one(`"Global": {"Type": "AWS::RDS::GlobalCluster", "Properties": {"Engine": "aurora-mysql"}},
				"Cluster": {"Type": "AWS::RDS::DBCluster", "Properties": {"GlobalClusterIdentifier": {"Ref": "Global"}}}`),
		},
		"compliant 2: Region that a secondary is copied from": {
			stacks: one(`"Cluster": {"Type": "AWS::RDS::DBCluster", "Properties": {"GlobalClusterIdentifier": "g", "SourceRegion": "us-east-1"}}`),
		},
		"not applicable: cluster restored from another": {
			stacks: one(`"Cluster": {"Type": "AWS::RDS::DBCluster", "Properties": {"SourceDBClusterIdentifier": "todo"}}`),
		},
	})
}
