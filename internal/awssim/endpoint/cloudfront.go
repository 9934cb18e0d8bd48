package endpoint

import (
	"context"
	"encoding/xml"
	"net/http"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

const cloudFrontNamespace = "http://cloudfront.amazonaws.com/doc/2020-05-31/"

// cloudFront is CloudFront, of which distributions can be looked at.
func cloudFront() *service {
	distribution := on(func(c *Call) string {
		account := ""
		c.do(func(s *awssim.State, _ *awssim.Region) { account = s.Account() })
		return "arn:aws:cloudfront::" + account + ":distribution/" + c.Str("Id")
	})
	return &service{
		name:      "cloudfront",
		protocols: []protocol{restXML{namespace: cloudFrontNamespace}},
		operations: []operation{
			{name: "GetDistribution", route: "GET /2020-05-31/distribution/{Id}", resources: distribution, do: getDistribution},
			{name: "GetDistributionConfig", route: "GET /2020-05-31/distribution/{Id}/config", resources: distribution, do: getDistributionConfig},
		},
	}
}

func findDistribution(c *Call) (awssim.Distribution, error) {
	d, ok := lookup(c, func(s *awssim.State, _ *awssim.Region) (awssim.Distribution, bool) {
		return s.Distributions.Get(c.Str("Id"))
	})
	if !ok {
		return d, failure(http.StatusNotFound, "NoSuchDistribution", "The specified distribution does not exist.")
	}
	c.Reply.Set("ETag", d.ETag)
	return d, nil
}

// trusted is a list of signers or key groups, of which there are none.
type trusted struct {
	Enabled  bool
	Quantity int
}

func getDistribution(_ context.Context, c *Call) (any, error) {
	d, err := findDistribution(c)
	if err != nil {
		return nil, err
	}
	return struct {
		XMLName                       xml.Name
		ID                            string `xml:"Id"`
		ARN                           string
		Status                        string
		LastModifiedTime              *stamp
		InProgressInvalidationBatches int
		DomainName                    string
		ActiveTrustedSigners          trusted
		ActiveTrustedKeyGroups        trusted
		DistributionConfig            awssim.DistributionConfig
	}{
		XMLName: xml.Name{Space: cloudFrontNamespace, Local: "Distribution"},
		ID:      d.ID, ARN: d.ARN, Status: d.Status, LastModifiedTime: stampOf(d.LastModified), DomainName: d.DomainName,
		DistributionConfig: d.Config,
	}, nil
}

func getDistributionConfig(_ context.Context, c *Call) (any, error) {
	d, err := findDistribution(c)
	if err != nil {
		return nil, err
	}
	return struct {
		XMLName xml.Name
		awssim.DistributionConfig
	}{xml.Name{Space: cloudFrontNamespace, Local: "DistributionConfig"}, d.Config}, nil
}
