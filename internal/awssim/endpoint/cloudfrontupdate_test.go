package endpoint_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// presentConfig is a distribution's configuration as a script gets it, to change it.
func presentConfig(t *testing.T, client *cloudfront.Client, id string) (*types.DistributionConfig, *string) {
	t.Helper()
	out := must(client.GetDistributionConfig(t.Context(), &cloudfront.GetDistributionConfigInput{Id: &id}))(t)
	return out.DistributionConfig, out.ETag
}

func TestUpdateDistribution(t *testing.T) {
	f := newFixture(t)
	d := putDistribution(f)
	client := cloudfront.NewFromConfig(f.config(primary))
	config, version := presentConfig(t, client, d.ID)
	config.Origins.Items[0].DomainName = aws.String("b.example.com")
	out := must(client.UpdateDistribution(t.Context(), &cloudfront.UpdateDistributionInput{Id: &d.ID, IfMatch: version, DistributionConfig: config}))(t)
	equal(t, "status", *out.Distribution.Status, "InProgress")
	equal(t, "the same version", *out.ETag == *version, false)
	equal(t, "origin", *out.Distribution.DistributionConfig.Origins.Items[0].DomainName, "b.example.com")
	checkConfig(t, out.Distribution.DistributionConfig) // all else is as it was

	now := must(client.GetDistribution(t.Context(), &cloudfront.GetDistributionInput{Id: &d.ID}))(t)
	equal(t, "status", *now.Distribution.Status, "Deployed")
	equal(t, "ETag", *now.ETag, *out.ETag)
	f.do(func(s *awssim.State) {
		served, _ := s.Distributions.Get(d.ID)
		equal(t, "served", served.Served.Origins[0].DomainName, "b.example.com")
		equal(t, "served version", served.ServedETag, *out.ETag)
	})
}

func TestUpdateDistributionIsRefused(t *testing.T) {
	f := newFixture(t)
	d := putDistribution(f)
	f.do(func(s *awssim.State) {
		s.DistributionCheck = func(_ string, c awssim.DistributionConfig) error {
			if c.DefaultRootObject != "" {
				return errors.New("DefaultRootObject is not modelled")
			}
			return nil
		}
	})
	client := cloudfront.NewFromConfig(f.config(primary))
	tests := []struct {
		code   string
		change func(*cloudfront.UpdateDistributionInput)
	}{
		{"NoSuchDistribution", func(in *cloudfront.UpdateDistributionInput) { in.Id = aws.String("ENONE") }},
		{"InvalidIfMatchVersion", func(in *cloudfront.UpdateDistributionInput) { in.IfMatch = nil }},
		{"PreconditionFailed", func(in *cloudfront.UpdateDistributionInput) { in.IfMatch = aws.String("EOLD") }},
		{"IllegalUpdate", func(in *cloudfront.UpdateDistributionInput) { in.DistributionConfig.CallerReference = aws.String("x") }},
		{"InvalidArgument", func(in *cloudfront.UpdateDistributionInput) {
			in.DistributionConfig.DefaultRootObject = aws.String("index.html")
		}},
		{"InvalidArgument", func(in *cloudfront.UpdateDistributionInput) { in.DistributionConfig.Staging = aws.Bool(true) }},
		{"InconsistentQuantities", func(in *cloudfront.UpdateDistributionInput) { in.DistributionConfig.Origins.Quantity = aws.Int32(7) }},
	}
	for _, test := range tests {
		config, version := presentConfig(t, client, d.ID)
		in := &cloudfront.UpdateDistributionInput{Id: &d.ID, IfMatch: version, DistributionConfig: config}
		test.change(in)
		_, err := client.UpdateDistribution(t.Context(), in)
		f.wantCode(err, test.code)
	}
	_, version := presentConfig(t, client, d.ID)
	equal(t, "ETag", *version, d.ETag)
}

func TestListDistributions(t *testing.T) {
	f := newFixture(t)
	d := putDistribution(f)
	client := cloudfront.NewFromConfig(f.config(secondary))
	out := must(client.ListDistributions(t.Context(), &cloudfront.ListDistributionsInput{}))(t)
	equal(t, "quantity", *out.DistributionList.Quantity, 1)
	equal(t, "id", *out.DistributionList.Items[0].Id, d.ID)
	equal(t, "comment", *out.DistributionList.Items[0].Comment, "todos")
	equal(t, "origin", *out.DistributionList.Items[0].Origins.Items[0].DomainName, "a.example.com")
}

func TestInvalidation(t *testing.T) {
	f := newFixture(t)
	d := putDistribution(f)
	client := cloudfront.NewFromConfig(f.config(primary))
	in := &cloudfront.CreateInvalidationInput{DistributionId: &d.ID, InvalidationBatch: &types.InvalidationBatch{
		CallerReference: aws.String("move 1"), Paths: &types.Paths{Quantity: aws.Int32(2), Items: []string{"/*", "/v1"}},
	}}
	out := must(client.CreateInvalidation(t.Context(), in))(t)
	equal(t, "status", *out.Invalidation.Status, "InProgress")
	equal(t, "location", strings.HasSuffix(*out.Location, d.ID+"/invalidation/"+*out.Invalidation.Id), true)
	equal(t, "paths", slices.Equal(out.Invalidation.InvalidationBatch.Paths.Items, in.InvalidationBatch.Paths.Items), true)
	again := must(client.CreateInvalidation(t.Context(), in))(t)
	equal(t, "id", *again.Invalidation.Id, *out.Invalidation.Id)

	got := must(client.GetInvalidation(t.Context(), &cloudfront.GetInvalidationInput{DistributionId: &d.ID, Id: out.Invalidation.Id}))(t)
	equal(t, "status", *got.Invalidation.Status, "Completed")
	equal(t, "created", got.Invalidation.CreateTime.IsZero(), false)

	_, err := client.GetInvalidation(t.Context(), &cloudfront.GetInvalidationInput{DistributionId: aws.String("ENONE"), Id: out.Invalidation.Id})
	f.wantCode(err, "NoSuchInvalidation")
	in.DistributionId = aws.String("ENONE")
	_, err = client.CreateInvalidation(t.Context(), in)
	f.wantCode(err, "NoSuchDistribution")
	in.DistributionId, in.InvalidationBatch.Paths = &d.ID, &types.Paths{Quantity: aws.Int32(0)}
	_, err = client.CreateInvalidation(t.Context(), in)
	f.wantCode(err, "InvalidArgument")
}
