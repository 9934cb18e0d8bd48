package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// RegionProps configures a [Region]. Config is required.
type RegionProps struct {
	Config topology.Config
}

// Region is the stage with one Region's stacks, which are deployed together.
type Region struct {
	awscdk.Stage

	infra *Infra
	app   *App
}

// NewPrimaryRegion defines the primary Region's stacks under scope.
func NewPrimaryRegion(scope constructs.Construct, id string, props *RegionProps) *Region {
	c := props.Config
	r := newRegion(scope, id, c, topology.Primary)
	r.infra = NewPrimaryInfra(r, c.InfraStack(topology.Primary), &InfraProps{Config: c})
	r.app = NewPrimaryApp(r, c.AppStack(topology.Primary), &AppProps{Config: c, Infra: r.infra})
	return r
}

// NewSecondaryRegion defines the secondary Region's stacks under scope.
func NewSecondaryRegion(scope constructs.Construct, id string, props *RegionProps) *Region {
	c := props.Config
	r := newRegion(scope, id, c, topology.Secondary)
	r.infra = NewSecondaryInfra(r, c.InfraStack(topology.Secondary), &InfraProps{Config: c})
	r.app = NewSecondaryApp(r, c.AppStack(topology.Secondary), &AppProps{Config: c, Infra: r.infra})
	return r
}

// Infra is the stack with the Region's network and database.
func (r *Region) Infra() *Infra { return r.infra }

// App is the stack with the Region's functions, API and identity.
func (r *Region) App() *App { return r.app }

func newRegion(scope constructs.Construct, id string, c topology.Config, role topology.Role) *Region {
	r := &Region{}
	awscdk.NewStage_Override(r, scope, &id, &awscdk.StageProps{Env: environment(c, c.Region(role))})
	return r
}
