package stacks

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/gofunction"
	"github.com/warmstandby/warmstandby/constructs/machineidentity"
	"github.com/warmstandby/warmstandby/constructs/regionalparameter"
	"github.com/warmstandby/warmstandby/constructs/restapi"
	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/functions/env"
)

// AppProps configures an [App]. Both fields are required.
type AppProps struct {
	Config topology.Config

	// Infra is the Region's network and database.
	Infra *Infra
}

// App is the stack with a Region's functions, API and identity.
type App struct {
	awscdk.Stack

	config   topology.Config
	role     topology.Role
	infra    *Infra
	identity *machineidentity.Identity
	api      *restapi.API
}

// NewPrimaryApp defines the primary Region's App under scope. Its user pool is made known to the secondary Region, whose API
// accepts the pool's tokens too.
func NewPrimaryApp(scope constructs.Construct, id string, props *AppProps) *App {
	a := newApp(scope, id, topology.Primary, props)
	createTable := a.defineFunction(topology.CreateTableFunction)
	a.letCreateTable(createTable)
	a.defineAPI(a.identity.UserPool())
	a.carry(topology.UserPoolArnParameter, *a.identity.UserPool().UserPoolArn(), a.config.Region(topology.Secondary))
	return a
}

// NewSecondaryApp defines the secondary Region's App under scope. It reads the primary's user pool from a parameter of its own
// Region, so deploying it again does not need the primary Region.
func NewSecondaryApp(scope constructs.Construct, id string, props *AppProps) *App {
	a := newApp(scope, id, topology.Secondary, props)
	a.defineFunction(topology.CreateTableFunction)
	a.defineAPI(a.identity.UserPool(), a.primaryUserPool())
	return a
}

// API is the Region's REST API.
func (a *App) API() *restapi.API { return a.api }

// Identity is the Region's user pool and client.
func (a *App) Identity() *machineidentity.Identity { return a.identity }

func newApp(scope constructs.Construct, id string, role topology.Role, props *AppProps) *App {
	c := props.Config
	a := &App{config: c, role: role, infra: props.Infra}
	awscdk.NewStack_Override(a, scope, &id, &awscdk.StackProps{
		Description:           jsii.String("Functions, API and identity of the application's " + c.Region(role) + " side"),
		Env:                   environment(c, c.Region(role)),
		TerminationProtection: jsii.Bool(c.RemovalPolicy == topology.Retain),
	})
	a.identity = machineidentity.New(a, "Identity", &machineidentity.Props{
		Name:          c.ApplicationName,
		DomainPrefix:  c.CognitoDomainPrefix(),
		RemovalPolicy: removalPolicy(c),
	})
	return a
}

// defineFunction defines one of the application's functions, which reaches the database through the proxy only.
func (a *App) defineFunction(name string) *gofunction.Function {
	variables := map[string]string{
		env.DatabaseEndpoint:     a.infra.proxy.Endpoint(),
		env.DatabaseReadEndpoint: a.infra.proxy.ReaderEndpoint(),
		env.DatabaseName:         a.config.DatabaseName,
		env.DatabaseUser:         a.config.DatabaseUser,
	}
	if origins := a.config.CorsOrigins; len(origins) > 0 {
		variables[env.AllowOrigins] = strings.Join(origins, ",")
	}
	f := gofunction.New(a, name, &gofunction.Props{
		ImportPath:   functionPackages[name],
		BuildWith:    functionImportPaths(),
		FunctionName: a.config.FunctionName(a.role, name),
		Vpc:          a.infra.network.Vpc(),
		VpcSubnets:   a.infra.network.ApplicationSubnets(),
		LogRetention: retention(a.config),
		Timeout:      timeout(name),
		Environment:  variables,
	})
	a.infra.proxy.GrantConnect(f.Function(), a.config.DatabaseUser)
	return f
}

// timeout is how long a function may take, or nil for the default of 10 seconds: the functions answer within 6. Creating the
// table takes up to 25, and the health check answers within one, or a failover's within
// four, whatever happens.
func timeout(function string) awscdk.Duration {
	switch function {
	case topology.CreateTableFunction:
		return awscdk.Duration_Seconds(jsii.Number(30))
	case topology.HealthFunction:
		return awscdk.Duration_Seconds(jsii.Number(6))
	default:
		return nil
	}
}

// letCreateTable lets a function connect to the cluster itself as the administrator. Nothing else may.
func (a *App) letCreateTable(f *gofunction.Function) {
	admin := a.infra.administrator
	cluster := admin.database.Cluster()
	f.Function().AddEnvironment(jsii.String(env.DatabaseClusterEndpoint), cluster.ClusterEndpoint().Hostname(), nil)
	f.Function().AddEnvironment(jsii.String(env.DatabaseSecretARN), admin.database.Secret().SecretArn(), nil)
	admin.database.GrantReadSecret(f.Function())
	f.Function().Connections().AllowToDefaultPort(cluster, jsii.String("create the table"))
	f.Function().Connections().AllowTo(admin.endpoint, awsec2.Port_HTTPS(), jsii.String("read the administrator's secret"))
}

func (a *App) defineAPI(pools ...awscognito.IUserPool) {
	a.api = restapi.New(a, "Api", &restapi.Props{
		Name:               a.config.ApiName(),
		StageName:          a.config.StageName(),
		UserPools:          pools,
		Routes:             a.routes(),
		AllowOrigins:       a.config.CorsOrigins,
		AccessLogRetention: retention(a.config),
		RemovalPolicy:      removalPolicy(a.config),
	})
	a.carry(topology.ApiIDParameter, a.api.ID(), topology.EdgeRegion)
	a.output("ApiEndpoint", "The Region's own API, without the edge", a.api.URL())
	a.output("TokenEndpoint", "Where clients get access tokens", a.identity.TokenEndpoint())
	a.output("ClientId", "The client; its secret is in the console, under the user pool's app clients", *a.identity.Client().UserPoolClientId())
}

// primaryUserPool is the primary Region's user pool, as its stack has left its ARN in this Region.
func (a *App) primaryUserPool() awscognito.IUserPool {
	name := a.config.ParameterName(topology.Primary, topology.UserPoolArnParameter)
	arn := awsssm.StringParameter_ValueForStringParameter(a, &name, nil)
	return awscognito.UserPool_FromUserPoolArn(a, jsii.String("PrimaryUserPool"), arn)
}

// carry leaves a fact of this Region in the Region that reads it.
func (a *App) carry(fact, value, region string) {
	regionalparameter.New(a, "Parameter-"+fact, &regionalparameter.Props{
		Name:         a.config.ParameterName(a.role, fact),
		Value:        value,
		Region:       region,
		LogRetention: retention(a.config),
	})
}

func (a *App) output(id, description, value string) {
	awscdk.NewCfnOutput(a, &id, &awscdk.CfnOutputProps{Description: &description, Value: &value})
}
