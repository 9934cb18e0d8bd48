package test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsrds"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/globaldatabase"
)

// databaseVpc is a VPC with an application and a database subnet in each of two zones.
func databaseVpc(stack awscdk.Stack) awsec2.IVpc {
	return awsec2.Vpc_FromVpcAttributes(stack, jsii.String("Vpc"), &awsec2.VpcAttributes{
		VpcId:                       jsii.String("vpc-01234567"),
		AvailabilityZones:           jsii.Strings("us-east-1a", "us-east-1b"),
		PrivateSubnetIds:            jsii.Strings("subnet-0000000a", "subnet-0000000b"),
		PrivateSubnetRouteTableIds:  jsii.Strings("rtb-0000000a", "rtb-0000000b"),
		IsolatedSubnetIds:           jsii.Strings("subnet-1000000a", "subnet-1000000b"),
		IsolatedSubnetRouteTableIds: jsii.Strings("rtb-1000000a", "rtb-1000000b"),
	})
}

// databasePrimary is the props of a primary with nothing but what is required.
func databasePrimary(stack awscdk.Stack) *globaldatabase.PrimaryProps {
	return &globaldatabase.PrimaryProps{RegionalProps: globaldatabase.RegionalProps{
		GlobalClusterIdentifier: "orders-global",
		ClusterIdentifier:       "orders-east",
		Vpc:                     databaseVpc(stack),
	}}
}

// databaseSecondary is the props of a secondary with nothing but what is required.
func databaseSecondary(stack awscdk.Stack) *globaldatabase.SecondaryProps {
	return &globaldatabase.SecondaryProps{
		RegionalProps: globaldatabase.RegionalProps{
			GlobalClusterIdentifier: "orders-global",
			ClusterIdentifier:       "orders-west",
			Vpc:                     databaseVpc(stack),
		},
		SourceRegion: "eu-west-1",
	}
}

func TestGlobalDatabasePrimaryDefaults(t *testing.T) {
	stack := newStack(t)
	globaldatabase.NewPrimary(stack, "Database", databasePrimary(stack))
	s := synthesize(t, stack)

	global := s.only(t, "AWS::RDS::GlobalCluster")
	s.hasProperties(t, global.typ, map[string]any{
		"GlobalClusterIdentifier": "orders-global",
		"Engine":                  "aurora-mysql",
		"EngineVersion":           "8.0.mysql_aurora.3.12.0",
		"StorageEncrypted":        true,
		"DeletionProtection":      true,
	})
	key := map[string]any{"Fn::GetAtt": []any{s.only(t, "AWS::KMS::Key").id, "Arn"}}
	s.hasProperties(t, "AWS::RDS::DBCluster", map[string]any{
		"GlobalClusterIdentifier":          map[string]any{"Ref": global.id},
		"DBClusterIdentifier":              "orders-east",
		"DBClusterParameterGroupName":      map[string]any{"Ref": s.only(t, "AWS::RDS::DBClusterParameterGroup").id},
		"DBSubnetGroupName":                map[string]any{"Ref": s.only(t, "AWS::RDS::DBSubnetGroup").id},
		"Engine":                           "aurora-mysql",
		"EngineVersion":                    "8.0.mysql_aurora.3.12.0",
		"Port":                             3306,
		"ServerlessV2ScalingConfiguration": map[string]any{"MinCapacity": 8, "MaxCapacity": 32, "SecondsUntilAutoPause": assertions.Match_Absent()},
		"EnableIAMDatabaseAuthentication":  true,
		"StorageEncrypted":                 true,
		"KmsKeyId":                         key,
		"DeletionProtection":               true,
		"BackupRetentionPeriod":            7,
		"CopyTagsToSnapshot":               true,
		"EnableCloudwatchLogsExports":      []any{"audit", "error", "iam-db-auth-error", "slowquery"},
		"MonitoringInterval":               60,
		"MonitoringRoleArn":                map[string]any{"Fn::GetAtt": []any{s.only(t, "AWS::IAM::Role").id, "Arn"}},
		"PerformanceInsightsEnabled":       true,
		"PerformanceInsightsKmsKeyId":      key,
		"MasterUsername":                   "admin",
		"DatabaseName":                     assertions.Match_Absent(),
		"ManageMasterUserPassword":         assertions.Match_Absent(),
		"SourceRegion":                     assertions.Match_Absent(),
	})
	s.hasProperties(t, "AWS::RDS::DBInstance", map[string]any{
		"DBClusterIdentifier": map[string]any{"Ref": s.only(t, "AWS::RDS::DBCluster").id},
		"DBInstanceClass":     "db.serverless",
		"Engine":              "aurora-mysql",
		"PubliclyAccessible":  false,
	})
	s.only(t, "AWS::RDS::DBInstance")
}

