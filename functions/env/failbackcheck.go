package env

// Read by failbackcheck. A variable that is not set leaves out what it is needed for.
const (
	// PrimaryURL answers with a status of 2xx when the application works in its primary environment.
	PrimaryURL = "PRIMARY_URL"

	// PublicURL is what clients call; it answers with a status of 2xx when the application works.
	PublicURL = "PUBLIC_URL"

	// AccessStack is the CloudFormation stack that gives Arpio access to the primary environment for a failback.
	AccessStack = "ACCESS_STACK"

	// AccessStackRegion is the Region of AccessStack. It is set with it.
	AccessStackRegion = "ACCESS_STACK_REGION"
)
