package rules

import "github.com/warmstandby/warmstandby/internal/assembly"

// secondaryWithCredentials finds clusters that RDS refuses when they join a global database. A secondary receives the users
// and the databases by replication, and the password that Secrets Manager manages is not supported in a global database.
// See https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database.html#aurora-global-database.limitations.
var secondaryWithCredentials = Rule{
	ID:      "secondary-with-credentials",
	Summary: "a secondary of a global database has credentials or a database name, or any member a managed password",
	check: func(a *assembly.Assembly) []Finding {
		var findings []Finding
		for _, m := range members(a) {
			if isTrue(m.property("ManageMasterUserPassword")) {
				findings = append(findings, m.finding("ManageMasterUserPassword",
					"member of a global database has ManageMasterUserPassword, which global databases do not support: "+
						"use a secret of your own, with a replica in each Region"))
			}
			if !m.secondary {
				continue
			}
			for _, p := range m.set("MasterUsername", "MasterUserPassword", "DatabaseName") {
				findings = append(findings, m.finding(p,
					"secondary of a global database has %s, which RDS refuses: remove it, the primary's is replicated", p))
			}
		}
		return findings
	},
}
