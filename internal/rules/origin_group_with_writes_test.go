package rules_test

import "testing"

func TestOriginGroupWithWrites(t *testing.T) {
	distribution := func(behaviors string) stacks {
		return one(`"Distribution": {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": {
			"Origins": [{"Id": "primary"}, {"Id": "secondary"}],
			"OriginGroups": {"Quantity": 1, "Items": [{"Id": "reads", "Members": {"Quantity": 2}}]},` + behaviors + `}}}`)
	}
	testRule(t, "origin-group-with-writes", map[string]ruleTest{
		"noncompliant 1: default behavior": {
			stacks: distribution(`"DefaultCacheBehavior": {"TargetOriginId": "reads", "AllowedMethods": ["GET", "HEAD", "PUT", "POST"]}`),
			want:   []string{"Test Distribution default"},
			says:   `sends POST, PUT to origin group "reads"`,
		},
		"noncompliant 2: one path of two": {
			stacks: distribution(`"DefaultCacheBehavior": {"TargetOriginId": "primary", "AllowedMethods": ["DELETE"]},
				"CacheBehaviors": [{"PathPattern": "/v1/*", "TargetOriginId": "reads", "AllowedMethods": ["PATCH"]},
					{"PathPattern": "/v2/*", "TargetOriginId": "reads", "AllowedMethods": ["GET"]}]`),
			want: []string{"Test Distribution /v1/*"},
		},
		"compliant 1: reads only": {
			stacks: distribution(`"DefaultCacheBehavior": {"TargetOriginId": "reads", "AllowedMethods": ["GET", "HEAD", "OPTIONS"]}`),
		},
		"compliant 2: methods by default": {stacks: distribution(`"DefaultCacheBehavior": {"TargetOriginId": "reads"}`)},
		"compliant 3: writes to one origin": {
			stacks: distribution(`"DefaultCacheBehavior": {"TargetOriginId": "primary", "AllowedMethods": ["GET", "HEAD", "POST"]}`),
		},
		"not applicable 1: no origin group": {
			stacks: one(`"D": {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": {
				"DefaultCacheBehavior": {"AllowedMethods": ["POST"]}}}}`),
		},
		"not applicable 2: no distribution": {stacks: one(`"B": {"Type": "AWS::S3::Bucket"}`)},
	})
}
