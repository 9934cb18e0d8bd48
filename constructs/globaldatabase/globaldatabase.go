package globaldatabase

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsrds"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
)

// Primary is the side of a global database that is created first, with the global cluster and the master user. Its cluster is
// the writer until the first switchover or failover, and again after every failback.
type Primary struct {
	constructs.Construct
	member

	globalCluster awsrds.CfnGlobalCluster
	secret        awssecretsmanager.ISecret
}

// Secondary is a side of a global database that starts as a reader, in another Region than its [Primary].
type Secondary struct {
	constructs.Construct
	member
}

// NewPrimary defines a Primary under scope. It panics with an error that names everything wrong with props.
func NewPrimary(scope constructs.Construct, id string, props *PrimaryProps) *Primary {
	var p PrimaryProps
	if props != nil {
		p = *props
	}
	cdkgo.Must("global database primary", scope, id, p.validate())
	p = p.withDefaults()

	d := &Primary{member: newMember(p.RegionalProps)}
	constructs.NewConstruct_Override(d, scope, &id)
	d.defineSurroundings(d, p.RegionalProps)
	d.globalCluster = d.defineGlobalCluster(p.RegionalProps)
	secret := d.defineSecret(p)
	d.defineCluster(d, p.RegionalProps, d.primaryProps(p, secret))
	d.secret = secret.Attach(d.cluster)
	return d
}

// NewSecondary defines a Secondary under scope. It panics with an error that names everything wrong with props.
func NewSecondary(scope constructs.Construct, id string, props *SecondaryProps) *Secondary {
	var p SecondaryProps
	if props != nil {
		p = *props
	}
	cdkgo.Must("global database secondary", scope, id, p.validate())
	p = p.withDefaults()

	d := &Secondary{member: newMember(p.RegionalProps)}
	constructs.NewConstruct_Override(d, scope, &id)
	d.defineSurroundings(d, p.RegionalProps)
	d.defineCluster(d, p.RegionalProps, d.secondaryProps(p))
	return d
}

// GlobalCluster is the global cluster that the members of every Region join.
func (d *Primary) GlobalCluster() awsrds.CfnGlobalCluster { return d.globalCluster }

// Secret holds the master user's name and password, with the host and port of this member. [Primary.GrantReadSecret] lets
// others read it.
func (d *Primary) Secret() awssecretsmanager.ISecret { return d.secret }

// GrantReadSecret lets grantee read and decrypt the master user's secret. Both rights go into grantee's own policy. The
// secret's GrantRead would name grantee in the policy of the key, which ties two stacks to each other when grantee lives in
// another one.
func (d *Primary) GrantReadSecret(grantee awsiam.IGrantable) awsiam.Grant {
	read := awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
		Grantee:      grantee,
		Actions:      jsii.Strings("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"),
		ResourceArns: &[]*string{d.secret.SecretArn()},
	})
	service := jsii.Sprintf("secretsmanager.%s.amazonaws.com", *awscdk.Stack_Of(d).Region())
	return read.Combine(awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
		Grantee:      grantee,
		Actions:      jsii.Strings("kms:Decrypt"),
		ResourceArns: &[]*string{d.key.KeyArn()},
		Conditions:   &map[string]*map[string]any{"StringEquals": {"kms:ViaService": service}},
	}))
}

// defineGlobalCluster defines the global cluster without a source cluster, so that nothing in it names the writer.
func (d *Primary) defineGlobalCluster(p RegionalProps) awsrds.CfnGlobalCluster {
	global := awsrds.NewCfnGlobalCluster(d, jsii.String("GlobalCluster"), &awsrds.CfnGlobalClusterProps{
		GlobalClusterIdentifier: jsii.String(p.GlobalClusterIdentifier),
		Engine:                  jsii.String(engine),
		EngineVersion:           p.EngineVersion.AuroraMysqlFullVersion(),
		StorageEncrypted:        jsii.Bool(true),

		// Amazon RDS deletes no global cluster that has members, and each member is protected. Protection here would only make
		// the rollback of a first deployment fail.
		DeletionProtection: jsii.Bool(false),
	})
	global.ApplyRemovalPolicy(p.repeatablePolicy(), nil)
	return global
}

func (d *Primary) defineSecret(p PrimaryProps) awsrds.DatabaseSecret {
	props := &awsrds.DatabaseSecretProps{Username: jsii.String(p.MasterUsername), EncryptionKey: d.key}
	if p.SecretName != "" {
		props.SecretName = jsii.String(p.SecretName)
	}
	secret := awsrds.NewDatabaseSecret(d, jsii.String("Secret"), props)
	secret.ApplyRemovalPolicy(p.repeatablePolicy())
	return secret
}

// primaryProps gives the cluster what only the first member has. The password is a dynamic reference, which CloudFormation
// resolves when it deploys; the template never holds it.
func (d *Primary) primaryProps(p PrimaryProps, secret awssecretsmanager.ISecret) *awsrds.CfnDBClusterProps {
	props := d.clusterProps(p.RegionalProps)
	props.GlobalClusterIdentifier = d.globalCluster.Ref()
	props.MasterUsername = jsii.String(p.MasterUsername)
	props.MasterUserPassword = secret.SecretValueFromJson(jsii.String("password")).UnsafeUnwrap()
	if p.DatabaseName != "" {
		props.DatabaseName = jsii.String(p.DatabaseName)
	}
	return props
}

// secondaryProps gives the cluster no credentials and no database name: Aurora replicates both, and Amazon RDS refuses them.
func (d *Secondary) secondaryProps(p SecondaryProps) *awsrds.CfnDBClusterProps {
	props := d.clusterProps(p.RegionalProps)
	props.GlobalClusterIdentifier = jsii.String(p.GlobalClusterIdentifier)
	props.SourceRegion = jsii.String(p.SourceRegion)
	return props
}
