package provision

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/warmstandby/warmstandby/constructs/recoverydns/dnsplan"
	"github.com/warmstandby/warmstandby/internal/awssim"
)

// defaultTTL is that of records of a plan that does not say, in seconds.
const defaultTTL = 60

// importZones creates the hosted zones that no template has and that a function is to change records of, as its plan says. They
// have the plan's records and no others, and these point at the primary environment, as before any recovery.
func (b *builder) importZones() error {
	for _, f := range b.Functions {
		text, ok := f.Environment[dnsplan.EnvPlan]
		if !ok {
			continue
		}
		plan, err := dnsplan.Decode(text)
		if err != nil {
			return fmt.Errorf("function %s: environment variable %s: %w", f.Name, dnsplan.EnvPlan, err)
		}
		b.cloud.Do(func(s *awssim.State) { importZone(s, plan) })
	}
	return nil
}

// importZone creates a plan's hosted zone, unless there is one, and the records that it lacks.
func importZone(s *awssim.State, p dnsplan.Plan) {
	z, ok := s.HostedZones.Get(p.HostedZoneID)
	if !ok {
		z = s.CreateHostedZone(awssim.HostedZone{ID: p.HostedZoneID, Name: commonDomain(p.Records), Comment: "Imported"})
	}
	records := slices.Clone(z.Records)
	for _, r := range p.Records {
		made := plannedRecord(r)
		if !slices.ContainsFunc(records, made.Is) {
			records = append(records, made)
		}
	}
	if len(records) > len(z.Records) {
		s.PutRecords(z.ID, records, "")
	}
}

// plannedRecord is a record of a plan that points at the primary environment.
func plannedRecord(r dnsplan.Record) awssim.DNSRecord {
	made := awssim.DNSRecord{Name: awssim.DNSName(r.Name), Type: r.Type}
	if r.Primary.AliasName != "" {
		made.Alias = &awssim.DNSAlias{HostedZoneID: r.Primary.AliasZoneID, DNSName: awssim.DNSName(r.Primary.AliasName)}
		return made
	}
	made.TTL, made.Values = cmp.Or(r.TTL, defaultTTL), r.Primary.Values
	return made
}

// commonDomain is the longest domain that all records are in or below: the name that their zone may have. The plan does not tell
// it.
func commonDomain(records []dnsplan.Record) string {
	var common []string
	for i, r := range records {
		labels := strings.Split(strings.TrimSuffix(awssim.DNSName(r.Name), "."), ".")
		slices.Reverse(labels)
		if len(labels) > 2 && len(records) == 1 {
			labels = labels[:len(labels)-1] // the zone of one record is the domain that it is in
		}
		if i == 0 {
			common = labels
			continue
		}
		n := 0
		for n < min(len(common), len(labels)) && common[n] == labels[n] {
			n++
		}
		common = common[:n]
	}
	slices.Reverse(common)
	return strings.Join(common, ".")
}
