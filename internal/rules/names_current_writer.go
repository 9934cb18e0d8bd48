package rules

import "github.com/warmstandby/warmstandby/internal/assembly"

// namesCurrentWriter finds properties that say which cluster of a global database is the writer. That is state: it changes with
// every switchover, and the next deployment would replace the resource or move the role back.
// See https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-rds-globalcluster.html.
//
// SourceRegion is left alone. It says where an encrypted secondary is copied from when it is created, which is the Region of the
// home primary and stays the same in the template whoever is the writer.
var namesCurrentWriter = Rule{
	ID:      "names-current-writer",
	Summary: "a property of a global database names the cluster that is the writer at the moment",
	check: func(a *assembly.Assembly) []Finding {
		var findings []Finding
		for g := range each(a, typeGlobalCluster) {
			for _, p := range g.set("SourceDBClusterIdentifier") {
				value, _ := g.text(p)
				findings = append(findings, g.finding(p,
					"%s names the current writer (%s), so that deploying after a switchover replaces the global cluster: define it "+
						"empty, with an engine, and attach each cluster by GlobalClusterIdentifier", p, value))
			}
		}
		for _, m := range members(a) {
			for _, p := range m.set("ReplicationSourceIdentifier", "SourceDBClusterIdentifier") {
				value, _ := m.text(p)
				findings = append(findings, m.finding(p,
					"%s names the current writer (%s), which a switchover changes: remove it, GlobalClusterIdentifier is enough", p, value))
			}
		}
		return findings
	},
}
