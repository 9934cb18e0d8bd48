package test

import (
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsrds"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/globaldatabase"
)

func TestGlobalDatabaseProps(t *testing.T) {
	tests := []struct {
		name   string
		change func(*globaldatabase.PrimaryProps)
		typ    string
		want   map[string]any
	}{
		{
			"DatabaseName",
			func(p *globaldatabase.PrimaryProps) { p.DatabaseName = "orders" },
			"AWS::RDS::DBCluster",
			map[string]any{"DatabaseName": "orders"},
		},
		{
			"VpcSubnets",
			func(p *globaldatabase.PrimaryProps) {
				p.VpcSubnets = &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_WITH_EGRESS}
			},
			"AWS::RDS::DBSubnetGroup",
			map[string]any{"SubnetIds": []any{"subnet-0000000a", "subnet-0000000b"}},
		},
		{
			"EngineVersion of the cluster",
			func(p *globaldatabase.PrimaryProps) {
				p.EngineVersion = awsrds.AuroraMysqlEngineVersion_VER_3_10_4()
			},
			"AWS::RDS::DBCluster",
			map[string]any{"EngineVersion": "8.0.mysql_aurora.3.10.4"},
		},
		{
			"EngineVersion of the global cluster",
			func(p *globaldatabase.PrimaryProps) {
				p.EngineVersion = awsrds.AuroraMysqlEngineVersion_VER_3_10_4()
			},
			"AWS::RDS::GlobalCluster",
			map[string]any{"EngineVersion": "8.0.mysql_aurora.3.10.4"},
		},
		{
			"BackupRetentionDays",
			func(p *globaldatabase.PrimaryProps) { p.BackupRetentionDays = 35 },
			"AWS::RDS::DBCluster",
			map[string]any{"BackupRetentionPeriod": 35},
		},
		{
			"LogRetention",
			func(p *globaldatabase.PrimaryProps) { p.LogRetention = awslogs.RetentionDays_ONE_YEAR },
			"AWS::Logs::LogGroup",
			map[string]any{"RetentionInDays": 365},
		},
		{
			"MonitoringInterval",
			func(p *globaldatabase.PrimaryProps) { p.MonitoringInterval = 5 * time.Second },
			"AWS::RDS::DBCluster",
			map[string]any{"MonitoringInterval": 5},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			stack := newStack(t)
			props := databasePrimary(stack)
			test.change(props)
			globaldatabase.NewPrimary(stack, "Database", props)
			synthesize(t, stack).hasProperties(t, test.typ, test.want)
		})
	}
}

// Everything that a retained database lives on has to be retained with it. Of a first deployment that fails only the cluster,
// which is protected, and its key stay.
func TestGlobalDatabaseRemoval(t *testing.T) {
	kept := []string{
		"AWS::EC2::SecurityGroup", "AWS::IAM::Role", "AWS::KMS::Key", "AWS::Logs::LogGroup", "AWS::RDS::DBCluster",
		"AWS::RDS::DBClusterParameterGroup", "AWS::RDS::DBInstance", "AWS::RDS::DBSubnetGroup", "AWS::RDS::GlobalCluster",
		"AWS::SecretsManager::Secret",
	}
	tests := []struct {
		policy            awscdk.RemovalPolicy
		cluster, anything string
		protection        bool
	}{
		{"", "Retain", "RetainExceptOnCreate", true},
		{awscdk.RemovalPolicy_RETAIN, "Retain", "RetainExceptOnCreate", true},
		{awscdk.RemovalPolicy_DESTROY, "Delete", "Delete", false},
	}
	for _, test := range tests {
		t.Run("policy "+string(test.policy), func(t *testing.T) {
			stack := newStack(t)
			props := databasePrimary(stack)
			props.RemovalPolicy = test.policy
			globaldatabase.NewPrimary(stack, "Database", props)
			s := synthesize(t, stack)

			for _, typ := range kept {
				want := test.anything
				if typ == "AWS::RDS::DBCluster" || typ == "AWS::KMS::Key" {
					want = test.cluster
				}
				for _, r := range s.resources(t, typ) {
					removalIs(t, r, want, test.cluster)
				}
			}
			s.hasProperties(t, "AWS::RDS::DBCluster", map[string]any{"DeletionProtection": test.protection})
			s.hasProperties(t, "AWS::RDS::GlobalCluster", map[string]any{"DeletionProtection": false})
		})
	}
}

func TestGlobalDatabaseGrantConnect(t *testing.T) {
	stack := newStack(t)
	database := globaldatabase.NewSecondary(stack, "Database", databaseSecondary(stack))
	role := awsiam.NewRole(stack, jsii.String("Role"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
	})
	database.GrantConnect(role, "reporter")
	id := *stack.GetLogicalId(role.Node().DefaultChild().(awscdk.CfnElement))
	s := synthesize(t, stack)

	s.hasProperties(t, "AWS::IAM::Policy", map[string]any{
		"Roles": []any{map[string]any{"Ref": id}},
		"PolicyDocument": map[string]any{"Statement": []any{map[string]any{
			"Action": "rds-db:connect",
			"Effect": "Allow",
			"Resource": map[string]any{"Fn::Join": []any{"", []any{
				"arn:aws:rds-db:us-east-1:123456789012:dbuser:",
				map[string]any{"Fn::GetAtt": []any{s.only(t, "AWS::RDS::DBCluster").id, "DBClusterResourceId"}},
				"/reporter",
			}}},
		}}},
	})
}

