package rules

import (
	"slices"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

// functionCannotReachDatabase finds functions that are given the address of a database, and that time out when they connect:
// a security group of the function must allow the way out, and one of the database's the way in. Which of the two is missing is
// seen only when both stacks are looked at.
//
// It concerns functions in a VPC whose environment refers to the endpoint of a proxy, a cluster or an instance.
var functionCannotReachDatabase = Rule{
	ID:      "function-cannot-reach-database",
	Summary: "security groups keep a function from the database or the proxy that its environment names",
	check: func(a *assembly.Assembly) []Finding {
		f := newFirewall(a)
		var findings []Finding
		for x := range each(a, "AWS::Lambda::Function") {
			groups := x.property("VpcConfig", "SecurityGroupIds")
			if groups == nil {
				continue
			}
			from := newSide(x, groups, subnetPrefixes(x, x.property("VpcConfig", "SubnetIds")))
			for _, database := range databasesOf(x) {
				findings = append(findings, f.blocked(from, databaseSide(database), database)...)
			}
		}
		return findings
	},
}

// databasesOf are the databases and proxies whose endpoints the function's environment refers to, each once.
func databasesOf(x subject) []subject {
	var found []subject
	assembly.Walk(x.property("Environment", "Variables"), func(_ []string, v any) {
		database, attribute, ok := x.follow(v, databaseTypes...)
		if !ok || !slices.Contains(endpointAttributes, attribute) {
			return
		}
		if !slices.ContainsFunc(found, func(y subject) bool { return y.key() == database.key() }) {
			found = append(found, database)
		}
	})
	return found
}

// blocked are the findings about a connection to a database that security groups do not allow.
func (f firewall) blocked(from, to side, database subject) []Finding {
	if len(from.groups) == 0 || len(to.groups) == 0 {
		return nil
	}
	port := databasePort(database)
	var findings []Finding
	report := func(who, direction, whom string) {
		findings = append(findings, from.finding(database.name(), "cannot connect to %s on port %d: no security group of %s allows %s %s: add the rule",
			database.name(), port, who, direction, whom))
	}
	if !f.allowsOut(from, to, port) {
		report(from.name(), "egress to", database.name())
	}
	if !f.allowsIn(from, to, port) {
		report(database.name(), "ingress from", from.name())
	}
	return findings
}
