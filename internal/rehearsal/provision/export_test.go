package provision

import "slices"

// TypedTypes are the types whose properties this package reads, sorted.
func TypedTypes() []string {
	var all []string
	for name := range sorted(creators) {
		if !slices.Contains([]string{distributionType, edgeFunctionType, headersPolicyType}, name) {
			all = append(all, name)
		}
	}
	return all
}

// ManagedPolicies are the names of the managed policies.
func ManagedPolicies() []string {
	var all []string
	for name := range sorted(managedPolicies) {
		all = append(all, name)
	}
	return all
}

// DistributionConfig is a distribution's configuration as CloudFront shows it.
var DistributionConfig = distributionConfig
