package provision

import "github.com/warmstandby/warmstandby/internal/cloudformation"

// NoBearing are the resource types that a rehearsal does without, with the reason.
var NoBearing = map[string]string{
	"AWS::CDK::Metadata":                    "It tells AWS which constructs an application uses.",
	"AWS::CloudWatch::Dashboard":            "It shows metrics, and changes nothing.",
	"AWS::CodeBuild::Project":               "The delivery pipeline, which it belongs to, is not rehearsed: the assembly is deployed directly.",
	"AWS::CodeCommit::Repository":           "The delivery pipeline reads its source from it, and is not rehearsed.",
	"AWS::EC2::FlowLog":                     "It records traffic and changes none.",
	"AWS::EC2::RouteTable":                  "Every route table has the local route, and no resource type that adds another is known.",
	"AWS::EC2::SubnetRouteTableAssociation": "All route tables are alike, because each has the local route only.",
}

// registry is a provider for each resource type that is known.
func (b *builder) registry() cloudformation.Registry {
	all := cloudformation.Registry{}
	for name, create := range creators {
		all[name] = b.provider(create)
	}
	for _, name := range apiGatewayTypes {
		all[apiGatewayPrefix+name] = b.provider((*call).apiGateway)
	}
	return all
}

// creators create resources, by type.
var creators = map[string]creator{
	distributionType:                              (*call).distribution,
	edgeFunctionType:                              (*call).edgeFunction,
	headersPolicyType:                             (*call).headersPolicy,
	keyValueStoreType:                             (*call).keyValueStore,
	"AWS::CloudWatch::Alarm":                      typed((*call).alarm),
	"AWS::CodePipeline::Pipeline":                 typed((*call).codePipeline),
	"AWS::Cognito::UserPool":                      (*call).userPool,
	"AWS::Cognito::UserPoolClient":                ofPool((*call).userPoolClient),
	"AWS::Cognito::UserPoolDomain":                ofPool((*call).userPoolDomain),
	"AWS::Cognito::UserPoolResourceServer":        ofPool((*call).userPoolResourceServer),
	"AWS::DynamoDB::Table":                        typed((*call).itemTable),
	"AWS::EC2::SecurityGroup":                     typed((*call).securityGroup),
	"AWS::EC2::SecurityGroupEgress":               typed((*call).egress),
	"AWS::EC2::SecurityGroupIngress":              typed((*call).ingress),
	"AWS::EC2::Subnet":                            typed((*call).subnet),
	"AWS::EC2::VPC":                               typed((*call).vpc),
	"AWS::EC2::VPCEndpoint":                       typed((*call).vpcEndpoint),
	"AWS::Events::Archive":                        typed((*call).archive),
	"AWS::Events::EventBus":                       typed((*call).eventBus),
	"AWS::Events::Rule":                           typed((*call).eventRule),
	"AWS::IAM::Policy":                            typed((*call).policy),
	"AWS::IAM::Role":                              typed((*call).role),
	"AWS::KMS::Key":                               typed((*call).key),
	"AWS::Lambda::Alias":                          typed((*call).alias),
	"AWS::Lambda::EventInvokeConfig":              typed((*call).eventInvokeConfig),
	"AWS::Lambda::Function":                       typed((*call).function),
	"AWS::Lambda::Permission":                     typed((*call).permission),
	"AWS::Lambda::Version":                        typed((*call).version),
	"AWS::Logs::LogGroup":                         typed((*call).logGroup),
	"AWS::Logs::ResourcePolicy":                   typed((*call).logPolicy),
	"AWS::RDS::DBCluster":                         typed((*call).cluster),
	"AWS::RDS::DBClusterParameterGroup":           typed((*call).parameterGroup),
	"AWS::RDS::DBInstance":                        typed((*call).instance),
	"AWS::RDS::DBProxy":                           typed((*call).proxy),
	"AWS::RDS::DBProxyEndpoint":                   typed((*call).proxyEndpoint),
	"AWS::RDS::DBProxyTargetGroup":                typed((*call).targetGroup),
	"AWS::RDS::DBSubnetGroup":                     typed((*call).subnetGroup),
	"AWS::RDS::GlobalCluster":                     typed((*call).globalCluster),
	"AWS::Route53::HostedZone":                    typed((*call).hostedZone),
	"AWS::Route53::RecordSet":                     typed((*call).record),
	"AWS::S3::Bucket":                             typed((*call).bucket),
	"AWS::S3::BucketPolicy":                       typed((*call).bucketPolicy),
	"AWS::SNS::Subscription":                      typed((*call).subscription),
	"AWS::SNS::Topic":                             typed((*call).topic),
	"AWS::SNS::TopicPolicy":                       typed((*call).topicPolicy),
	"AWS::SQS::Queue":                             typed((*call).queue),
	"AWS::SQS::QueuePolicy":                       typed((*call).queuePolicy),
	"AWS::SSM::Document":                          typed((*call).document),
	"AWS::SSM::Parameter":                         typed((*call).parameter),
	"AWS::SecretsManager::Secret":                 typed((*call).secret),
	"AWS::SecretsManager::SecretTargetAttachment": typed((*call).attachSecret),
	"Custom::NominalSource":                       typed((*call).nominalSource),
	"Custom::RegionalParameter":                   typed((*call).regionalParameter),
}
