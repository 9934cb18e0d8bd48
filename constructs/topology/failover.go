package topology

import (
	"fmt"
	"strings"
)

// DocumentVariable is the environment variable that tells a failover's functions the name of the Systems Manager parameter of
// their Region with the [Document].
const DocumentVariable = "TOPOLOGY_PARAMETER"

// Parameters that hold facts for a failover, in the Region of the one that reads it.
const (
	// EdgeStoreArnParameter holds the ARN of the edge's key-value store.
	EdgeStoreArnParameter = "edge-store-arn"

	// EdgeHostParameter holds the host name that clients call.
	EdgeHostParameter = "edge-host"
)

// FailoverStack is the id of the stack with the pipeline that activates a home role's Region, in that Region. Going to the
// secondary is a failover, going to the primary is a failback.
func (c Config) FailoverStack(role Role) string {
	if role == Secondary {
		return c.ApplicationName + "-failover"
	}
	return c.ApplicationName + "-failback"
}

// FailoverPipeline is the name of the pipeline that activates a home role's Region.
func (c Config) FailoverPipeline(role Role) string { return c.FailoverStack(role) }

// ReportBucketName is the bucket with the reports of runs that activate a home role's Region. The account and the Region make it
// unique, which S3 wants of all buckets.
func (c Config) ReportBucketName(role Role) string {
	return fmt.Sprintf("%s-reports-%s-%s", strings.ToLower(c.ApplicationName), c.Account, c.Region(role))
}
