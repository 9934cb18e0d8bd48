package endpoint

import (
	"context"
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

func updateDistribution(_ context.Context, c *Call) (any, error) {
	if _, err := findDistribution(c); err != nil {
		return nil, err
	}
	version := c.Header.Get("If-Match")
	if version == "" {
		return nil, failure(http.StatusBadRequest, "InvalidIfMatchVersion", "The If-Match version is missing or not valid for the resource.")
	}
	var config awssim.DistributionConfig
	if err := readXML(c.Body, "DistributionConfig", &config); err != nil {
		return nil, cloudFrontError(err)
	}
	var (
		d   awssim.Distribution
		err error
	)
	c.do(func(s *awssim.State, _ *awssim.Region) { d, err = s.UpdateDistribution(c.Str("Id"), version, config) })
	if err != nil {
		return nil, cloudFrontError(err)
	}
	c.Reply.Set("ETag", d.ETag)
	return shownDistribution(d), nil
}

func createInvalidation(_ context.Context, c *Call) (any, error) {
	var batch awssim.InvalidationBatch
	if err := readXML(c.Body, "InvalidationBatch", &batch); err != nil {
		return nil, cloudFrontError(err)
	}
	if len(batch.Paths) == 0 || batch.CallerReference == "" {
		return nil, failure(http.StatusBadRequest, "InvalidArgument", "Your request must contain paths and a caller reference.")
	}
	var (
		i   awssim.Invalidation
		err error
	)
	c.do(func(s *awssim.State, _ *awssim.Region) { i, err = s.CreateInvalidation(c.Str("DistributionId"), batch) })
	if err != nil {
		return nil, cloudFrontError(err)
	}
	c.Status = http.StatusCreated
	c.Reply.Set("Location", "https://cloudfront.amazonaws.com/2020-05-31/distribution/"+url.PathEscape(i.Distribution)+"/invalidation/"+i.ID)
	return shownInvalidation(i), nil
}

func getInvalidation(_ context.Context, c *Call) (any, error) {
	i, ok := lookup(c, func(s *awssim.State, _ *awssim.Region) (awssim.Invalidation, bool) {
		return s.Invalidations.Get(c.Str("Id"))
	})
	if !ok || i.Distribution != c.Str("DistributionId") {
		return nil, failure(http.StatusNotFound, "NoSuchInvalidation", "The specified invalidation does not exist.")
	}
	return shownInvalidation(i), nil
}

// shownInvalidation is an invalidation as answers have it.
func shownInvalidation(i awssim.Invalidation) any {
	return struct {
		XMLName           xml.Name
		ID                string `xml:"Id"`
		Status            string
		CreateTime        *stamp
		InvalidationBatch awssim.InvalidationBatch
	}{
		XMLName: xml.Name{Space: cloudFrontNamespace, Local: "Invalidation"},
		ID:      i.ID, Status: i.Status, CreateTime: stampOf(i.Created), InvalidationBatch: i.Batch,
	}
}

// summary is a distribution in a list.
type summary struct {
	ID               string `xml:"Id"`
	ARN              string
	Status           string
	LastModifiedTime *stamp
	DomainName       string
	awssim.DistributionConfig
}

// listDistributions lists all of them: an account has few enough for one answer.
func listDistributions(_ context.Context, c *Call) (any, error) {
	all := list(c, func(s *awssim.State, _ *awssim.Region) []awssim.Distribution { return s.Distributions.Values() })
	answer := struct {
		XMLName     xml.Name
		Marker      string
		MaxItems    int
		IsTruncated bool
		Quantity    int
		Items       []summary `xml:"Items>DistributionSummary"`
	}{XMLName: xml.Name{Space: cloudFrontNamespace, Local: "DistributionList"}, MaxItems: max(len(all), 1), Quantity: len(all)}
	for _, d := range all {
		answer.Items = append(answer.Items, summary{d.ID, d.ARN, d.Status, stampOf(d.LastModified), d.DomainName, d.Config})
	}
	return answer, nil
}

// cloudFrontError is how the service words a refusal (CloudFront API reference, "Errors" of UpdateDistribution and
// CreateInvalidation).
func cloudFrontError(err error) error {
	status, code := http.StatusBadRequest, "InvalidArgument"
	switch {
	case errors.Is(err, awssim.ErrNoDistribution):
		return noDistribution()
	case errors.Is(err, awssim.ErrDistributionVersion):
		status, code = http.StatusPreconditionFailed, "PreconditionFailed"
	case errors.Is(err, awssim.ErrCallerReference):
		code = "IllegalUpdate"
	case errors.Is(err, awssim.ErrQuantities):
		code = "InconsistentQuantities"
	}
	return failure(status, code, "%v", err)
}
