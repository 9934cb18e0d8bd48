package topology

import (
	"fmt"
	"strings"
)

// Role is a Region's home role. It never changes, whichever Region is active.
type Role string

// The two home roles, as they stand in names.
const (
	Primary   Role = "pri"
	Secondary Role = "secd"
)

// Roles are the home roles in the order in which they are deployed.
func Roles() []Role { return []Role{Primary, Secondary} }

// Functions of the reference application, as they stand in names.
const (
	CreateTableFunction = "CreateTableFunction"
	UpsertToDosFunction = "UpsertToDos"
	GetToDosFunction    = "GetToDos"
	RemoveToDosFunction = "RemoveToDos"
	HealthFunction      = "Health"
)

// Parameters that one stack leaves for another, in the Region of the one that reads it.
const (
	// ApiIDParameter holds the id of a Region's REST API.
	ApiIDParameter = "api-id"

	// UserPoolArnParameter holds the ARN of a Region's user pool.
	UserPoolArnParameter = "user-pool-arn"
)

// Region is the Region of a home role.
func (c Config) Region(role Role) string {
	if role == Secondary {
		return c.SecondaryRegion
	}
	return c.PrimaryRegion
}

// Cidr is the address range of a home role's VPC.
func (c Config) Cidr(role Role) string {
	if role == Secondary {
		return c.SecondaryCidr
	}
	return c.PrimaryCidr
}

// ZoneNames are the zones that a home role's VPC is to use, or none for the first ones of its Region.
func (c Config) ZoneNames(role Role) []string {
	if role == Secondary {
		return c.SecondaryZones
	}
	return c.PrimaryZones
}

// DeliveryStack is the id of the stack with the delivery pipeline.
func (c Config) DeliveryStack() string { return c.ApplicationName }

// InfraStack is the id of the stack with a Region's network and database.
func (c Config) InfraStack(role Role) string {
	return fmt.Sprintf("%s-infra-%s", c.ApplicationName, role)
}

// AppStack is the id of the stack with a Region's functions, API and identity.
func (c Config) AppStack(role Role) string { return fmt.Sprintf("%s-app-%s", c.ApplicationName, role) }

// EdgeStack is the id of the stack with the distribution.
func (c Config) EdgeStack() string { return c.ApplicationName + "-edge" }

// RecoveryStack is the id of the stack with what reacts to Arpio's recoveries.
func (c Config) RecoveryStack() string { return c.ApplicationName + "-recovery" }

// RepositoryName is the CodeCommit repository of the delivery pipeline.
func (c Config) RepositoryName() string { return c.ApplicationName + "Repo" }

// PipelineName is the delivery pipeline.
func (c Config) PipelineName() string { return c.ApplicationName + "Pipeline" }

// FunctionName is the name of one of the reference application's functions in a Region.
func (c Config) FunctionName(role Role, function string) string {
	return c.AppStack(role) + "-" + function
}

// GlobalClusterIdentifier is the Aurora global database. RDS stores identifiers in lower case.
func (c Config) GlobalClusterIdentifier() string {
	return strings.ToLower(c.InfraStack(Primary)) + "-global-db-cluster"
}

// ClusterIdentifier is a Region's member of the global database.
func (c Config) ClusterIdentifier(role Role) string {
	return strings.ToLower(c.InfraStack(role)) + "-db-cluster"
}

// ClusterArn is the ARN of a Region's member of the global database, by which it is promoted.
func (c Config) ClusterArn(role Role) string {
	return fmt.Sprintf("arn:aws:rds:%s:%s:cluster:%s", c.Region(role), c.Account, c.ClusterIdentifier(role))
}

// ProxyName is a Region's database proxy.
func (c Config) ProxyName(role Role) string {
	return strings.ToLower(c.InfraStack(role)) + "-rds-proxy"
}

// MasterSecretName is the secret with the database administrator's password, in the primary Region.
func (c Config) MasterSecretName() string {
	return c.InfraStack(Primary) + "-" + c.DatabaseSecretSuffix
}

// ApiName is the name of the REST API in each Region.
func (c Config) ApiName() string { return c.ApplicationName + "Api" }

// CognitoDomainPrefix is the first label of the token endpoint in each Region. The account makes it unique, which Cognito
// wants within a Region.
func (c Config) CognitoDomainPrefix() string {
	return fmt.Sprintf("%s-dev-api-%s", strings.ToLower(c.ApplicationName), c.Account)
}

// StoreName is the key-value store that says which Region is active.
func (c Config) StoreName() string { return c.EdgeStack() }

// ParameterName is the SSM parameter with a fact about a home role's Region, such as [ApiIDParameter].
func (c Config) ParameterName(role Role, fact string) string {
	return fmt.Sprintf("/%s/%s/%s", c.ApplicationName, role, fact)
}

// StageName is the stage of the REST API in each Region, and so the first segment of its paths.
func (c Config) StageName() string { return "prod" }
