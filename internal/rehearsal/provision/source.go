package provision

import (
	"encoding/json"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

type nominalSourceProperties struct {
	Create       string
	ServiceToken string

	InstallLatestAwsSdk properties.Ignored // the call is carried out without an SDK
	Update              properties.Ignored // a deployment only creates
}

// copyObject is the call that Custom::NominalSource makes when it is created, as CDK's AwsCustomResource writes it.
type copyObject struct {
	Action     string
	Parameters struct {
		Bucket     string
		CopySource string
		Key        string
	}
	PhysicalResourceID struct{ ID string }
	Service            string

	OutputPaths properties.Ignored // CopyObject has no output that a template needs
}

// nominalSource copies an asset into a bucket, if the role of the custom resource's function may. Assets are not published in a
// rehearsal, and nothing reads this one, so that the copy says where it is from and nothing else.
func (c *call) nominalSource(p nominalSourceProperties) (cloudformation.Physical, error) {
	var raw map[string]any
	if err := json.Unmarshal([]byte(p.Create), &raw); err != nil {
		return failf("property Create: %w", err)
	}
	var in copyObject
	if err := properties.Decode("property Create", raw, &in); err != nil {
		return cloudformation.Physical{}, err
	}
	if in.Service != "S3" || in.Action != "CopyObject" {
		return failf("property Create: only CopyObject of S3 is modelled, got %s of %s", in.Action, in.Service)
	}
	_, key, _ := strings.Cut(in.Parameters.CopySource, "/")
	if _, err := c.Asset(key); err != nil {
		return failf("property Create: CopySource: %w", err)
	}
	f, _, ok := c.region.FindFunction(p.ServiceToken, "")
	if !ok {
		return failf("property ServiceToken: Function not found: %s", p.ServiceToken)
	}
	role, err := roleOf(c.state, f.Role)
	if err != nil {
		return cloudformation.Physical{}, err
	}
	target := "arn:aws:s3:::" + in.Parameters.Bucket + "/" + in.Parameters.Key
	for action, resource := range map[string]string{"s3:GetObject": "arn:aws:s3:::" + in.Parameters.CopySource, "s3:PutObject": target} {
		if err := allowed(role, f.Name, action, resource); err != nil {
			return cloudformation.Physical{}, err
		}
	}
	body := []byte("a copy of " + in.Parameters.CopySource)
	if _, ok := c.state.PutObject(in.Parameters.Bucket, awssim.Object{Key: in.Parameters.Key, Body: body, ContentType: "application/zip"}); !ok {
		return failf("The specified bucket does not exist: %s", in.Parameters.Bucket)
	}
	return physical(in.PhysicalResourceID.ID, nil)
}
