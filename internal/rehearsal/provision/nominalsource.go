package provision

import (
	"encoding/json"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

// copyObject is the call that Custom::NominalSource makes when it is created, as CDK's AwsCustomResource writes it.
type copyObject struct {
	Action     string
	Parameters struct {
		Bucket     string
		Key        string
		CopySource string
	}
	PhysicalResourceID struct{ ID string }
	Service            string

	OutputPaths properties.Ignored // CopyObject has no output that a template needs
}

// nominalSource puts a pipeline's nominal source into its bucket, if the role of the custom resource's function may copy it there.
// What the object holds is nobody's concern, so the copy is empty: assets are not published here.
func (c *call) nominalSource(p regionalParameterProperties) (cloudformation.Physical, error) {
	var raw map[string]any
	if err := json.Unmarshal([]byte(p.Create), &raw); err != nil {
		return failf("property Create: %w", err)
	}
	var put copyObject
	if err := properties.Decode("property Create", raw, &put); err != nil {
		return cloudformation.Physical{}, err
	}
	if put.Service != "S3" || put.Action != "CopyObject" {
		return failf("property Create: only CopyObject of S3 is modelled, got %s of %s", put.Action, put.Service)
	}
	f, _, ok := c.region.FindFunction(p.ServiceToken, "")
	if !ok {
		return failf("property ServiceToken: Function not found: %s", p.ServiceToken)
	}
	role, err := roleOf(c.state, f.Role)
	if err != nil {
		return cloudformation.Physical{}, err
	}
	for action, object := range map[string]string{"s3:GetObject": put.Parameters.CopySource, "s3:PutObject": put.Parameters.Bucket + "/" + put.Parameters.Key} {
		if err := allowed(role, f.Name, action, "arn:aws:s3:::"+strings.TrimPrefix(object, "/")); err != nil {
			return cloudformation.Physical{}, err
		}
	}
	if _, ok := c.state.PutObject(put.Parameters.Bucket, awssim.Object{Key: put.Parameters.Key}); !ok {
		return failf("The specified bucket does not exist: %s", put.Parameters.Bucket)
	}
	return physical(put.PhysicalResourceID.ID, nil)
}
