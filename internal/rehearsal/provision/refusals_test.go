package provision_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/rehearsal/provision"
)

// TestUnknownPropertiesAreRefused gives each type a property that it does not have.
func TestUnknownPropertiesAreRefused(t *testing.T) {
	for _, name := range provision.TypedTypes() {
		t.Run(name, func(t *testing.T) {
			properties := `{"Nonsense": 1}`
			r := resources{}
			if strings.HasPrefix(name, "AWS::Cognito::UserPool") && name != "AWS::Cognito::UserPool" {
				r["Pool"], properties = "AWS::Cognito::UserPool", `{"Nonsense": 1, "UserPoolId": {"Ref": "Pool"}}`
			}
			r["Thing"] = name + " " + properties
			_, err := deploy(t, assemble(t, stacks{"app us-east-1": r}), options(1))
			want := "stack app: resource Thing (" + name + "): property Nonsense is not modelled"
			if err == nil || err.Error() != want {
				t.Errorf("want %q, got %v", want, err)
			}
		})
	}
}

func TestUnknownTypesAreRefused(t *testing.T) {
	_, err := deploy(t, assemble(t, stacks{"app us-east-1": {"Thing": "AWS::EC2::NatGateway"}}), options(1))
	if err == nil || !strings.Contains(err.Error(), "stack app: resource Thing") || !strings.Contains(err.Error(), "AWS::EC2::NatGateway") {
		t.Errorf("got %v", err)
	}
}

