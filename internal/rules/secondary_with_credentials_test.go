package rules_test

import "testing"

func TestSecondaryWithCredentials(t *testing.T) {
	const (
		global  = `"Global": {"Type": "AWS::RDS::GlobalCluster", "Properties": {"GlobalClusterIdentifier": "Todo-Global"}}`
		unnamed = `"Global": {"Type": "AWS::RDS::GlobalCluster", "Properties": {}}`
	)
	cluster := func(properties string) string {
		return `"Cluster": {"Type": "AWS::RDS::DBCluster", "Properties": {` + properties + `}}`
	}
	credentials := `, "MasterUsername": "admin", "MasterUserPassword": "{{resolve:secretsmanager:s}}", "DatabaseName": "todo"`
	testRule(t, "secondary-with-credentials", map[string]ruleTest{
		"noncompliant 1: secondary by name": {
			stacks: stacks{
				"pri us-east-1":  `{"Resources": {` + global + `}}`,
				"secd us-east-2": `{"Resources": {` + cluster(`"GlobalClusterIdentifier": "todo-global"`+credentials) + `}}`,
			},
			want: []string{"secd Cluster MasterUsername", "secd Cluster MasterUserPassword", "secd Cluster DatabaseName"},
			says: "MasterUserPassword, which RDS refuses",
		},
		"noncompliant 2: secondary of a global cluster elsewhere": {
			stacks: one(cluster(`"GlobalClusterIdentifier": "elsewhere", "MasterUsername": "admin"`)),
			want:   []string{"Test Cluster MasterUsername"},
		},
		"noncompliant 3: replica by its source": {
			stacks: one(cluster(`"SourceRegion": "us-east-1", "DatabaseName": "todo"`)),
			want:   []string{"Test Cluster DatabaseName"},
		},
		"noncompliant 4: replica that is given its source, beside the global cluster": {
			stacks: one(global + `,` + cluster(`"GlobalClusterIdentifier": {"Ref": "Global"}, "ReplicationSourceIdentifier": "x", "DatabaseName": "todo"`)),
			want:   []string{"Test Cluster DatabaseName"},
		},
		"noncompliant 5: managed password of the primary": {
			stacks: one(global + `,` + cluster(`"GlobalClusterIdentifier": {"Ref": "Global"}, "ManageMasterUserPassword": true, "MasterUsername": "admin"`)),
			want:   []string{"Test Cluster ManageMasterUserPassword"},
			says:   "use a secret of your own",
		},
		"compliant 1: primary by reference": {
			stacks: one(global + `,` + cluster(`"GlobalClusterIdentifier": {"Ref": "Global"}`+credentials)),
		},
		"compliant 2: primary by name": {
			stacks: one(global + `,` + cluster(`"GlobalClusterIdentifier": "todo-global"`+credentials)),
		},
		"compliant 3: primary of a global cluster without a name": {
			stacks: one(unnamed + `,` + cluster(`"GlobalClusterIdentifier": {"Ref": "Global"}`+credentials)),
		},
		"compliant 4: primary in another stack of the Region": {
			stacks: stacks{
				"global us-east-1": `{"Resources": {` + global + `}, "Outputs": {"Id": {"Value": {"Ref": "Global"}}}}`,
				"pri us-east-1": `{"Resources": {` + cluster(
					`"GlobalClusterIdentifier": {"Fn::GetStackOutput": {"StackName": "global", "OutputName": "Id"}}`+credentials) + `}}`,
			},
		},
		"compliant 5: secondary": {stacks: one(cluster(`"GlobalClusterIdentifier": "todo-global", "StorageEncrypted": true`))},
		"not applicable: no global database": {
			stacks: one(cluster(`"Engine": "aurora-mysql", "ManageMasterUserPassword": true` + credentials)),
		},
	})
}