func TestGlobalDatabaseSurroundings(t *testing.T) {
	stack := newStack(t)
	globaldatabase.NewPrimary(stack, "Database", databasePrimary(stack))
	s := synthesize(t, stack)

	s.hasProperties(t, "AWS::KMS::Key", map[string]any{"EnableKeyRotation": true})
	s.hasProperties(t, "AWS::RDS::DBSubnetGroup", map[string]any{"SubnetIds": []any{"subnet-1000000a", "subnet-1000000b"}})
	s.hasProperties(t, "AWS::RDS::DBClusterParameterGroup", map[string]any{
		"Family": "aurora-mysql8.0",
		"Parameters": map[string]any{
			"character_set_server":     "utf8mb4",
			"collation_server":         "utf8mb4_0900_ai_ci",
			"require_secure_transport": "ON",
			"server_audit_logging":     "1",
			"server_audit_events":      "CONNECT,QUERY_DCL,QUERY_DDL",
			"slow_query_log":           "1",
			"long_query_time":          "1",
			"log_output":               "FILE",
		},
	})
	s.hasProperties(t, "AWS::EC2::SecurityGroup", map[string]any{
		"VpcId":                "vpc-01234567",
		"SecurityGroupIngress": assertions.Match_Absent(),
		"SecurityGroupEgress":  []any{assertions.Match_ObjectLike(&map[string]any{"CidrIp": "255.255.255.255/32"})},
	})
	s.hasProperties(t, "AWS::IAM::Role", map[string]any{
		"AssumeRolePolicyDocument": map[string]any{"Statement": []any{map[string]any{
			"Action":    "sts:AssumeRole",
			"Effect":    "Allow",
			"Principal": map[string]any{"Service": "monitoring.rds.amazonaws.com"},
			"Condition": map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": "123456789012"}},
		}}},
		"ManagedPolicyArns": []any{map[string]any{"Fn::Join": []any{"", []any{
			"arn:", map[string]any{"Ref": "AWS::Partition"}, ":iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
		}}}},
	})
}

func TestGlobalDatabaseSecret(t *testing.T) {
	stack := newStack(t)
	props := databasePrimary(stack)
	props.MasterUsername, props.SecretName = "root1", "orders/master"
	globaldatabase.NewPrimary(stack, "Database", props)
	s := synthesize(t, stack)

	secret := s.only(t, "AWS::SecretsManager::Secret")
	s.hasProperties(t, secret.typ, map[string]any{
		"Name":     "orders/master",
		"KmsKeyId": map[string]any{"Fn::GetAtt": []any{s.only(t, "AWS::KMS::Key").id, "Arn"}},
		"GenerateSecretString": map[string]any{
			"SecretStringTemplate": `{"username":"root1"}`,
			"GenerateStringKey":    "password",
			"PasswordLength":       30,
		},
	})
	generate := secret.properties["GenerateSecretString"].(map[string]any)
	for _, refused := range []string{"/", "@", `"`, " "} {
		if !strings.Contains(generate["ExcludeCharacters"].(string), refused) {
			t.Errorf("the password may hold %q, which Amazon RDS refuses", refused)
		}
	}
	cluster := s.only(t, "AWS::RDS::DBCluster")
	s.hasProperties(t, cluster.typ, map[string]any{
		"MasterUsername": "root1",
		"MasterUserPassword": map[string]any{"Fn::Join": []any{"", []any{
			"{{resolve:secretsmanager:", map[string]any{"Ref": secret.id}, ":SecretString:password::}}",
		}}},
	})
	s.hasProperties(t, "AWS::SecretsManager::SecretTargetAttachment", map[string]any{
		"SecretId":   map[string]any{"Ref": secret.id},
		"TargetId":   map[string]any{"Ref": cluster.id},
		"TargetType": "AWS::RDS::DBCluster",
	})
}

