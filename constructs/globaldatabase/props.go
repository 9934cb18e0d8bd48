package globaldatabase

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsrds"
)

// Capacity is the range in which each instance of a member scales, in Aurora capacity units (ACU) of about 2 GiB of memory.
// Both ends are multiples of 0.5.
//
// The minimum cannot be 0, which would pause idle instances: Aurora pauses neither the writer of a global database, nor its
// secondary clusters, nor clusters behind an RDS Proxy.
//
// See https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html
type Capacity struct {
	// Min is the least capacity, 0.5 to 256. AWS recommends at least 8 for the writer of a global database, and at least 2
	// with Performance Insights.
	Min float64

	// Max is the greatest capacity, 1 to 256.
	Max float64
}

// RegionalProps configures one member of a global database: what [PrimaryProps] and [SecondaryProps] have in common.
// GlobalClusterIdentifier, ClusterIdentifier and Vpc are required.
//
// The identifiers are names and not references, because the other Region has to know them without asking this one.
type RegionalProps struct {
	// GlobalClusterIdentifier names the global cluster, alike on both sides: 1 to 63 lower-case letters, digits and single
	// hyphens, starting with a letter and not ending with a hyphen. It is unique in the account.
	GlobalClusterIdentifier string

	// ClusterIdentifier names this member, by the same rules. It is unique among the members of the global cluster.
	ClusterIdentifier string

	// Vpc is the network that the instances live in.
	Vpc awsec2.IVpc

	// VpcSubnets selects the subnets of the instances, in at least two Availability Zones.
	//
	// Default: the isolated subnets.
	VpcSubnets *awsec2.SubnetSelection

	// Capacity is the range in which each instance scales. For a secondary, pass the primary's: [Primary.Capacity].
	//
	// Default: 8 to 32 ACU, on either side.
	Capacity Capacity

	// Instances is the number of instances: 1 to 15 in the primary, 1 to 16 in a secondary. In the writer's Region the first
	// accepts writes and the others are its replicas in other zones; two or more survive the loss of a zone.
	//
	// Default: 1.
	Instances int

	// EngineVersion is the version of Aurora MySQL, alike on both sides, because Aurora switches over between equal versions
	// only. AWS upgrades no member of a global database by itself. To upgrade, deploy the reader's Region first.
	//
	// Default: 3.12.0.
	EngineVersion awsrds.AuroraMysqlEngineVersion

	// BackupRetentionDays is how long automated backups are kept, 1 to 35 days.
	//
	// Default: 7.
	BackupRetentionDays int

	// EncryptionKey encrypts storage, Performance Insights, logs and, in the primary, the master secret. It is a key of this
	// Region. Its policy has to leave access to the IAM policies of the account, as CDK's keys do. If it was imported, it also
	// has to let CloudWatch Logs use it for log groups under /aws/rds/cluster/ClusterIdentifier/.
	//
	// Default: a new key with yearly rotation.
	EncryptionKey awskms.IKey

	// LogRetention is how long the exported logs are kept.
	//
	// Default: three months.
	LogRetention awslogs.RetentionDays

	// MonitoringInterval is the time between enhanced monitoring metrics: 1, 5, 10, 15, 30 or 60 seconds.
	//
	// Default: 60 seconds.
	MonitoringInterval time.Duration

	// RemovalPolicy decides what becomes of the database when its stack is deleted: RETAIN keeps it, DESTROY deletes it
	// without a snapshot and turns deletion protection off.
	//
	// RETAIN keeps nothing of a first deployment that fails but the cluster, if it exists by then, and its key.
	//
	// Default: RETAIN, with deletion protection.
	RemovalPolicy awscdk.RemovalPolicy
}

// PrimaryProps configures a [Primary].
type PrimaryProps struct {
	RegionalProps

	// DatabaseName names a database that Aurora creates with the cluster: 1 to 64 letters, digits and underscores, starting
	// with a letter, and no word that MySQL reserves.
	//
	// Default: no database is created.
	DatabaseName string

	// MasterUsername names the master user: 1 to 16 letters and digits, starting with a letter, and neither a word that MySQL
	// reserves nor a user of Aurora's own.
	//
	// Default: admin.
	MasterUsername string

	// SecretName names the secret that holds the master user's name and generated password: 1 to 512 letters, digits and
	// /_+=.@- characters.
	//
	// Default: a name that CloudFormation generates.
	SecretName string
}

// SecondaryProps configures a [Secondary]. SourceRegion is required.
type SecondaryProps struct {
	RegionalProps

	// SourceRegion is the Region of the global database's [Primary]. Amazon RDS needs it once, when it creates this member, to
	// ask that Region for leave to copy encrypted storage. It says where the database was created, not who writes now: leave
	// it as it is when the roles have changed, because changing it replaces the cluster.
	SourceRegion string
}

func (p RegionalProps) withDefaults() RegionalProps {
	if p.VpcSubnets == nil {
		p.VpcSubnets = &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED}
	}
	if p.Capacity == (Capacity{}) {
		p.Capacity = Capacity{Min: 8, Max: 32}
	}
	if p.Instances == 0 {
		p.Instances = 1
	}
	if p.EngineVersion == nil {
		p.EngineVersion = awsrds.AuroraMysqlEngineVersion_VER_3_12_0()
	}
	if p.BackupRetentionDays == 0 {
		p.BackupRetentionDays = 7
	}
	if p.LogRetention == "" {
		p.LogRetention = awslogs.RetentionDays_THREE_MONTHS
	}
	if p.MonitoringInterval == 0 {
		p.MonitoringInterval = time.Minute
	}
	if p.RemovalPolicy == "" {
		p.RemovalPolicy = awscdk.RemovalPolicy_RETAIN
	}
	return p
}

func (p PrimaryProps) withDefaults() PrimaryProps {
	p.RegionalProps = p.RegionalProps.withDefaults()
	if p.MasterUsername == "" {
		p.MasterUsername = "admin"
	}
	return p
}

func (p SecondaryProps) withDefaults() SecondaryProps {
	p.RegionalProps = p.RegionalProps.withDefaults()
	return p
}
