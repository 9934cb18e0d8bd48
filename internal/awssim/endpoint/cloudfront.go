package endpoint

import (
	"context"
	"encoding/xml"
	"net/http"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

const cloudFrontNamespace = "http://cloudfront.amazonaws.com/doc/2020-05-31/"

// cloudFront is CloudFront, of which distributions can be looked at, updated and invalidated.
func cloudFront() *service {
	distribution := on(func(c *Call) string { return distributionARN(c, c.Str("Id")) })
	invalidated := on(func(c *Call) string { return distributionARN(c, c.Str("DistributionId")) })
	return &service{
		name:      "cloudfront",
		protocols: []protocol{restXML{namespace: cloudFrontNamespace}},
		operations: []operation{
			{name: "GetDistribution", route: "GET /2020-05-31/distribution/{Id}", resources: distribution, do: getDistribution},
			{name: "GetDistributionConfig", route: "GET /2020-05-31/distribution/{Id}/config", resources: distribution, do: getDistributionConfig},
			{name: "UpdateDistribution", route: "PUT /2020-05-31/distribution/{Id}/config", resources: distribution, do: updateDistribution},
			{name: "ListDistributions", route: "GET /2020-05-31/distribution", do: listDistributions},
			{name: "CreateInvalidation", route: "POST /2020-05-31/distribution/{DistributionId}/invalidation", resources: invalidated, do: createInvalidation},
			{name: "GetInvalidation", route: "GET /2020-05-31/distribution/{DistributionId}/invalidation/{Id}", resources: invalidated, do: getInvalidation},
		},
	}
}

func distributionARN(c *Call, id string) string {
	account := ""
	c.do(func(s *awssim.State, _ *awssim.Region) { account = s.Account() })
	return "arn:aws:cloudfront::" + account + ":distribution/" + id
}

func findDistribution(c *Call) (awssim.Distribution, error) {
	d, ok := lookup(c, func(s *awssim.State, _ *awssim.Region) (awssim.Distribution, bool) {
		return s.Distributions.Get(c.Str("Id"))
	})
	if !ok {
		return d, noDistribution()
	}
	c.Reply.Set("ETag", d.ETag)
	return d, nil
}

func noDistribution() error {
	return failure(http.StatusNotFound, "NoSuchDistribution", "The specified distribution does not exist.")
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
	return shownDistribution(d), nil
}

// shownDistribution is a distribution as answers have it.
func shownDistribution(d awssim.Distribution) any {
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
	}
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
