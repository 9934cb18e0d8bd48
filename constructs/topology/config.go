package topology

// PlaceholderAccount stands in for the account when none is configured and there are no credentials, so that an application
// can be synthesized anywhere. It is an account of AWS's documentation: nothing can be deployed there.
const PlaceholderAccount = "123456789012"

// EdgeRegion is where CloudFront keeps its certificates and web ACLs, and so where the edge stack lives.
const EdgeRegion = "us-east-1"

// Removal policies of what holds data.
const (
	// Retain keeps databases, keys, user pools and logs when their stack is deleted, and protects databases from deletion.
	Retain = "retain"

	// Destroy deletes them with their stack.
	Destroy = "destroy"
)

// Sources of the delivery pipeline.
const (
	// CodeCommit is a repository that the delivery stack defines.
	CodeCommit = "codecommit"

	// Connection is a repository at GitHub, GitLab or Bitbucket, reached by CodeConnections.
	Connection = "connection"

	// S3 is an archive in a bucket that exists.
	S3 = "s3"
)

// Config is an application's configuration. [Default] returns it with every default filled in; [Read] overrides the
// defaults. Each field names its CDK context key, and the environment variable that overrides it where there is one.
type Config struct {
	// ApplicationName is the first part of every name.
	//
	// Context: applicationName. Default: ToDoMgmt.
	ApplicationName string

	// Account is the AWS account of all stacks.
	//
	// Context: account. Environment, if the context has none: CDK_DEFAULT_ACCOUNT. Default: [PlaceholderAccount].
	Account string

	// PrimaryRegion is the home Region, which is active first.
	//
	// Context: primaryRegion. Environment, if the context has none: CDK_DEFAULT_REGION. Default: us-east-1.
	PrimaryRegion string

	// SecondaryRegion is the Region that stands by.
	//
	// Context: secondaryRegion. Environment: CDK_SECONDARY_REGION. Default: us-east-2.
	SecondaryRegion string

	// PrimaryCidr is the address range of the primary Region's VPC.
	//
	// Context: primaryCidr. Environment: VPC_CIDR_RANGE. Default: 10.0.0.0/16.
	PrimaryCidr string

	// SecondaryCidr is the address range of the secondary Region's VPC. It must not overlap the primary's, so that the two
	// can be connected.
	//
	// Context: secondaryCidr. Default: 10.1.0.0/16.
	SecondaryCidr string

	// Zones is the number of Availability Zones used in each Region, 2 to 6.
	//
	// Context: zones. Environment: NUMBER_OF_AVAILABILITY_ZONES. Default: 2.
	Zones int

	// PrimaryZones are the names of the primary Region's zones to use, 2 to 6, in place of Zones. A Region may have one that
	// Lambda or RDS Proxy is not in; which name it has differs between accounts. Like Zones, they are fixed once deployed.
	//
	// Context: primaryZones, a list or a text with commas. Default: none, for the Region's first zones.
	PrimaryZones []string

	// SecondaryZones are the names of the secondary Region's zones to use, like PrimaryZones.
	//
	// Context: secondaryZones, a list or a text with commas. Default: none, for the Region's first zones.
	SecondaryZones []string

	// DatabaseName is the database that is created in the cluster.
	//
	// Context: databaseName. Environment: DB_NAME. Default: todo.
	DatabaseName string

	// DatabaseMasterUser is the cluster's administrator, used once to create the table and the application's user.
	//
	// Context: databaseMasterUser. Environment: DB_MASTER_USER_NAME. Default: admin.
	DatabaseMasterUser string

	// DatabaseUser is the user that the application's functions connect as, with IAM authentication.
	//
	// Context: databaseUser. Default: todo_app.
	DatabaseUser string

	// DatabaseSecretSuffix ends the name of the administrator's secret.
	//
	// Context: databaseSecretSuffix. Environment: DB_SECRET_NAME_SUFFIX. Default: db-secret-1.
	DatabaseSecretSuffix string

	// DatabaseMinCapacity is what each database instance scales down to, in Aurora capacity units. AWS advises at least 8
	// for a production global database, and at least 2 for Performance Insights.
	//
	// Context: databaseMinCapacity. Environment: DB_INSTANCE_MIN_CAPACITY. Default: 2.
	DatabaseMinCapacity float64

	// DatabaseMaxCapacity is what each database instance scales up to, in Aurora capacity units. It is the same in both
	// Regions, because the one that stands by must carry the other's load the minute after.
	//
	// Context: databaseMaxCapacity. Environment: DB_INSTANCE_MAX_CAPACITY. Default: 16.
	DatabaseMaxCapacity float64

	// DatabaseInstances is the number of instances in each Region, 1 to 15. With one, the loss of a zone is an outage until
	// Aurora has replaced the instance.
	//
	// Context: databaseInstances. Default: 2.
	DatabaseInstances int

	// RemovalPolicy is [Retain] or [Destroy].
	//
	// Context: removalPolicy. Default: retain.
	RemovalPolicy string

	// LogRetentionDays is how long logs are kept, one of the periods that CloudWatch Logs has.
	//
	// Context: logRetentionDays. Default: 30.
	LogRetentionDays int

	// DomainName is the name that clients call, beside the distribution's own.
	//
	// Context: domainName. Default: none.
	DomainName string

	// CertificateArn is the certificate for DomainName, in [EdgeRegion]. Required with a DomainName.
	//
	// Context: certificateArn. Default: none.
	CertificateArn string

	// Waf defines a web ACL with AWS's common rules in front of the distribution.
	//
	// Context: waf. Default: false.
	Waf bool

	// CorsOrigins are the web origins that may call the API from a browser.
	//
	// Context: corsOrigins, a list or a text with commas. Default: none.
	CorsOrigins []string

	// Source is where the delivery pipeline takes the application from: [CodeCommit], [Connection] or [S3].
	//
	// Context: source. Default: codecommit.
	Source string

	// ConnectionArn is the connection to the repository's host. Required with [Connection].
	//
	// Context: connectionArn. Default: none.
	ConnectionArn string

	// Repository is owner/name at the host. Required with [Connection].
	//
	// Context: repository. Default: none.
	Repository string

	// Branch is the branch that is delivered, with [CodeCommit] and [Connection].
	//
	// Context: branch. Default: main.
	Branch string

	// SourceBucket holds the archive. Required with [S3].
	//
	// Context: sourceBucket. Default: none.
	SourceBucket string

	// SourceKey is the archive's key, with [S3].
	//
	// Context: sourceKey. Default: source.zip.
	SourceKey string

	// ArpioAccountID is the id that Arpio gave to the customer, such as RQDLgR8ar2ipEV0VbfQLno, which is not an AWS account. With
	// it there is a recovery stack, whose rules are on Arpio's event bus in the secondary Region.
	//
	// Context: arpioAccountId. Default: none, and no recovery stack.
	ArpioAccountID string

	// ArpioFailbackStack is the CloudFormation stack in the primary Region with which Arpio gets access for a failback. The
	// failback's runbook checks that it is there when it is needed, and gone in the end.
	//
	// Context: arpioFailbackStack. Default: none, a person checks.
	ArpioFailbackStack string

	// RecoveryEmails are the addresses that are told of recoveries and asked for approvals.
	//
	// Context: recoveryEmails, a list or a text with commas. Default: none.
	RecoveryEmails []string

	// RecoveryRecord is a CNAME record that is pointed at what was recovered, when a failover is complete, and back on failback. It
	// and the four settings that follow are set together.
	//
	// Context: recoveryRecord. Default: none, no record is changed.
	RecoveryRecord string

	// RecoveryHostedZone is the id of the Route 53 hosted zone that RecoveryRecord is in.
	//
	// Context: recoveryHostedZone. Default: none.
	RecoveryHostedZone string

	// RecoveryPrimaryName is what RecoveryRecord points at while the primary environment serves.
	//
	// Context: recoveryPrimaryName. Default: none.
	RecoveryPrimaryName string

	// RecoverySecondaryName is what RecoveryRecord points at after a failover.
	//
	// Context: recoverySecondaryName. Default: none.
	RecoverySecondaryName string

	// ArpioApplicationID is Arpio's id of the application whose failover changes RecoveryRecord, such as hSN9jWjSCtEY7UdRJRslwo.
	//
	// Context: arpioApplicationId. Default: none.
	ArpioApplicationID string
}

// Default is a Config with every default filled in.
func Default() Config {
	return Config{
		ApplicationName:      "ToDoMgmt",
		Account:              PlaceholderAccount,
		PrimaryRegion:        "us-east-1",
		SecondaryRegion:      "us-east-2",
		PrimaryCidr:          "10.0.0.0/16",
		SecondaryCidr:        "10.1.0.0/16",
		Zones:                2,
		DatabaseName:         "todo",
		DatabaseMasterUser:   "admin",
		DatabaseUser:         "todo_app",
		DatabaseSecretSuffix: "db-secret-1",
		DatabaseMinCapacity:  2,
		DatabaseMaxCapacity:  16,
		DatabaseInstances:    2,
		RemovalPolicy:        Retain,
		LogRetentionDays:     30,
		Source:               CodeCommit,
		Branch:               "main",
		SourceKey:            "source.zip",
	}
}
