package endpoint

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// either is the first of the members that is there: as it is called on the wire, or by SDKs.
func (c *Call) either(names ...string) string {
	for _, name := range names {
		if text := c.Str(name); text != "" {
			return text
		}
	}
	return ""
}

// number is the first of the members that is a number.
func (c *Call) number(names ...string) (int, bool) {
	for _, name := range names {
		if v, ok := c.Input[name]; ok {
			n, err := strconv.Atoi(fmt.Sprint(v))
			return n, err == nil
		}
	}
	return 0, false
}

// changeBatch is what ChangeResourceRecordSets is to do.
type changeBatch struct {
	Comment string
	Changes []recordChange `xml:"Changes>Change"`
}

type recordChange struct {
	Action            string
	ResourceRecordSet recordSet
}

// changeBatch reads the request's body, or its members where a service calls.
func (c *Call) changeBatch() (changeBatch, error) {
	var in struct{ ChangeBatch changeBatch }
	var err error
	if len(c.Body) > 0 {
		err = xml.Unmarshal(c.Body, &in)
	} else {
		err = bind(c.Input, &in)
	}
	if err != nil {
		return changeBatch{}, failure(http.StatusBadRequest, "InvalidInput", "The input is not valid: %v", err)
	}
	return in.ChangeBatch, nil
}

// changeContext are the condition keys of changes (Route 53 developer guide, "Using IAM policy conditions for fine-grained access
// control"): names are in lower case and without the last dot.
func changeContext(c *Call) map[string][]string {
	batch, err := c.changeBatch()
	if err != nil {
		return nil
	}
	const prefix = "route53:ChangeResourceRecordSets"
	keys := map[string][]string{}
	for _, change := range batch.Changes {
		set := change.ResourceRecordSet
		keys[prefix+"NormalizedRecordNames"] = append(keys[prefix+"NormalizedRecordNames"], strings.TrimSuffix(awssim.DNSName(set.Name), "."))
		keys[prefix+"RecordTypes"] = append(keys[prefix+"RecordTypes"], set.Type)
		keys[prefix+"Actions"] = append(keys[prefix+"Actions"], change.Action)
	}
	return keys
}

// changeRecords makes all changes of a batch or none of them.
func changeRecords(_ context.Context, c *Call) (any, error) {
	batch, err := c.changeBatch()
	if err != nil {
		return nil, err
	}
	const most = 1000 // Route 53 developer guide, "Quotas", ChangeResourceRecordSets
	if n := len(batch.Changes); n < 1 || n > most {
		return nil, failure(http.StatusBadRequest, "InvalidChangeBatch", "[Number of records must be between 1 and %d, got %d]", most, n)
	}
	z, err := findZone(c)
	if err != nil {
		return nil, err
	}
	var info awssim.DNSChange
	c.do(func(s *awssim.State, _ *awssim.Region) {
		z, _ = s.HostedZones.Get(z.ID)
		records, wrong := slices.Clone(z.Records), []string(nil)
		for _, change := range batch.Changes {
			var message string
			if records, message = apply(z, records, change); message != "" {
				wrong = append(wrong, message)
			}
		}
		if len(wrong) > 0 {
			err = failure(http.StatusBadRequest, "InvalidChangeBatch", "[%s]", strings.Join(wrong, ", "))
			return
		}
		info, _ = s.PutRecords(z.ID, records, batch.Comment)
	})
	if err != nil {
		return nil, err
	}
	return struct {
		XMLName    xml.Name `json:"-" xml:"https://route53.amazonaws.com/doc/2013-04-01/ ChangeResourceRecordSetsResponse"`
		ChangeInfo changeInfo
	}{ChangeInfo: c.changeInfo(info)}, nil
}

// apply makes one change of the records, or returns what is wrong with it.
func apply(z awssim.HostedZone, records []awssim.DNSRecord, change recordChange) (changed []awssim.DNSRecord, wrong string) {
	set, record := change.ResourceRecordSet, change.ResourceRecordSet.record()
	what := fmt.Sprintf("resource record set [name='%s', type='%s']", record.Name, record.Type)
	if record.SetIdentifier != "" {
		what = fmt.Sprintf("resource record set [name='%s', type='%s', set identifier='%s']", record.Name, record.Type, record.SetIdentifier)
	}
	if wrong := set.check(z); wrong != "" {
		return records, wrong
	}
	at := slices.IndexFunc(records, record.Is)
	switch change.Action {
	case "CREATE":
		if at >= 0 {
			return records, "Tried to create " + what + " but it already exists"
		}
	case "DELETE":
		if at < 0 {
			return records, "Tried to delete " + what + " but it was not found"
		}
		if !same(records[at], record) {
			return records, "Tried to delete " + what + " but the values provided do not match the current values"
		}
		return slices.Delete(records, at, at+1), ""
	case "UPSERT":
	default:
		return records, fmt.Sprintf("Invalid action '%s'", change.Action)
	}
	for _, other := range records {
		if wrong := conflict(record, other); wrong != "" {
			return records, wrong
		}
	}
	if at >= 0 {
		records[at] = record
		return records, ""
	}
	return append(records, record), ""
}