// TestAPIsAreRefused has package apigateway refuse a property.
func TestAPIsAreRefused(t *testing.T) {
	_, err := deploy(t, assemble(t, stacks{"app us-east-1": {"Api": `AWS::ApiGateway::RestApi {"Name": "Api", "Body": {}}`}}), options(1))
	if err == nil || !strings.Contains(err.Error(), "stack app: AWS::ApiGateway::RestApi Api") || !strings.Contains(err.Error(), "Body") {
		t.Errorf("got %v", err)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	a := assemble(t, stacks{"app us-east-1": {"Key": "AWS::CDK::Metadata", "Bucket": "AWS::S3::Bucket"}})
	if _, err := deploy(t, a, provision.Options{}); err == nil || err.Error() != "deploy: Options.Cloud must be set" {
		t.Errorf("without Cloud: got %v", err)
	}
	other := provision.Options{Cloud: awssim.New(awssim.Options{Account: "210987654321"})}
	if _, err := deploy(t, a, other); err == nil || !strings.Contains(err.Error(), "is for account 123456789012, but only 210987654321 is simulated") {
		t.Errorf("with another account: got %v", err)
	}
}

func TestListen(t *testing.T) {
	o := options(1)
	o.Listen = func(_ context.Context, w *provision.World, e provision.Endpoint) (string, error) {
		if len(w.Clusters) != 1 || e.Cluster != "cluster" {
			t.Errorf("endpoint %+v in a world with %d clusters", e, len(w.Clusters))
		}
		return "127.0.0.1:1", nil
	}
	d, err := deploy(t, assemble(t, stacks{"app us-east-1": database}), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range d.Endpoints {
		if found, _ := d.Endpoint(e.Host, ""); found.Address != "127.0.0.1:1" {
			t.Errorf("endpoint: got %+v", found)
		}
	}
	o = options(1)
	o.Listen = func(context.Context, *provision.World, provision.Endpoint) (string, error) {
		return "", errors.New("no port is free")
	}
	if _, err := deploy(t, assemble(t, stacks{"app us-east-1": database}), o); err == nil || !strings.HasSuffix(err.Error(), ": no port is free") {
		t.Errorf("got %v", err)
	}
}

// TestRefusals changes resources that can be deployed until they cannot.
func TestRefusals(t *testing.T) {
	const (
		group     = `AWS::EC2::SecurityGroup {"VpcId": {"Ref": "Vpc"}, "GroupDescription": "G", "SecurityGroupIngress": [`
		cluster   = `AWS::RDS::DBCluster {"Engine": "aurora-mysql", "StorageEncrypted": true, "DBSubnetGroupName": {"Ref": "Subnets"}, "VpcSecurityGroupIds": [{"Ref": "G"}]`
		secondary = cluster + `, "GlobalClusterIdentifier": {"Ref": "Global"}`
		proxy     = `AWS::RDS::DBProxy {"EngineFamily": "MYSQL", "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}, "VpcSubnetIds": [{"Ref": "A"}], "VpcSecurityGroupIds": [{"Ref": "G"}]`
		endpoint  = `AWS::EC2::VPCEndpoint {"VpcEndpointType": "Interface", "VpcId": {"Ref": "Vpc"}, "ServiceName": "com.amazonaws.us-east-1.ssm", "SubnetIds": [{"Ref": "A"}]`
		lambda    = `AWS::Lambda::Function {"Code": {"S3Key": "ASSET.zip"}, "Role": {"Fn::GetAtt": ["Role", "Arn"]}`
		allows    = `AWS::IAM::Policy {"PolicyName": "P", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}`
	)
	pool := resources{"Pool": "AWS::Cognito::UserPool"}
	regional := func(create string) resources {
		return function.with(resources{
			"Policy": `AWS::IAM::Policy {"PolicyName": "P", "Roles": [{"Ref": "Role"}], "PolicyDocument": {"Version": "2012-10-17",
				"Statement": [{"Effect": "Allow", "Action": "ssm:PutParameter", "Resource": "*"}]}}`,
			"Thing": `Custom::RegionalParameter {"ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]}, "Update": {"Ref": "Policy"}, "Create": ` + create + `}`,
		})
	}
	tests := map[string]struct {
		base resources
		more resources
		want string
	}{
		"VPC without CIDR":                  {network, resources{"Thing": "AWS::EC2::VPC"}, "property CidrBlock"},
		"subnet without CIDR":               {network, resources{"Thing": `AWS::EC2::Subnet {"VpcId": {"Ref": "Vpc"}}`}, "property CidrBlock"},
		"subnet of no VPC":                  {network, resources{"Thing": `AWS::EC2::Subnet {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/20"}`}, "The vpc ID 'vpc-1' does not exist"},
		"subnet outside of its VPC":         {network, resources{"Thing": `AWS::EC2::Subnet {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.1.0.0/20"}`}, "not within 10.0.0.0/16"},
		"group of no VPC":                   {network, resources{"Thing": "AWS::EC2::SecurityGroup"}, "The vpc ID '' does not exist"},
		"rule without protocol":             {network, resources{"Thing": group + `{"CidrIp": "0.0.0.0/0"}]}`}, "property SecurityGroupIngress: property IpProtocol is missing"},
		"rule without port":                 {network, resources{"Thing": group + `{"IpProtocol": "tcp", "CidrIp": "0.0.0.0/0"}]}`}, "needs the properties FromPort and ToPort"},
		"rule for nobody":                   {network, resources{"Thing": group + `{"IpProtocol": "-1"}]}`}, "either one security group or one range of addresses"},
		"rule for two":                      {network, resources{"Thing": group + `{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0", "CidrIpv6": "::/0"}]}`}, "either one security group"},
		"rule for a range that is none":     {network, resources{"Thing": group + `{"IpProtocol": "-1", "CidrIp": "everywhere"}]}`}, "everywhere"},
		"rule for a group that is not":      {network, resources{"Thing": group + `{"IpProtocol": "-1", "SourceSecurityGroupId": "sg-1"}]}`}, "The security group 'sg-1' does not exist"},
		"egress to a group that is not":     {network, resources{"Thing": `AWS::EC2::SecurityGroup {"VpcId": {"Ref": "Vpc"}, "SecurityGroupEgress": [{"IpProtocol": "-1", "DestinationSecurityGroupId": "sg-1"}]}`}, "property SecurityGroupEgress: The security group 'sg-1'"},
		"rule of no group":                  {network, resources{"Thing": `AWS::EC2::SecurityGroupIngress {"GroupId": "sg-1", "IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}`}, "The security group 'sg-1' does not exist"},
		"egress of no group":                {network, resources{"Thing": `AWS::EC2::SecurityGroupEgress {"GroupId": "sg-1", "IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}`}, "The security group 'sg-1' does not exist"},
		"ingress rule for nobody":           {network, resources{"Thing": `AWS::EC2::SecurityGroupIngress {"GroupId": {"Ref": "G"}, "IpProtocol": "-1"}`}, "either one security group"},
		"egress rule for nobody":            {network, resources{"Thing": `AWS::EC2::SecurityGroupEgress {"GroupId": {"Ref": "G"}, "IpProtocol": "-1"}`}, "either one security group"},
		"rule for a group elsewhere":        {network, resources{"Other": `AWS::EC2::VPC {"CidrBlock": "10.1.0.0/16"}`, "There": `AWS::EC2::SecurityGroup {"VpcId": {"Ref": "Other"}}`, "Thing": group + `{"IpProtocol": "-1", "SourceSecurityGroupId": {"Ref": "There"}}]}`}, "different networks"},
		"gateway endpoint":                  {network, resources{"Thing": `AWS::EC2::VPCEndpoint {"VpcEndpointType": "Gateway"}`}, `only Interface is modelled, got "Gateway"`},
		"endpoint of another Region":        {network, resources{"Thing": `AWS::EC2::VPCEndpoint {"VpcEndpointType": "Interface", "ServiceName": "com.amazonaws.us-east-2.ssm"}`}, "The Vpc Endpoint Service 'com.amazonaws.us-east-2.ssm' does not exist"},
		"endpoint without group":            {network, resources{"Thing": endpoint + `}`}, "default security group is not modelled"},
		"endpoint in no subnet":             {network, resources{"Thing": `AWS::EC2::VPCEndpoint {"VpcEndpointType": "Interface", "ServiceName": "com.amazonaws.us-east-1.ssm", "SubnetIds": ["subnet-1"]}`}, "The subnet ID 'subnet-1' does not exist"},
		"endpoint's name without DNS":       {network, resources{"Vpc": `AWS::EC2::VPC {"CidrBlock": "10.0.0.0/16"}`, "Thing": endpoint + `, "SecurityGroupIds": [{"Ref": "G"}], "PrivateDnsEnabled": true}`}, "Enabling private DNS requires both"},
		"subnet group in one zone":          {network, resources{"Thing": `AWS::RDS::DBSubnetGroup {"SubnetIds": [{"Ref": "A"}]}`}, "it needs subnets in 2 zones, got 1"},
		"subnet group of nothing":           {network, resources{"Thing": `AWS::RDS::DBSubnetGroup {"SubnetIds": ["subnet-1"]}`}, "does not exist"},
		"global cluster twice":              {database, resources{"Thing": `AWS::RDS::GlobalCluster {"GlobalClusterIdentifier": "global"}`, "Cluster": "", "Instance": "", "Proxy": "", "Targets": ""}, "Global cluster with identifier global already exists"},
		"cluster twice":                     {database, resources{"Thing": cluster + `, "DBClusterIdentifier": "CLUSTER", "MasterUsername": "a", "MasterUserPassword": "b"}`}, "DB Cluster already exists: cluster"},
		"cluster without user":              {database, resources{"Thing": cluster + `}`}, "the properties MasterUsername and MasterUserPassword are required"},
		"first cluster without user":        {database, resources{"Cluster": secondary + `}`, "Instance": "", "Targets": ""}, "the properties MasterUsername and MasterUserPassword are required"},
		"cluster of no global cluster":      {database, resources{"Thing": cluster + `, "GlobalClusterIdentifier": "none"}`}, "Global cluster none not found"},
		"cluster of another engine":         {database, resources{"Cluster": strings.Replace(secondary, "mysql", "postgresql", 1) + `}`, "Instance": "", "Targets": ""}, "engine aurora-postgresql  does not match aurora-mysql"},
		"cluster without encryption":        {database, resources{"Cluster": strings.Replace(secondary, "true", "false", 1) + `}`, "Instance": "", "Targets": ""}, "property StorageEncrypted must be true"},
		"cluster without subnets":           {database, resources{"Thing": `AWS::RDS::DBCluster {"MasterUsername": "a", "MasterUserPassword": "b"}`}, `DBSubnetGroup not found: ""`},
		"cluster without security group":    {database, resources{"Thing": `AWS::RDS::DBCluster {"MasterUsername": "a", "MasterUserPassword": "b", "DBSubnetGroupName": {"Ref": "Subnets"}}`}, "default security group is not modelled"},
		"cluster in no security group":      {database, resources{"Thing": `AWS::RDS::DBCluster {"MasterUsername": "a", "MasterUserPassword": "b", "DBSubnetGroupName": {"Ref": "Subnets"}, "VpcSecurityGroupIds": ["sg-1"]}`}, "The security group 'sg-1' does not exist"},
		"cluster without its parameters":    {database, resources{"Thing": cluster + `, "MasterUsername": "a", "MasterUserPassword": "b", "DBClusterParameterGroupName": "none"}`}, "DBClusterParameterGroup not found: none"},
		"cluster of no capacity":            {database, resources{"Thing": cluster + `, "MasterUsername": "a", "MasterUserPassword": "b", "ServerlessV2ScalingConfiguration": {"MinCapacity": 1}}`}, "property ServerlessV2ScalingConfiguration"},
		"instance of no cluster":            {database, resources{"Thing": `AWS::RDS::DBInstance {"DBClusterIdentifier": "none"}`}, "DBCluster none not found"},
		"instance of another engine":        {database, resources{"Thing": `AWS::RDS::DBInstance {"DBClusterIdentifier": {"Ref": "Cluster"}, "Engine": "mysql"}`}, "The engine name requested for your DB instance (mysql)"},
		"instance twice":                    {database, resources{"Thing": `AWS::RDS::DBInstance {"DBClusterIdentifier": {"Ref": "Cluster"}, "Engine": "aurora-mysql", "DBInstanceIdentifier": {"Ref": "Instance"}}`}, "DB instance already exists"},
		"proxy twice":                       {database, resources{"Thing": proxy + `, "DBProxyName": {"Ref": "Proxy"}}`}, "DB Proxy proxy already exists"},
		"proxy of another engine":           {database, resources{"Thing": `AWS::RDS::DBProxy {"EngineFamily": "POSTGRESQL"}`}, "only MYSQL is modelled"},
		"proxy without role":                {database, resources{"Thing": `AWS::RDS::DBProxy {"EngineFamily": "MYSQL", "RoleArn": "arn:aws:iam::123456789012:role/None"}`}, "role arn:aws:iam::123456789012:role/None does not exist"},
		"proxy with another's role":         {database, resources{"Role": roleFor("lambda.amazonaws.com")}, "cannot be assumed by rds.amazonaws.com"},
		"proxy without security group":      {database, resources{"Thing": `AWS::RDS::DBProxy {"EngineFamily": "MYSQL", "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}, "VpcSubnetIds": [{"Ref": "A"}]}`}, "default security group is not modelled"},
		"endpoint of no proxy":              {database, resources{"Thing": `AWS::RDS::DBProxyEndpoint {"DBProxyName": "none"}`}, "Unknown DB proxy none"},
		"proxy endpoint without group":      {database, resources{"Thing": `AWS::RDS::DBProxyEndpoint {"DBProxyName": {"Ref": "Proxy"}, "VpcSubnetIds": [{"Ref": "A"}]}`}, "default security group is not modelled"},
		"proxy endpoint of an unknown role": {database, resources{"Thing": `AWS::RDS::DBProxyEndpoint {"DBProxyName": {"Ref": "Proxy"}, "VpcSubnetIds": [{"Ref": "A"}], "VpcSecurityGroupIds": [{"Ref": "G"}], "TargetRole": "WRITE"}`}, `must be READ_WRITE or READ_ONLY, got "WRITE"`},
		"another target group":              {database, resources{"Targets": `AWS::RDS::DBProxyTargetGroup {"TargetGroupName": "other"}`}, "a proxy has one target group, default, with one cluster"},
		"targets of no proxy":               {database, resources{"Targets": `AWS::RDS::DBProxyTargetGroup {"TargetGroupName": "default", "DBProxyName": "none", "DBClusterIdentifiers": ["cluster"]}`}, "Unknown DB proxy none"},
		"targets that are not":              {database, resources{"Targets": `AWS::RDS::DBProxyTargetGroup {"TargetGroupName": "default", "DBProxyName": {"Ref": "Proxy"}, "DBClusterIdentifiers": ["none"]}`}, "DBCluster none not found"},
		"role twice":                        {function, resources{"Thing": strings.Replace(roleFor("rds.amazonaws.com"), "{", `{"RoleName": {"Ref": "Role"}, `, 1)}, "already exists."},
		"role with a path":                  {function, resources{"Role": strings.Replace(roleFor("rds.amazonaws.com"), "{", `{"Path": "/service/", `, 1)}, "property Path: only / is modelled"},
		"role without trust":                {function, resources{"Thing": "AWS::IAM::Role"}, "property AssumeRolePolicyDocument"},
		"unknown managed policy":            {function, resources{"Role": strings.Replace(roleFor("rds.amazonaws.com"), "{", `{"ManagedPolicyArns": ["arn:aws:iam::aws:policy/Admin"], `, 1)}, "property ManagedPolicyArns: managed policy arn:aws:iam::aws:policy/Admin is not modelled"},
		"wrong inline policy":               {function, resources{"Role": strings.Replace(roleFor("rds.amazonaws.com"), "{", `{"Policies": [{"PolicyName": "Broken"}], `, 1)}, "property Policies"},
		"wrong policy":                      {function, resources{"Thing": `AWS::IAM::Policy {"PolicyName": "P", "Roles": [{"Ref": "Role"}], "PolicyDocument": {}}`}, "property PolicyDocument"},
		"policy of nobody":                  {function, resources{"Thing": allows + `}`}, "of which only Roles is modelled"},
		"policy of no role":                 {function, resources{"Thing": allows + `, "Roles": ["None"]}`}, "The role with name None cannot be found."},
		"function twice":                    {function, resources{"Thing": lambda + `, "FunctionName": {"Ref": "Function"}}`}, "Function already exist: Function"},
		"function without code":             {function, resources{"Thing": `AWS::Lambda::Function {"Role": {"Fn::GetAtt": ["Role", "Arn"]}}`}, `property Code: stack app publishes no asset as ""`},
		"function with code inline":         {function, resources{"Thing": `AWS::Lambda::Function {"Code": {"ZipFile": "x"}}`}, "ZipFile is not modelled"},
		"function with another's role":      {function, resources{"Role": roleFor("rds.amazonaws.com")}, "cannot be assumed by lambda.amazonaws.com"},
		"function in no subnet":             {function, resources{"Thing": lambda + `, "VpcConfig": {"SubnetIds": ["subnet-1"]}}`}, "property VpcConfig: The subnet ID 'subnet-1' does not exist"},
		"function without group":            {network.with(function), resources{"Thing": lambda + `, "VpcConfig": {"SubnetIds": [{"Ref": "A"}]}}`}, "default security group is not modelled"},
		"function with a group only":        {network.with(function), resources{"Thing": lambda + `, "VpcConfig": {"SecurityGroupIds": [{"Ref": "G"}]}}`}, `the subnets are in VPC "", but security group`},
		"function that may not join":        {network.with(function), resources{"Thing": lambda + `, "FunctionName": "F", "VpcConfig": {"SubnetIds": [{"Ref": "A"}], "SecurityGroupIds": [{"Ref": "G"}]}}`}, "function F lacks what it needs in a VPC: User: arn:aws:sts::123456789012:assumed-role/"},
		"function with a wrong environment": {function, resources{"Thing": lambda + `, "Environment": {"Variables": {"X": ["list"]}}}`}, "is not a text"},
		"version of no function":            {function, resources{"Thing": `AWS::Lambda::Version {"FunctionName": "none"}`}, "Function not found: none"},
		"alias of no version":               {function, resources{"Thing": `AWS::Lambda::Alias {"FunctionName": {"Ref": "Function"}, "FunctionVersion": "1", "Name": "live"}`}, "Function not found: Function:1"},
		"permission for no function":        {function, resources{"Thing": `AWS::Lambda::Permission {"FunctionName": "none"}`}, "Function not found: none"},
		"permission for no action":          {function, resources{"Thing": `AWS::Lambda::Permission {"FunctionName": {"Ref": "Function"}, "Principal": "sns.amazonaws.com"}`}, "resource policy of Function"},
		"secret twice":                      {nil, resources{"Secret": `AWS::SecretsManager::Secret {"Name": "S"}`, "Thing": `AWS::SecretsManager::Secret {"Name": "S"}`}, "the secret S already exists."},
		"secret given and generated":        {nil, resources{"Thing": `AWS::SecretsManager::Secret {"SecretString": "x", "GenerateSecretString": {}}`}, "You can't specify both"},
		"secret that cannot be":             {nil, resources{"Thing": `AWS::SecretsManager::Secret {"GenerateSecretString": {"PasswordLength": 2}}`}, "no password of 2 characters can be made of 4 types"},
		"secret in no object":               {nil, resources{"Thing": `AWS::SecretsManager::Secret {"GenerateSecretString": {"SecretStringTemplate": "[]", "GenerateStringKey": "x"}}`}, "SecretStringTemplate must be a JSON object"},
		"secret without key":                {nil, resources{"Thing": `AWS::SecretsManager::Secret {"GenerateSecretString": {"SecretStringTemplate": "{}"}}`}, "GenerateStringKey must be given"},
		"attachment to an instance":         {database, resources{"Thing": `AWS::SecretsManager::SecretTargetAttachment {"TargetType": "AWS::RDS::DBInstance"}`}, "only AWS::RDS::DBCluster is modelled"},
		"attachment of no secret":           {database, resources{"Thing": `AWS::SecretsManager::SecretTargetAttachment {"TargetType": "AWS::RDS::DBCluster", "SecretId": "none"}`}, "can't find the secret none"},
		"attachment to no cluster":          {nil, resources{"S": "AWS::SecretsManager::Secret", "Thing": `AWS::SecretsManager::SecretTargetAttachment {"TargetType": "AWS::RDS::DBCluster", "SecretId": {"Ref": "S"}, "TargetId": "none"}`}, "DBCluster none not found"},
		"attachment of a plain secret":      {database, resources{"S": `AWS::SecretsManager::Secret {"SecretString": "plain"}`, "Thing": `AWS::SecretsManager::SecretTargetAttachment {"TargetType": "AWS::RDS::DBCluster", "SecretId": {"Ref": "S"}, "TargetId": {"Ref": "Cluster"}}`}, "is no JSON object"},
		"parameter twice":                   {nil, resources{"P": `AWS::SSM::Parameter {"Name": "/p", "Type": "String", "Value": 1}`, "Thing": `AWS::SSM::Parameter {"Name": "/p", "Type": "String"}`}, "The parameter /p already exists."},
		"secure parameter":                  {nil, resources{"Thing": `AWS::SSM::Parameter {"Type": "SecureString"}`}, "must be String or StringList"},
		"call that is none":                 {regional(`"no JSON"`), nil, "property Create"},
		"call with more":                    {regional(`"{\"assumedRoleArn\": \"x\"}"`), nil, "property assumedRoleArn is not modelled"},
		"call of another action":            {regional(`"{\"service\": \"SNS\", \"action\": \"Publish\"}"`), nil, "only PutParameter of SSM is modelled, got Publish of SNS"},
		"call by nobody":                    {nil, resources{"Thing": `Custom::RegionalParameter {"ServiceToken": "none", "Create": "{\"service\": \"SSM\", \"action\": \"PutParameter\"}"}`}, "property ServiceToken: Function not found: none"},
		"call that overwrites":              {regional(`"{\"service\": \"SSM\", \"action\": \"PutParameter\", \"parameters\": {\"Name\": \"/p\"}}"`), resources{"A": `AWS::SSM::Parameter {"Name": "/p", "Type": "String"}`}, "The parameter /p already exists."},
		"client of no pool":                 {pool, resources{"Thing": `AWS::Cognito::UserPoolClient {"UserPoolId": "none"}`}, "User pool none does not exist."},
		"domain twice":                      {pool, resources{"Other": "AWS::Cognito::UserPool", "D": `AWS::Cognito::UserPoolDomain {"UserPoolId": {"Ref": "Pool"}, "Domain": "d"}`, "Thing": `AWS::Cognito::UserPoolDomain {"UserPoolId": {"Ref": "Other"}, "Domain": "d"}`}, "Domain already associated with another user pool: d"},
		"scope of no server":                {pool, resources{"Thing": `AWS::Cognito::UserPoolClient {"UserPoolId": {"Ref": "Pool"}, "GenerateSecret": true, "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": ["api/write"]}`}, "api/write"},
		"store twice":                       {nil, resources{"S": `AWS::CloudFront::KeyValueStore {"Name": "S"}`, "Thing": `AWS::CloudFront::KeyValueStore {"Name": "S"}`}, "The key value store S already exists"},
		"wrong distribution":                {nil, resources{"Thing": `AWS::CloudFront::Distribution {"DistributionConfig": []}`}, "(AWS::CloudFront::Distribution): json"},
		"bucket twice":                      {nil, resources{"B": `AWS::S3::Bucket {"BucketName": "b"}`, "Thing": `AWS::S3::Bucket {"BucketName": "b"}`}, "b already exists"},
		"policy of no bucket":               {nil, resources{"Thing": `AWS::S3::BucketPolicy {"Bucket": "none"}`}, "The specified bucket does not exist: none"},
		"wrong policy of a bucket":          {nil, resources{"B": "AWS::S3::Bucket", "Thing": `AWS::S3::BucketPolicy {"Bucket": {"Ref": "B"}, "PolicyDocument": {}}`}, "property PolicyDocument"},
		"topic twice":                       {nil, resources{"T": `AWS::SNS::Topic {"TopicName": "t"}`, "Thing": `AWS::SNS::Topic {"TopicName": "t"}`}, "t already exists"},
		"wrong policy of a topic":           {nil, resources{"Thing": `AWS::SNS::TopicPolicy {"PolicyDocument": {}}`}, "property PolicyDocument"},
		"wrong policy of a key":             {nil, resources{"Thing": `AWS::KMS::Key {"KeyPolicy": {}}`}, "property KeyPolicy"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := deploy(t, assemble(t, stacks{"app us-east-1": tt.base.with(tt.more)}), options(1))
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "stack app: resource ") {
				t.Errorf("want %q, got %v", tt.want, err)
			}
		})
	}
}
