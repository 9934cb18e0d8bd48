package globaldatabase

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsrds"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
)

// logExports are the logs that the cluster sends to CloudWatch Logs, each with the construct ID of its log group.
var logExports = []struct{ log, id string }{
	{"audit", "AuditLog"},
	{"error", "ErrorLog"},
	{"iam-db-auth-error", "IamAuthErrorLog"},
	{"slowquery", "SlowQueryLog"},
}

// parameters are the cluster parameters that differ from Aurora's defaults or must not follow a change of them.
//
// See https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Reference.ParameterGroups.html
var parameters = map[string]string{
	"character_set_server": "utf8mb4",
	"collation_server":     "utf8mb4_0900_ai_ci",

	"require_secure_transport": "ON",

	// Without these the audit and slow query logs stay empty. Of the audited events, QUERY and TABLE are left out: they are
	// every statement with its values.
	"server_audit_logging": "1",
	"server_audit_events":  "CONNECT,QUERY_DCL,QUERY_DDL",
	"slow_query_log":       "1",
	"long_query_time":      "1",
	"log_output":           "FILE",
}

func defineKey(scope constructs.Construct, p RegionalProps) awskms.IKey {
	key := p.EncryptionKey
	if key == nil {
		key = awskms.NewKey(scope, jsii.String("Key"), &awskms.KeyProps{
			Description:       jsii.Sprintf("Data, secret and logs of database cluster %s", p.ClusterIdentifier),
			EnableKeyRotation: jsii.Bool(true),
			RemovalPolicy:     p.RemovalPolicy, // also when a deployment fails: without its key a cluster cannot be changed
		})
	}
	key.AddToResourcePolicy(logsStatement(awscdk.Stack_Of(scope), p), jsii.Bool(true))
	return key
}

// logsStatement lets CloudWatch Logs use the key for this cluster's log groups and no others.
//
// See https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
func logsStatement(stack awscdk.Stack, p RegionalProps) awsiam.PolicyStatement {
	logGroups := stack.FormatArn(&awscdk.ArnComponents{
		Service:      jsii.String("logs"),
		Resource:     jsii.String("log-group"),
		ResourceName: jsii.String(logGroupName(p, "*")),
		ArnFormat:    awscdk.ArnFormat_COLON_RESOURCE_NAME,
	})
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: &[]awsiam.IPrincipal{
			awsiam.NewServicePrincipal(jsii.Sprintf("logs.%s.amazonaws.com", *stack.Region()), nil),
		},
		Actions: jsii.Strings("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey",
			"kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"),
		Resources:  jsii.Strings("*"), // in a key's policy, the key itself
		Conditions: &map[string]any{"ArnLike": map[string]any{"kms:EncryptionContext:aws:logs:arn": logGroups}},
	})
}

// defineSecurityGroup defines a group that neither lets anything in, until somebody adds a rule, nor anything out.
func defineSecurityGroup(scope constructs.Construct, p RegionalProps) awsec2.SecurityGroup {
	group := awsec2.NewSecurityGroup(scope, jsii.String("SecurityGroup"), &awsec2.SecurityGroupProps{
		Vpc:              p.Vpc,
		Description:      jsii.Sprintf("Database cluster %s", p.ClusterIdentifier),
		AllowAllOutbound: jsii.Bool(false),
	})
	group.ApplyRemovalPolicy(p.repeatablePolicy())
	return group
}

func defineSubnetGroup(scope constructs.Construct, p RegionalProps) awsrds.SubnetGroup {
	return awsrds.NewSubnetGroup(scope, jsii.String("SubnetGroup"), &awsrds.SubnetGroupProps{
		Description:   jsii.Sprintf("Database cluster %s", p.ClusterIdentifier),
		Vpc:           p.Vpc,
		VpcSubnets:    p.VpcSubnets,
		RemovalPolicy: p.repeatablePolicy(),
	})
}

func defineParameterGroup(scope constructs.Construct, p RegionalProps) awsrds.ParameterGroup {
	return awsrds.NewParameterGroup(scope, jsii.String("ParameterGroup"), &awsrds.ParameterGroupProps{
		Description:   jsii.Sprintf("Database cluster %s", p.ClusterIdentifier),
		Engine:        clusterEngine(p),
		Parameters:    cdkgo.Env(parameters),
		RemovalPolicy: p.repeatablePolicy(),
	})
}

// defineMonitoringRole defines the role with which RDS writes enhanced monitoring, with the policy that AWS keeps for it.
//
// See https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Monitoring.OS.Enabling.html
func defineMonitoringRole(scope constructs.Construct, p RegionalProps) awsiam.Role {
	role := awsiam.NewRole(scope, jsii.String("MonitoringRole"), &awsiam.RoleProps{
		Description: jsii.Sprintf("Enhanced monitoring of database cluster %s", p.ClusterIdentifier),
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("monitoring.rds.amazonaws.com"), &awsiam.ServicePrincipalOpts{
			Conditions: &map[string]any{
				"StringEquals": map[string]any{"aws:SourceAccount": awscdk.Stack_Of(scope).Account()},
			},
		}),
		ManagedPolicies: &[]awsiam.IManagedPolicy{
			awsiam.ManagedPolicy_FromAwsManagedPolicyName(jsii.String("service-role/AmazonRDSEnhancedMonitoringRole")),
		},
	})
	role.ApplyRemovalPolicy(p.repeatablePolicy())
	return role
}

// defineLogGroups defines the log groups of the exported logs, by the name of the log.
func defineLogGroups(scope constructs.Construct, p RegionalProps, key awskms.IKey) map[string]awslogs.LogGroup {
	groups := make(map[string]awslogs.LogGroup, len(logExports))
	for _, export := range logExports {
		groups[export.log] = awslogs.NewLogGroup(scope, jsii.String(export.id), &awslogs.LogGroupProps{
			LogGroupName:  jsii.String(logGroupName(p, export.log)),
			Retention:     p.LogRetention,
			EncryptionKey: key,
			RemovalPolicy: p.repeatablePolicy(),
		})
	}
	return groups
}

// logGroupName is the name that RDS gives the log group of a cluster's log.
func logGroupName(p RegionalProps, log string) string {
	return "/aws/rds/cluster/" + p.ClusterIdentifier + "/" + log
}

func exportedLogs() *[]*string {
	var logs []string
	for _, export := range logExports {
		logs = append(logs, export.log)
	}
	return jsii.Strings(logs...)
}
