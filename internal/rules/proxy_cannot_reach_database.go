package rules

import (
	"iter"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

// proxyCannotReachDatabase finds proxies that accept connections and answer none of them, because security groups keep them
// from the cluster or the instance behind them.
var proxyCannotReachDatabase = Rule{
	ID:      "proxy-cannot-reach-database",
	Summary: "security groups keep an RDS proxy from the database that it is for",
	check: func(a *assembly.Assembly) []Finding {
		f := newFirewall(a)
		var findings []Finding
		for proxy, database := range proxied(a) {
			findings = append(findings, f.blocked(databaseSide(proxy), databaseSide(database), database)...)
		}
		return findings
	},
}

// proxied yields each proxy with each database that is its target.
func proxied(a *assembly.Assembly) iter.Seq2[subject, subject] {
	return func(yield func(proxy, database subject) bool) {
		for group := range each(a, "AWS::RDS::DBProxyTargetGroup") {
			proxy, ok := group.named(group.property("DBProxyName"), typeProxy, "DBProxyName")
			if !ok {
				continue
			}
			for _, v := range append(list(group.property("DBClusterIdentifiers")), list(group.property("DBInstanceIdentifiers"))...) {
				database, ok := group.named(v, typeCluster, "DBClusterIdentifier")
				if !ok {
					database, ok = group.named(v, typeInstance, "DBInstanceIdentifier")
				}
				if ok && !yield(proxy, database) {
					return
				}
			}
		}
	}
}