// Who reads the secret may live in another stack, which then depends on the database's and not the other way round.
func TestGlobalDatabaseGrantReadSecret(t *testing.T) {
	app := newApp(t)
	env := &awscdk.Environment{Account: jsii.String("123456789012"), Region: jsii.String("us-east-1")}
	data := awscdk.NewStack(app, jsii.String("Data"), &awscdk.StackProps{Env: env})
	front := awscdk.NewStack(app, jsii.String("Front"), &awscdk.StackProps{Env: env})
	database := globaldatabase.NewPrimary(data, "Database", databasePrimary(data))
	role := awsiam.NewRole(front, jsii.String("Role"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
	})
	if !*database.GrantReadSecret(role).Success() {
		t.Error("GrantReadSecret() did not succeed")
	}
	id := *front.GetLogicalId(role.Node().DefaultChild().(awscdk.CfnElement))
	s := synthesize(t, front)

	s.hasProperties(t, "AWS::IAM::Policy", map[string]any{
		"Roles": []any{map[string]any{"Ref": id}},
		"PolicyDocument": map[string]any{"Statement": []any{
			map[string]any{
				"Action":   []any{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"},
				"Effect":   "Allow",
				"Resource": front.Resolve(database.Secret().SecretArn()),
			},
			map[string]any{
				"Action":    "kms:Decrypt",
				"Effect":    "Allow",
				"Resource":  front.Resolve(database.Key().KeyArn()),
				"Condition": map[string]any{"StringEquals": map[string]any{"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}},
			},
		}},
	})
	if n := len(*data.Dependencies()); n != 0 {
		t.Errorf("the database's stack depends on %d others, want none", n)
	}
}

// A changed construct ID replaces what it names, so the IDs are as public as the accessors.
func TestGlobalDatabaseConstructIDs(t *testing.T) {
	stack := newStack(t)
	database := globaldatabase.NewPrimary(stack, "Database", databasePrimary(stack))
	for id, node := range map[string]constructs.Node{
		"Resource":          database.Resource().Node(),
		"GlobalCluster":     database.GlobalCluster().Node(),
		"Cluster":           database.Cluster().Node(),
		"Cluster/Instance1": database.Instances()[0].Node(),
		"Key":               database.Key().Node(),
		"SecurityGroup":     database.SecurityGroup().Node(),
		"SubnetGroup":       database.SubnetGroup().Node(),
		"ParameterGroup":    database.ParameterGroup().Node(),
		"MonitoringRole":    database.MonitoringRole().Node(),
		"AuditLog":          database.LogGroups()["audit"].Node(),
		"ErrorLog":          database.LogGroups()["error"].Node(),
		"IamAuthErrorLog":   database.LogGroups()["iam-db-auth-error"].Node(),
		"SlowQueryLog":      database.LogGroups()["slowquery"].Node(),
		"Secret/Attachment": database.Secret().Node(),
	} {
		if got := *node.Path(); got != "Test/Database/"+id {
			t.Errorf("construct %s, want Test/Database/%s", got, id)
		}
	}
}

func TestGlobalDatabaseMetrics(t *testing.T) {
	stack := newStack(t)
	primary := globaldatabase.NewPrimary(stack, "East", databasePrimary(stack))
	other := newStack(t)
	secondary := globaldatabase.NewSecondary(other, "West", databaseSecondary(other))

	tests := []struct {
		metric awscloudwatch.Metric
		name   string
		member string
		period float64
	}{
		{primary.MetricReplicationLag(nil), "AuroraGlobalDBReplicationLag", "orders-east", 60},
		{secondary.MetricRPOLag(nil), "AuroraGlobalDBRPOLag", "orders-west", 60},
		{
			secondary.MetricRPOLag(&awscloudwatch.MetricOptions{Period: awscdk.Duration_Minutes(jsii.Number(5))}),
			"AuroraGlobalDBRPOLag", "orders-west", 300,
		},
	}
	for _, test := range tests {
		m := test.metric
		if *m.Namespace() != "AWS/RDS" || *m.MetricName() != test.name || *m.Statistic() != "Maximum" {
			t.Errorf("metric %s %s of %s, want AWS/RDS %s of Maximum", *m.Namespace(), *m.MetricName(), *m.Statistic(), test.name)
		}
		if got := *m.Dimensions(); !reflect.DeepEqual(got, map[string]any{"DBClusterIdentifier": test.member}) {
			t.Errorf("%s has dimensions %v, want %s", test.name, got, test.member)
		}
		if got := *m.Period().ToSeconds(nil); got != test.period {
			t.Errorf("%s has a period of %v s, want %v", test.name, got, test.period)
		}
	}
}

func TestGlobalDatabaseFailures(t *testing.T) {
	stack := newStack(t)
	t.Run("fails without props", func(t *testing.T) {
		wantPanic(t, func() { globaldatabase.NewPrimary(stack, "A", nil) },
			"global database primary Test/A: ", "GlobalClusterIdentifier is required", "ClusterIdentifier is required", "Vpc is required")
		wantPanic(t, func() { globaldatabase.NewSecondary(stack, "B", nil) },
			"global database secondary Test/B: ", "ClusterIdentifier is required", "SourceRegion is required")
	})
	t.Run("fails on MySQL 5.7", func(t *testing.T) {
		props := databasePrimary(stack)
		props.EngineVersion = awsrds.AuroraMysqlEngineVersion_Of(jsii.String("5.7.mysql_aurora.2.12.0"), jsii.String("5.7"))
		wantPanic(t, func() { globaldatabase.NewPrimary(stack, "C", props) },
			"EngineVersion must be a version 3 of Aurora MySQL", "got 5.7.mysql_aurora.2.12.0 (MySQL 5.7)")
	})
	t.Run("fails before it defines anything", func(t *testing.T) {
		for _, id := range []string{"A", "B", "C"} {
			if stack.Node().TryFindChild(jsii.String(id)) != nil {
				t.Errorf("construct %s exists after its props were refused", id)
			}
		}
	})
}
