package awssim

import (
	"slices"
	"strings"
	"time"
)

// HostedZone is a Route 53 hosted zone and its records.
type HostedZone struct {
	ID      string // without /hostedzone/
	Name    string // with the last dot
	Private bool
	Comment string
	Records []DNSRecord // in the order of [CompareDNSRecords]
}

// DNSRecord is a record set of a [HostedZone].
type DNSRecord struct {
	Name          string // in lower case, with the last dot
	Type          string
	SetIdentifier string
	Failover      string // PRIMARY or SECONDARY; empty if it is no failover record
	Weight        *int   // nil if it is no weighted record
	Region        string // empty if it is no latency record
	HealthCheckID string
	TTL           int
	Values        []string
	Alias         *DNSAlias
}

// DNSAlias is what a record is an alias of.
type DNSAlias struct {
	HostedZoneID         string
	DNSName              string
	EvaluateTargetHealth bool
}

// DNSChange is a batch of changes that was made.
type DNSChange struct {
	ID        string // without /change/
	Submitted time.Time
	Comment   string
}

// DNSPropagation is how long a change takes until all name servers have it ("INSYNC"). AWS says that it generally takes up to
// 60 seconds (Route 53 API reference, ChangeResourceRecordSets).
const DNSPropagation = 60 * time.Second

// Is says whether two records are the same one, whatever they lead to.
func (r DNSRecord) Is(other DNSRecord) bool {
	return r.Name == other.Name && r.Type == other.Type && r.SetIdentifier == other.SetIdentifier
}

// CompareDNSRecords orders records as ListResourceRecordSets does: by name with its labels reversed, then by type and identifier
// (Route 53 API reference).
func CompareDNSRecords(a, b DNSRecord) int {
	return strings.Compare(a.order(), b.order())
}

func (r DNSRecord) order() string {
	labels := strings.Split(strings.TrimSuffix(r.Name, "."), ".")
	slices.Reverse(labels)
	return strings.Join(labels, ".") + ".\x00" + r.Type + "\x00" + r.SetIdentifier
}

// DNSName is a name as Route 53 keeps it: in lower case, with a last dot. An asterisk may be written as three octal digits.
func DNSName(name string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSuffix(name, ".")), `\052`, "*") + "."
}

// CreateHostedZone stores a hosted zone. It fills in the id unless there is one.
func (s *State) CreateHostedZone(z HostedZone) HostedZone {
	if z.ID == "" {
		z.ID = "Z" + s.newID(20, upper)
	}
	z.Name = DNSName(z.Name)
	s.HostedZones.Put(z.ID, z)
	return z
}

// PutRecords replaces a hosted zone's records, notes the change, and says whether the zone exists.
func (s *State) PutRecords(zone string, records []DNSRecord, comment string) (DNSChange, bool) {
	z, ok := s.HostedZones.Get(zone)
	if !ok {
		return DNSChange{}, false
	}
	z.Records = slices.SortedFunc(slices.Values(records), CompareDNSRecords)
	s.HostedZones.Put(zone, z)
	c := DNSChange{ID: "C" + s.newID(20, upper), Submitted: s.Now(), Comment: comment}
	s.Changes.Put(c.ID, c)
	return c, true
}
