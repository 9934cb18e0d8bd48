package test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
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
		"DeletionProtection":      false,
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
	database := globaldatabase.NewPrimary(stack, "Database", databasePrimary(stack))
	database.ParameterGroup().AddParameter(jsii.String("time_zone"), jsii.String("UTC"))
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
			"time_zone":                "UTC", // added by the caller
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
