package provision

import (
	"cmp"
	"encoding/json"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

type parameterProperties struct {
	Name  string
	Type  string
	Value scalar

	AllowedPattern properties.Ignored // nobody changes the value
	Description    properties.Ignored // nothing looks at it
	Tags           properties.Ignored // nothing looks at them
	Tier           properties.Ignored // values are not limited
}

func (c *call) parameter(p parameterProperties) (cloudformation.Physical, error) {
	name := cmp.Or(p.Name, "CFN-"+c.GeneratedName(100))
	if _, taken := c.region.Parameters.Get(name); taken {
		return failf("The parameter %s already exists.", name)
	}
	if p.Type != "String" && p.Type != "StringList" {
		return failf("property Type must be String or StringList, got %q", p.Type)
	}
	c.region.PutParameter(awssim.Parameter{Name: name, Type: p.Type, Value: string(p.Value)})
	return physical(name, attributes{"Type": p.Type, "Value": string(p.Value)})
}

type regionalParameterProperties struct {
	Create       string
	ServiceToken string

	Delete              properties.Ignored // a deployment only creates
	InstallLatestAwsSdk properties.Ignored // the call is carried out without an SDK
	Update              properties.Ignored // a deployment only creates
}

// putParameter is the call that Custom::RegionalParameter makes when it is created, as CDK's AwsCustomResource writes it.
type putParameter struct {
	Action     string
	Parameters struct {
		Name      string
		Overwrite bool
		Type      string
		Value     string

		Description properties.Ignored // nothing looks at it
	}
	PhysicalResourceID struct{ ID string }
	Region             string
	Service            string

	OutputPaths properties.Ignored // PutParameter has no output that a template needs
}

// regionalParameter puts a Systems Manager parameter into another Region, if the role of the custom resource's function may.
func (c *call) regionalParameter(p regionalParameterProperties) (cloudformation.Physical, error) {
	var raw map[string]any
	if err := json.Unmarshal([]byte(p.Create), &raw); err != nil {
		return failf("property Create: %w", err)
	}
	var put putParameter
	if err := properties.Decode("property Create", raw, &put); err != nil {
		return cloudformation.Physical{}, err
	}
	if put.Service != "SSM" || put.Action != "PutParameter" {
		return failf("property Create: only PutParameter of SSM is modelled, got %s of %s", put.Action, put.Service)
	}
	f, _, ok := c.region.FindFunction(p.ServiceToken, "")
	if !ok {
		return failf("property ServiceToken: Function not found: %s", p.ServiceToken)
	}
	role, err := c.roleOf(f.Role)
	if err != nil {
		return cloudformation.Physical{}, err
	}
	target := c.state.Region(cmp.Or(put.Region, c.Region))
	name := put.Parameters.Name
	if err := c.allowed(role, f.Name, "ssm:PutParameter", target.ParameterARN(name)); err != nil {
		return cloudformation.Physical{}, err
	}
	if _, taken := target.Parameters.Get(name); taken && !put.Parameters.Overwrite {
		return failf("The parameter %s already exists.", name)
	}
	target.PutParameter(awssim.Parameter{Name: name, Type: put.Parameters.Type, Value: put.Parameters.Value})
	return physical(put.PhysicalResourceID.ID, nil)
}
