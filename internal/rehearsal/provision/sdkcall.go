package provision

import (
	"encoding/json"
	"fmt"

	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

// sdkCallProperties are the properties of a custom resource that makes a call when it is created, as CDK's AwsCustomResource writes them.
type sdkCallProperties struct {
	Create       string
	ServiceToken string

	Delete              properties.Ignored // a deployment only creates
	InstallLatestAwsSdk properties.Ignored // the call is carried out without an SDK
	Update              properties.Ignored // a deployment only creates
}

// sdkCall is such a call, with P for its parameters.
type sdkCall[P any] struct {
	Action             string
	Parameters         P
	PhysicalResourceID struct{ ID string }
	Region             string
	Service            string

	OutputPaths properties.Ignored // no call that is modelled has an output that a template needs
}

// decodeCall decodes a call, which must be the one action of a service that is modelled there.
func decodeCall[P any](create, service, action string) (in sdkCall[P], err error) {
	var raw map[string]any
	if err := json.Unmarshal([]byte(create), &raw); err != nil {
		return in, fmt.Errorf("property Create: %w", err)
	}
	if err := properties.Decode("property Create", raw, &in); err != nil {
		return in, err
	}
	if in.Service != service || in.Action != action {
		return in, fmt.Errorf("property Create: only %s of %s is modelled, got %s of %s", action, service, in.Action, in.Service)
	}
	return in, nil
}

// callerMay is an error unless the role of the function behind a custom resource may do that.
func (c *call) callerMay(serviceToken, action, resource string) error {
	f, _, ok := c.region.FindFunction(serviceToken, "")
	if !ok {
		return fmt.Errorf("property ServiceToken: Function not found: %s", serviceToken)
	}
	role, err := roleOf(c.state, f.Role)
	if err != nil {
		return err
	}
	return allowed(role, f.Name, action, resource)
}
