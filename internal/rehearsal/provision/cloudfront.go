package provision

import (
	"context"
	"fmt"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
	"github.com/warmstandby/warmstandby/internal/edgejs"
	"github.com/warmstandby/warmstandby/internal/rehearsal/cloudfront"
)

// Distribution is a CloudFront distribution.
type Distribution struct {
	// Config is what package cloudfront serves: everything that the templates say. Its stores are those of the Cloud. What is left
	// to fill in is what connects it to the world.
	Config cloudfront.Config
}

// Types of CloudFront's resources.
const (
	distributionType   = "AWS::CloudFront::Distribution"
	edgeFunctionType   = "AWS::CloudFront::Function"
	headersPolicyType  = "AWS::CloudFront::ResponseHeadersPolicy"
	keyValueStoreType  = "AWS::CloudFront::KeyValueStore"
	cloudFrontFunction = "arn:%s:cloudfront::%s:function/%s"
)

func (c *call) keyValueStore() (cloudformation.Physical, error) {
	p, err := cloudfront.NewKeyValueStore(c.Properties)
	if err != nil {
		return cloudformation.Physical{}, err
	}
	for _, other := range c.state.KeyValueStores.All() {
		if other.Name == p.Name {
			return failf("The key value store %s already exists", p.Name)
		}
	}
	k := c.state.CreateKeyValueStore(awssim.KeyValueStore{Name: p.Name, Comment: p.Comment})
	return physical(k.Name, attributes{"Arn": k.ARN, "Id": k.ID, "Status": k.Status})
}

func (c *call) edgeFunction() (cloudformation.Physical, error) {
	arn := fmt.Sprintf(cloudFrontFunction, c.Partition(), c.Account, c.Properties["Name"])
	return physical(arn, attributes{"FunctionARN": arn, "FunctionMetadata": map[string]any{"FunctionARN": arn}, "Stage": "LIVE"})
}

func (c *call) headersPolicy() (cloudformation.Physical, error) {
	id := c.uuid()
	return physical(id, attributes{"Id": id})
}

// distribution creates a distribution's state. Its properties are refused or not by package cloudfront, which serves them.
func (c *call) distribution() (cloudformation.Physical, error) {
	config, err := distributionConfig(c.Properties)
	if err != nil {
		return cloudformation.Physical{}, err
	}
	config.CallerReference = c.uuid()
	d := c.state.CreateDistribution(awssim.Distribution{Config: config})
	return physical(d.ID, attributes{"Id": d.ID, "DomainName": d.DomainName})
}

// collectDistributions collects what package cloudfront serves.
func (b *builder) collectDistributions() {
	functions, policies, stores := make(map[string]map[string]any), make(map[string]map[string]any), make(map[string]edgejs.Store)
	for _, r := range b.Deployment.OfType(edgeFunctionType) {
		functions[r.Ref] = r.Properties
	}
	for _, r := range b.Deployment.OfType(headersPolicyType) {
		policies[r.Ref] = r.Properties
	}
	for _, r := range b.Deployment.OfType(keyValueStoreType) {
		arn, _ := r.Attributes["Arn"].(string)
		stores[arn] = cloudStore{b.cloud, arn}
	}
	for _, r := range b.Deployment.OfType(distributionType) {
		domain, _ := r.Attributes["DomainName"].(string)
		b.Distributions = append(b.Distributions, Distribution{Config: cloudfront.Config{
			ID: r.Ref, DomainName: domain, Distribution: r.Properties, Functions: functions, ResponseHeadersPolicies: policies, Stores: stores,
		}})
	}
}

// cloudStore reads a key-value store of the Cloud as the rehearsal's edge location knows it.
type cloudStore struct {
	cloud *awssim.Cloud
	arn   string
}

// Get reads a key.
func (s cloudStore) Get(_ context.Context, key string) (value string, found bool, err error) {
	s.cloud.Do(func(state *awssim.State) {
		value, found = state.ItemsAt(s.arn, cloudfront.EdgeLocation)[key]
	})
	return value, found, nil
}
