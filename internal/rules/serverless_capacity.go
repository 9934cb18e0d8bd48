package rules

import (
	"math"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

// The capacity of Aurora Serverless v2, in Aurora capacity units (ACU).
// See https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ServerlessV2ScalingConfiguration.html.
const (
	leastACU = 0.5
	mostACU  = 256
)

// serverlessCapacity finds capacities that RDS refuses, and secondaries that could not carry the load of their primary the
// minute after they are promoted.
var serverlessCapacity = Rule{
	ID:      "serverless-capacity",
	Summary: "an Aurora Serverless v2 capacity is impossible, missing, or smaller in the secondary than in the primary",
	check: func(a *assembly.Assembly) []Finding {
		global := make(map[string]bool)
		for _, m := range members(a) {
			global[m.key()] = true
		}
		var findings []Finding
		for c := range each(a, typeCluster) {
			if c.property("ServerlessV2ScalingConfiguration") != nil {
				findings = append(findings, capacityFindings(c, global[c.key()])...)
			}
		}
		findings = append(findings, instancesWithoutCapacity(a)...)
		return append(findings, smallerSecondaries(a)...)
	},
}

// capacity is a cluster's property of the Serverless v2 scaling configuration.
func (x subject) capacity(name string) (float64, bool) {
	return x.number(x.property("ServerlessV2ScalingConfiguration", name))
}

// capacityFindings are the findings about the values of one cluster.
func capacityFindings(c subject, global bool) []Finding {
	var findings []Finding
	lowest, lowestKnown := c.capacity("MinCapacity")
	highest, highestKnown := c.capacity("MaxCapacity")
	if lowestKnown && lowest == 0 {
		if global {
			findings = append(findings, c.finding("MinCapacity", "MinCapacity is 0 in a member of a global database, which cannot "+
				"pause: set at least %s", formatNumber(leastACU)))
		}
	} else if lowestKnown {
		findings = append(findings, rangeFindings(c, "MinCapacity", lowest, leastACU)...)
	}
	if highestKnown {
		findings = append(findings, rangeFindings(c, "MaxCapacity", highest, 2*leastACU)...)
	}
	if lowestKnown && highestKnown && lowest > highest {
		findings = append(findings, c.finding("MinCapacity", "MinCapacity is %s, more than MaxCapacity, which is %s: raise MaxCapacity "+
			"or lower MinCapacity", formatNumber(lowest), formatNumber(highest)))
	}
	return findings
}

// rangeFindings are the findings about one value that must be from least to 256, in half units.
func rangeFindings(c subject, name string, value, least float64) []Finding {
	if value >= least && value <= mostACU && math.Mod(value, leastACU) == 0 {
		return nil
	}
	return []Finding{c.finding(name, "%s must be from %s to %d in steps of %s, got %s",
		name, formatNumber(least), mostACU, formatNumber(leastACU), formatNumber(value))}
}

// instancesWithoutCapacity finds Serverless v2 instances whose cluster sets no capacity.
func instancesWithoutCapacity(a *assembly.Assembly) []Finding {
	var findings []Finding
	for i := range each(a, "AWS::RDS::DBInstance") {
		c, _, ok := i.follow(i.property("DBClusterIdentifier"), typeCluster)
		if !ok || i.property("DBInstanceClass") != "db.serverless" || c.property("ServerlessV2ScalingConfiguration") != nil {
			continue
		}
		findings = append(findings, i.finding("db.serverless", "instance of class db.serverless is in cluster %s, which has no "+
			"ServerlessV2ScalingConfiguration: set it on the cluster", c.name()))
	}
	return findings
}

// smallerSecondaries finds secondaries with less capacity than a primary of the same global database.
func smallerSecondaries(a *assembly.Assembly) []Finding {
	var findings []Finding
	all := members(a)
	for _, secondary := range all {
		for _, primary := range all {
			if !secondary.secondary || primary.secondary || secondary.global != primary.global {
				continue
			}
			for _, name := range []string{"MinCapacity", "MaxCapacity"} {
				has, known := secondary.capacity(name)
				wants, wanted := primary.capacity(name)
				if known && wanted && has < wants {
					findings = append(findings, secondary.finding(name, "%s is %s, less than the %s of the primary %s, whose load the "+
						"secondary must carry: set the same", name, formatNumber(has), formatNumber(wants), primary.name()))
				}
			}
		}
	}
	return findings
}
