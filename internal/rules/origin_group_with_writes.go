package rules

import (
	"cmp"
	"slices"
	"strings"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

// originGroupWithWrites finds behaviors that CloudFront refuses when the distribution is deployed: an origin group fails over
// for GET, HEAD and OPTIONS only, and a behavior that uses one may allow nothing else.
// See https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html.
var originGroupWithWrites = Rule{
	ID:      "origin-group-with-writes",
	Summary: "a CloudFront behavior sends POST, PUT, PATCH or DELETE to an origin group",
	check: func(a *assembly.Assembly) []Finding {
		var findings []Finding
		for d := range each(a, "AWS::CloudFront::Distribution") {
			groups := originGroups(d)
			config := d.property("DistributionConfig")
			for _, behavior := range append(list(at(config, "CacheBehaviors")), at(config, "DefaultCacheBehavior")) {
				pattern, _ := at(behavior, "PathPattern").(string)
				pattern = cmp.Or(pattern, "default")
				target, _ := d.render(at(behavior, "TargetOriginId"))
				writes := writeMethods(d, behavior)
				if len(writes) == 0 || !slices.Contains(groups, target) {
					continue
				}
				findings = append(findings, d.finding(pattern,
					"behavior %s sends %s to origin group %q, which CloudFront refuses: allow only GET, HEAD and OPTIONS, "+
						"or send the behavior to one origin and choose it in a function", pattern, strings.Join(writes, ", "), target))
			}
		}
		return findings
	},
}

// originGroups are the IDs of a distribution's origin groups.
func originGroups(d subject) []string {
	var ids []string
	for _, group := range list(d.property("DistributionConfig", "OriginGroups", "Items")) {
		if id, _ := d.render(at(group, "Id")); at(group, "Id") != nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// writeMethods are the allowed methods of a behavior that change something. Without AllowedMethods a behavior allows GET and
// HEAD.
func writeMethods(d subject, behavior any) []string {
	var writes []string
	for _, v := range list(at(behavior, "AllowedMethods")) {
		method, _ := d.render(v)
		if slices.Contains([]string{"DELETE", "PATCH", "POST", "PUT"}, method) {
			writes = append(writes, method)
		}
	}
	slices.Sort(writes)
	return writes
}
