package provision

import (
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
)

// copyObject are the parameters of the call that Custom::NominalSource makes.
type copyObject struct {
	Bucket     string
	CopySource string
	Key        string
}

// nominalSource copies an asset into a bucket, if the role of the custom resource's function may. Assets are not published in a
// rehearsal, and nothing reads this one, so that the copy says where it is from and nothing else.
func (c *call) nominalSource(p sdkCallProperties) (cloudformation.Physical, error) {
	in, err := decodeCall[copyObject](p.Create, "S3", "CopyObject")
	if err != nil {
		return cloudformation.Physical{}, err
	}
	bucket, source := in.Parameters.Bucket, in.Parameters.CopySource
	_, key, _ := strings.Cut(source, "/")
	if _, err := c.Asset(key); err != nil {
		return failf("property Create: CopySource: %w", err)
	}
	if err := c.callerMay(p.ServiceToken, "s3:GetObject", "arn:aws:s3:::"+source); err != nil {
		return cloudformation.Physical{}, err
	}
	if err := c.callerMay(p.ServiceToken, "s3:PutObject", "arn:aws:s3:::"+bucket+"/"+in.Parameters.Key); err != nil {
		return cloudformation.Physical{}, err
	}
	object := awssim.Object{Key: in.Parameters.Key, Body: []byte("a copy of " + source), ContentType: "application/zip"}
	if _, ok := c.state.PutObject(bucket, object); !ok {
		return failf("The specified bucket does not exist: %s", bucket)
	}
	return physical(in.PhysicalResourceID.ID, nil)
}