func TestGlobalDatabaseSecondary(t *testing.T) {
	stack := newStack(t)
	globaldatabase.NewSecondary(stack, "Database", databaseSecondary(stack))
	s := synthesize(t, stack)

	s.hasProperties(t, "AWS::RDS::DBCluster", map[string]any{
		"GlobalClusterIdentifier":          "orders-global",
		"DBClusterIdentifier":              "orders-west",
		"SourceRegion":                     "eu-west-1",
		"EngineVersion":                    "8.0.mysql_aurora.3.12.0",
		"ServerlessV2ScalingConfiguration": map[string]any{"MinCapacity": 8, "MaxCapacity": 32},
		"StorageEncrypted":                 true,
		"KmsKeyId":                         map[string]any{"Fn::GetAtt": []any{s.only(t, "AWS::KMS::Key").id, "Arn"}},
		"MasterUsername":                   assertions.Match_Absent(),
		"MasterUserPassword":               assertions.Match_Absent(),
		"ManageMasterUserPassword":         assertions.Match_Absent(),
		"DatabaseName":                     assertions.Match_Absent(),
	})
	s.only(t, "AWS::RDS::DBInstance")
	for _, typ := range []string{"AWS::RDS::GlobalCluster", "AWS::SecretsManager::Secret"} {
		check(t, func() { s.ResourceCountIs(jsii.String(typ), jsii.Number(0)) })
	}
}

// Neither template may hold a property that a change of roles makes wrong.
func TestGlobalDatabaseTemplatesNameNoWriter(t *testing.T) {
	east := newStack(t)
	globaldatabase.NewPrimary(east, "Database", databasePrimary(east))
	west := newStack(t)
	globaldatabase.NewSecondary(west, "Database", databaseSecondary(west))

	for stack, other := range map[awscdk.Stack]string{east: "orders-west", west: "orders-east"} {
		s := synthesize(t, stack)
		template, err := json.Marshal(s.json)
		if err != nil {
			t.Fatal(err)
		}
		for _, writer := range []string{other, "SourceDBClusterIdentifier", "ReplicationSourceIdentifier"} {
			if strings.Contains(string(template), writer) {
				t.Errorf("the template with %s holds %s", s.only(t, "AWS::RDS::DBCluster").properties["DBClusterIdentifier"], writer)
			}
		}
	}
}

