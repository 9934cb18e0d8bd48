package dnsplan

import "github.com/warmstandby/warmstandby/constructs/lifecycle"

// Ends selects the ends of all updates of the records' applications in a recovery account. Those that say something else than
// failover move nothing, but the function must know of them.
func (p Plan) Ends(account string) lifecycle.Pattern {
	pattern := lifecycle.Pattern{Types: []lifecycle.EventType{lifecycle.RecoveryEnd}, RecoveryAccounts: []string{account}}
	known := map[string]bool{}
	for _, r := range p.Records {
		if !known[r.Application] {
			pattern.Applications = append(pattern.Applications, lifecycle.Application{ID: r.Application})
		}
		known[r.Application] = true
	}
	return pattern
}

// Upserts selects what happens in a failover to the resources that records point at. Without such resources, it selects nothing in
// particular: see [Plan.NeedsUpserts].
func (p Plan) Upserts(account string) lifecycle.Pattern {
	pattern := lifecycle.Pattern{
		Types: []lifecycle.EventType{lifecycle.ResourceUpsert}, RestorePhases: []lifecycle.Phase{lifecycle.Failover},
		RecoveryAccounts: []string{account},
	}
	known := map[string]bool{"": true}
	for _, r := range p.Records {
		if !known[r.Resource] {
			pattern.PrimaryResourceARNs = append(pattern.PrimaryResourceARNs, r.Resource)
		}
		known[r.Resource] = true
	}
	return pattern
}

// NeedsUpserts reports whether a record points at a resource that events tell about.
func (p Plan) NeedsUpserts() bool {
	for _, r := range p.Records {
		if r.Resource != "" {
			return true
		}
	}
	return false
}
