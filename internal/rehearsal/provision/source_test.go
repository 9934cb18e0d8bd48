package provision_test

import (
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// TestNominalSource puts the source where the pipelines look for it.
func TestNominalSource(t *testing.T) {
	d := deployApplication(t)
	d.do(func(s *awssim.State) {
		for _, region := range []string{"us-east-1", "us-east-2"} {
			bucket, _ := s.Buckets.Get("todomgmt-reports-123456789012-" + region)
			if object := bucket.Objects["source/nothing.zip"]; !strings.Contains(string(object.Body), "ASSET.zip") {
				t.Errorf("%s: got %+v", region, bucket.Objects)
			}
		}
	})
}

// TestNominalSourceFails leaves out what the copy needs.
func TestNominalSourceFails(t *testing.T) {
	for name, test := range map[string]struct{ from, to, want string }{
		"another call":     {`"{\"action\":\"CopyObject\"`, `"{\"action\":\"DeleteObject\"`, "only CopyObject of S3 is modelled, got DeleteObject of S3"},
		"no asset":         {`/ASSET.zip\",\"Key\"`, `/OTHER.zip\",\"Key\"`, "publishes no asset"},
		"no right to read": {`"s3:GetObject",`, `"s3:GetObjectTagging",`, "s3:GetObject"},
	} {
		t.Run(name, func(t *testing.T) {
			changed := false
			a := application(t, func(stack, template string) string {
				if stack != "ToDoMgmt-failover" {
					return template
				}
				changed = strings.Contains(template, test.from)
				return strings.ReplaceAll(template, test.from, test.to)
			})
			_, err := deploy(t, a, options(1))
			if !changed || err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("changed %t, got %v, want %s", changed, err, test.want)
			}
		})
	}
}