func TestGlobalDatabaseSecondaryTakesCapacityFromPrimary(t *testing.T) {
	east := newStack(t)
	props := databasePrimary(east)
	props.Capacity = globaldatabase.Capacity{Min: 2.5, Max: 96}
	primary := globaldatabase.NewPrimary(east, "Database", props)

	west := newStack(t)
	standby := databaseSecondary(west)
	standby.Capacity = primary.Capacity()
	globaldatabase.NewSecondary(west, "Database", standby)

	synthesize(t, west).hasProperties(t, "AWS::RDS::DBCluster", map[string]any{
		"ServerlessV2ScalingConfiguration": map[string]any{"MinCapacity": 2.5, "MaxCapacity": 96},
	})
}

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
			"AWS::RDS::DBCluster", map[string]any{"DatabaseName": "orders"},
		},
		{
			"VpcSubnets",
			func(p *globaldatabase.PrimaryProps) {
				p.VpcSubnets = &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_WITH_EGRESS}
			},
			"AWS::RDS::DBSubnetGroup", map[string]any{"SubnetIds": []any{"subnet-0000000a", "subnet-0000000b"}},
		},
		{
			"EngineVersion of the cluster",
			func(p *globaldatabase.PrimaryProps) {
				p.EngineVersion = awsrds.AuroraMysqlEngineVersion_VER_3_10_4()
			},
			"AWS::RDS::DBCluster", map[string]any{"EngineVersion": "8.0.mysql_aurora.3.10.4"},
		},
		{
			"EngineVersion of the global cluster",
			func(p *globaldatabase.PrimaryProps) {
				p.EngineVersion = awsrds.AuroraMysqlEngineVersion_VER_3_10_4()
			},
			"AWS::RDS::GlobalCluster", map[string]any{"EngineVersion": "8.0.mysql_aurora.3.10.4"},
		},
		{
			"BackupRetentionDays",
			func(p *globaldatabase.PrimaryProps) { p.BackupRetentionDays = 35 },
			"AWS::RDS::DBCluster", map[string]any{"BackupRetentionPeriod": 35},
		},
		{
			"LogRetention",
			func(p *globaldatabase.PrimaryProps) { p.LogRetention = awslogs.RetentionDays_ONE_YEAR },
			"AWS::Logs::LogGroup", map[string]any{"RetentionInDays": 365},
		},
		{
			"MonitoringInterval",
			func(p *globaldatabase.PrimaryProps) { p.MonitoringInterval = 5 * time.Second },
			"AWS::RDS::DBCluster", map[string]any{"MonitoringInterval": 5},
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

func TestGlobalDatabaseEncryptsWithTheCallersKey(t *testing.T) {
	stack := newStack(t)
	props := databasePrimary(stack)
	key := awskms.NewKey(stack, jsii.String("Own"), nil)
	props.EncryptionKey = key
	database := globaldatabase.NewPrimary(stack, "Database", props)
	if database.Key() != awskms.IKey(key) {
		t.Errorf("Key() = %v, want the caller's", database.Key())
	}
	s := synthesize(t, stack)

	arn := map[string]any{"Fn::GetAtt": []any{s.only(t, "AWS::KMS::Key").id, "Arn"}}
	s.hasProperties(t, "AWS::RDS::DBCluster", map[string]any{"KmsKeyId": arn, "PerformanceInsightsKmsKeyId": arn})
	s.hasProperties(t, "AWS::SecretsManager::Secret", map[string]any{"KmsKeyId": arn})
}

func TestGlobalDatabaseLogs(t *testing.T) {
	stack := newStack(t)
	database := globaldatabase.NewPrimary(stack, "Database", databasePrimary(stack))
	if got := len(database.LogGroups()); got != 4 {
		t.Errorf("LogGroups() has %d log groups, want 4", got)
	}
	s := synthesize(t, stack)

	waits, _ := json.Marshal(s.only(t, "AWS::RDS::DBCluster").raw["DependsOn"])
	names := make(map[any]bool)
	for _, group := range s.resources(t, "AWS::Logs::LogGroup") {
		names[group.properties["LogGroupName"]] = true
		if group.properties["RetentionInDays"] != 90.0 {
			t.Errorf("%s is kept for %v days, want 90", group.id, group.properties["RetentionInDays"])
		}
		if group.properties["KmsKeyId"] == nil {
			t.Errorf("%s is not encrypted with a key of the customer's", group.id)
		}
		if !strings.Contains(string(waits), `"`+group.id+`"`) {
			t.Errorf("the cluster does not wait for %s, so RDS may make it first", group.id)
		}
	}
	want := map[any]bool{
		"/aws/rds/cluster/orders-east/audit": true, "/aws/rds/cluster/orders-east/error": true,
		"/aws/rds/cluster/orders-east/iam-db-auth-error": true, "/aws/rds/cluster/orders-east/slowquery": true,
	}
	if !reflect.DeepEqual(names, want) {
		t.Errorf("log groups %v, want %v", names, want)
	}
	s.hasProperties(t, "AWS::KMS::Key", map[string]any{"KeyPolicy": map[string]any{"Statement": assertions.Match_ArrayWith(&[]any{map[string]any{
		"Action": []any{
			"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext",
			"kms:ReEncryptFrom", "kms:ReEncryptTo",
		},
		"Effect":    "Allow",
		"Principal": map[string]any{"Service": "logs.us-east-1.amazonaws.com"},
		"Resource":  "*",
		"Condition": map[string]any{"ArnLike": map[string]any{"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:123456789012:log-group:/aws/rds/cluster/orders-east/*"}},
	}})}})
}

func TestGlobalDatabaseInstances(t *testing.T) {
	stack := newStack(t)
	props := databasePrimary(stack)
	props.Instances = 3
	database := globaldatabase.NewPrimary(stack, "Database", props)
	first := *stack.GetLogicalId(database.Instances()[0])
	s := synthesize(t, stack)

	instances := s.resources(t, "AWS::RDS::DBInstance")
	if len(instances) != 3 || len(database.Instances()) != 3 {
		t.Errorf("%d instances in the template and %d in Instances(), want 3", len(instances), len(database.Instances()))
	}
	for _, instance := range instances {
		waits := instance.raw["DependsOn"]
		if instance.id == first && waits != nil {
			t.Errorf("the first instance waits for %v, want it to be the first and so the writer", waits)
		}
		if instance.id != first && !reflect.DeepEqual(waits, []any{first}) {
			t.Errorf("%s waits for %v, want %s", instance.id, waits, first)
		}
	}
}

func TestGlobalDatabaseClusterMeansItsInstances(t *testing.T) {
	stack := newStack(t)
	database := globaldatabase.NewPrimary(stack, "Database", databasePrimary(stack))
	handle := awscdk.NewCfnWaitConditionHandle(stack, jsii.String("After"), nil)
	handle.Node().AddDependency(database.Cluster())
	s := synthesize(t, stack)

	want := []any{s.only(t, "AWS::RDS::DBInstance").id}
	if got := s.only(t, "AWS::CloudFormation::WaitConditionHandle").raw["DependsOn"]; !reflect.DeepEqual(got, want) {
		t.Errorf("what depends on the cluster waits for %v, want %v", got, want)
	}
}

// Everything that a retained database lives on has to be retained with it.
func TestGlobalDatabaseRemoval(t *testing.T) {
	kept := []string{
		"AWS::EC2::SecurityGroup", "AWS::IAM::Role", "AWS::KMS::Key", "AWS::Logs::LogGroup", "AWS::RDS::DBCluster",
		"AWS::RDS::DBClusterParameterGroup", "AWS::RDS::DBInstance", "AWS::RDS::DBSubnetGroup", "AWS::RDS::GlobalCluster",
		"AWS::SecretsManager::Secret",
	}
	tests := []struct {
		policy     awscdk.RemovalPolicy
		want       string
		protection bool
	}{
		{"", "Retain", true},
		{awscdk.RemovalPolicy_RETAIN, "Retain", true},
		{awscdk.RemovalPolicy_DESTROY, "Delete", false},
	}
	for _, test := range tests {
		t.Run("policy "+string(test.policy), func(t *testing.T) {
			stack := newStack(t)
			props := databasePrimary(stack)
			props.RemovalPolicy = test.policy
			globaldatabase.NewPrimary(stack, "Database", props)
			s := synthesize(t, stack)

			for _, typ := range kept {
				for _, r := range s.resources(t, typ) {
					if r.raw["DeletionPolicy"] != test.want || r.raw["UpdateReplacePolicy"] != test.want {
						t.Errorf("%s has policies %v and %v, want %s", r.id, r.raw["DeletionPolicy"], r.raw["UpdateReplacePolicy"], test.want)
					}
				}
			}
			for _, typ := range []string{"AWS::RDS::GlobalCluster", "AWS::RDS::DBCluster"} {
				s.hasProperties(t, typ, map[string]any{"DeletionProtection": test.protection})
			}
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
				map[string]any{"Fn::GetAtt": []any{s.only(t, "AWS::RDS::DBCluster").id, "DBClusterResourceId"}}, "/reporter",
			}}},
		}}},
	})
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