// conflict is why two records cannot be in one zone, if they cannot.
func conflict(record, other awssim.DNSRecord) string {
	switch {
	case record.Is(other) || record.Name != other.Name:
		return ""
	case (record.Type == "CNAME") != (other.Type == "CNAME"):
		return fmt.Sprintf("RRSet of type %s with DNS name %s is not permitted as it conflicts with other records with the same DNS name in zone",
			record.Type, record.Name)
	case record.Type == other.Type && (record.SetIdentifier == "") != (other.SetIdentifier == ""):
		return fmt.Sprintf("RRSet with DNS name %s, type %s cannot be created as other RRSets exist with the same name and type", record.Name, record.Type)
	}
	return ""
}

// same says whether two records of the same name lead to the same.
func same(a, b awssim.DNSRecord) bool {
	if (a.Alias == nil) != (b.Alias == nil) || a.Alias != nil && *a.Alias != *b.Alias {
		return false
	}
	return a.TTL == b.TTL && slices.Equal(a.Values, b.Values) && a.Failover == b.Failover && a.HealthCheckID == b.HealthCheckID
}

// check is what is wrong with a record set by itself.
func (s recordSet) check(z awssim.HostedZone) string {
	name := awssim.DNSName(s.Name)
	simple := s.Failover == "" && s.Weight == nil && s.Region == ""
	switch {
	case name != z.Name && !strings.HasSuffix(name, "."+z.Name):
		return fmt.Sprintf("RRSet with DNS name %s is not permitted in zone %s", name, z.Name)
	case s.Type == "CNAME" && name == z.Name:
		return fmt.Sprintf("RRSet of type CNAME with DNS name %s is not permitted at apex in zone %s", name, z.Name)
	case simple != (s.SetIdentifier == ""):
		return "a set identifier must be given with a failover, a weight or a Region, and only with one"
	case s.Failover != "" && s.Failover != "PRIMARY" && s.Failover != "SECONDARY":
		return fmt.Sprintf("Failover must be PRIMARY or SECONDARY, got '%s'", s.Failover)
	case (s.AliasTarget == nil) == (s.TTL == nil || len(s.ResourceRecords) == 0):
		return "Invalid request: exactly one of AliasTarget and [all of [TTL, and ResourceRecords]] must be given"
	case s.AliasTarget != nil && (s.TTL != nil || len(s.ResourceRecords) > 0):
		return "Invalid request: an alias must have neither TTL nor ResourceRecords"
	}
	for _, v := range s.ResourceRecords {
		if wrong := checkValue(s.Type, v.Value); wrong != "" {
			return wrong
		}
	}
	return ""
}

// checkValue is what is wrong with the value of a record.
func checkValue(kind, value string) string {
	switch kind {
	case "A", "AAAA":
		if ip, err := netip.ParseAddr(value); err != nil || ip.Is4() != (kind == "A") {
			return fmt.Sprintf("Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid address) encountered with '%s''", value)
		}
	case "CNAME":
		if value == "" || strings.ContainsAny(value, " \t\r\n\"") {
			return fmt.Sprintf("Invalid Resource Record: 'FATAL problem: DomainLabelEmpty (Domain label is empty) encountered with '%s''", value)
		}
	case "TXT", "MX", "NS", "SOA", "SRV", "PTR", "CAA", "SPF", "HTTPS", "SVCB", "DS", "NAPTR", "SSHFP", "TLSA":
	default:
		return fmt.Sprintf("Value '%s' at 'type' is not a record type", kind)
	}
	return ""
}

type changeInfo struct {
	ID          string `json:"Id" xml:"Id"`
	Status      string
	SubmittedAt *stamp
	Comment     string `json:",omitempty" xml:",omitempty"`
}

func (c *Call) changeInfo(change awssim.DNSChange) changeInfo {
	info := changeInfo{"/change/" + change.ID, "PENDING", stampOf(change.Submitted), change.Comment}
	c.do(func(s *awssim.State, _ *awssim.Region) {
		if s.Now().Sub(change.Submitted) >= s.Lasts(awssim.DNSPropagation) {
			info.Status = "INSYNC"
		}
	})
	return info
}

func getChange(_ context.Context, c *Call) (any, error) {
	id := strings.TrimPrefix(c.Str("Id"), "/change/")
	change, ok := lookup(c, func(s *awssim.State, _ *awssim.Region) (awssim.DNSChange, bool) { return s.Changes.Get(id) })
	if !ok {
		return nil, failure(http.StatusNotFound, "NoSuchChange", "Could not find resource with ID: %s", id)
	}
	return struct {
		XMLName    xml.Name `json:"-" xml:"https://route53.amazonaws.com/doc/2013-04-01/ GetChangeResponse"`
		ChangeInfo changeInfo
	}{ChangeInfo: c.changeInfo(change)}, nil
}
