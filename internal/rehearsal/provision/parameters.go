package provision

import (
	"cmp"

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

// putParameter are the parameters of the call that Custom::RegionalParameter makes.
type putParameter struct {
	Name      string
	Overwrite bool
	Type      string
	Value     string

	Description properties.Ignored // nothing looks at it
}

// regionalParameter puts a Systems Manager parameter into another Region, if the role of the custom resource's function may.
func (c *call) regionalParameter(p sdkCallProperties) (cloudformation.Physical, error) {
	in, err := decodeCall[putParameter](p.Create, "SSM", "PutParameter")
	if err != nil {
		return cloudformation.Physical{}, err
	}
	target := c.state.Region(cmp.Or(in.Region, c.Region))
	put := in.Parameters
	if err := c.callerMay(p.ServiceToken, "ssm:PutParameter", target.ParameterARN(put.Name)); err != nil {
		return cloudformation.Physical{}, err
	}
	if _, taken := target.Parameters.Get(put.Name); taken && !put.Overwrite {
		return failf("The parameter %s already exists.", put.Name)
	}
	target.PutParameter(awssim.Parameter{Name: put.Name, Type: put.Type, Value: put.Value})
	return physical(in.PhysicalResourceID.ID, nil)
}
