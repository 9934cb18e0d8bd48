// Package env is the contract between the reference application's functions and whoever deploys them: the names of
// the environment variables that the functions read when they start.
//
// It imports nothing, so that a stack can share the names without compiling a function, and a function without
// compiling a stack. A function that misses a variable, or cannot read one, says which and exits before it serves
// anything.
//
// The functions also read what Lambda itself sets: AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
// AWS_SESSION_TOKEN. Standard variables are honoured where they are set: SSL_CERT_FILE names the certificate
// authorities to trust instead of the system's, and AWS_ENDPOINT_URL_SECRETS_MANAGER or AWS_ENDPOINT_URL moves
// CreateTableFunction's one call to AWS.
//
// Whatever the database does, the functions answer within 6 seconds, Health within one (a failover's checks within 4)
// and CreateTableFunction within 25. The timeouts that they are deployed with must be greater, or clients see Lambda's
// error instead of theirs.
package env

// Read by every function. Endpoints are host names; one may have a port behind a colon. Default port: 3306.
const (
	// DatabaseEndpoint is the host name of the Region's RDS Proxy: its default endpoint, which reads and writes.
	DatabaseEndpoint = "DATABASE_ENDPOINT"

	// DatabaseReadEndpoint is the host name of the same proxy's read-only endpoint. Reads go there while the other
	// endpoint cannot serve, which is always so in a Region that stands by.
	DatabaseReadEndpoint = "DATABASE_READ_ENDPOINT"

	// DatabaseName is the name of the database that holds the table: 1 to 64 letters, digits and underscores, the
	// first one a letter.
	DatabaseName = "DATABASE_NAME"

	// DatabaseUser is the database user that the functions log in as, with IAM tokens: 1 to 32 letters, digits and
	// underscores, the first one a letter.
	DatabaseUser = "DATABASE_USER"
)

// AllowOrigins is read by every function: the web origins whose scripts may read the answers, with commas between; "*" stands
// for all. Default: none.
const AllowOrigins = "ALLOW_ORIGINS"

// Read by CreateTableFunction only. Both are set, in the Region where the database was first created, or neither.
const (
	// DatabaseClusterEndpoint is the host name of the cluster's writer endpoint. The table and the user are created
	// there directly, because the proxy knows the application's user only.
	DatabaseClusterEndpoint = "DATABASE_CLUSTER_ENDPOINT"

	// DatabaseSecretARN is the ARN of the Secrets Manager secret with the master user: a JSON object with username
	// and password.
	DatabaseSecretARN = "DATABASE_SECRET_ARN"
)
