package endpoint

import (
	"context"
	"encoding/xml"
	"net/http"
	"slices"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

const route53Namespace = "https://route53.amazonaws.com/doc/2013-04-01/"

// route53 is Route 53: hosted zones of templates, and their records. Nothing answers queries, and health checks do not exist.
func route53() *service {
	zone := on(func(c *Call) string { return "arn:aws:route53:::hostedzone/" + c.zoneID() })
	return &service{
		name:      "route53",
		protocols: []protocol{restXML{namespace: route53Namespace}},
		operations: []operation{
			{
				name: "ChangeResourceRecordSets", route: "POST /2013-04-01/hostedzone/{HostedZoneId}/rrset",
				resources: zone, context: changeContext, raw: true, do: changeRecords,
			},
			{
				name: "ChangeResourceRecordSets", route: "POST /2013-04-01/hostedzone/{HostedZoneId}/rrset/", // as the AWS CLI sends it
				resources: zone, context: changeContext, raw: true, do: changeRecords,
			},
			{name: "ListResourceRecordSets", route: "GET /2013-04-01/hostedzone/{HostedZoneId}/rrset", resources: zone, do: listRecords},
			{name: "GetHostedZone", route: "GET /2013-04-01/hostedzone/{HostedZoneId}", resources: zone, do: getHostedZone},
			{name: "ListHostedZones", route: "GET /2013-04-01/hostedzone", do: listHostedZones},
			{
				name: "GetChange", route: "GET /2013-04-01/change/{Id}",
				resources: on(func(c *Call) string { return "arn:aws:route53:::change/" + strings.TrimPrefix(c.Str("Id"), "/change/") }),
				do:        getChange,
			},
		},
	}
}

// zoneID is the id of the hosted zone that the call is for.
func (c *Call) zoneID() string {
	id := c.Str("HostedZoneId")
	if id == "" {
		id = c.Str("Id")
	}
	return strings.TrimPrefix(id, "/hostedzone/")
}

func findZone(c *Call) (awssim.HostedZone, error) {
	z, ok := lookup(c, func(s *awssim.State, _ *awssim.Region) (awssim.HostedZone, bool) {
		return s.HostedZones.Get(c.zoneID())
	})
	if !ok {
		return z, failure(http.StatusNotFound, "NoSuchHostedZone", "No hosted zone found with ID: %s", c.zoneID())
	}
	return z, nil
}

// recordSet is a record set on the wire.
type recordSet struct {
	Name            string
	Type            string
	SetIdentifier   string        `json:",omitempty" xml:",omitempty"`
	Weight          *int          `json:",omitempty" xml:",omitempty"`
	Region          string        `json:",omitempty" xml:",omitempty"`
	Failover        string        `json:",omitempty" xml:",omitempty"`
	TTL             *int          `json:",omitempty" xml:",omitempty"`
	ResourceRecords []recordValue `json:",omitempty" xml:"ResourceRecords>ResourceRecord,omitempty"`
	AliasTarget     *aliasTarget  `json:",omitempty" xml:",omitempty"`
	HealthCheckID   string        `json:"HealthCheckId,omitempty" xml:"HealthCheckId,omitempty"`
}

type recordValue struct{ Value string }

type aliasTarget struct {
	HostedZoneID         string `json:"HostedZoneId" xml:"HostedZoneId"`
	DNSName              string
	EvaluateTargetHealth bool
}

// recordSetOf is a record as it is listed: an asterisk in its name is written as three octal digits.
func recordSetOf(r awssim.DNSRecord) recordSet {
	set := recordSet{
		Name: strings.ReplaceAll(r.Name, "*", `\052`), Type: r.Type, SetIdentifier: r.SetIdentifier, Weight: r.Weight, Region: r.Region, Failover: r.Failover,
		HealthCheckID: r.HealthCheckID,
	}
	if r.Alias != nil {
		set.AliasTarget = &aliasTarget{r.Alias.HostedZoneID, r.Alias.DNSName, r.Alias.EvaluateTargetHealth}
		return set
	}
	set.TTL = &r.TTL
	for _, v := range r.Values {
		set.ResourceRecords = append(set.ResourceRecords, recordValue{v})
	}
	return set
}

// record is the set as it is kept.
func (s recordSet) record() awssim.DNSRecord {
	r := awssim.DNSRecord{
		Name: awssim.DNSName(s.Name), Type: s.Type, SetIdentifier: s.SetIdentifier, Weight: s.Weight, Region: s.Region,
		Failover: s.Failover, HealthCheckID: s.HealthCheckID,
	}
	if s.AliasTarget != nil {
		r.Alias = &awssim.DNSAlias{
			HostedZoneID: s.AliasTarget.HostedZoneID, DNSName: awssim.DNSName(s.AliasTarget.DNSName),
			EvaluateTargetHealth: s.AliasTarget.EvaluateTargetHealth,
		}
	}
	if s.TTL != nil {
		r.TTL = *s.TTL
	}
	for _, v := range s.ResourceRecords {
		r.Values = append(r.Values, v.Value)
	}
	return r
}

type zoneOutput struct {
	ID                     string `json:"Id" xml:"Id"`
	Name                   string
	CallerReference        string
	ResourceRecordSetCount int
	Config                 struct {
		Comment     string `json:",omitempty" xml:",omitempty"`
		PrivateZone bool
	}
}

func zoneOutputOf(z awssim.HostedZone) zoneOutput {
	out := zoneOutput{ID: "/hostedzone/" + z.ID, Name: z.Name, CallerReference: z.ID, ResourceRecordSetCount: len(z.Records)}
	out.Config.Comment, out.Config.PrivateZone = z.Comment, z.Private
	return out
}

func getHostedZone(_ context.Context, c *Call) (any, error) {
	z, err := findZone(c)
	if err != nil {
		return nil, err
	}
	return struct {
		XMLName    xml.Name `json:"-" xml:"https://route53.amazonaws.com/doc/2013-04-01/ GetHostedZoneResponse"`
		HostedZone zoneOutput
	}{HostedZone: zoneOutputOf(z)}, nil
}

func listHostedZones(_ context.Context, c *Call) (any, error) {
	var zones []zoneOutput
	for _, z := range list(c, func(s *awssim.State, _ *awssim.Region) []awssim.HostedZone { return s.HostedZones.Values() }) {
		zones = append(zones, zoneOutputOf(z))
	}
	return struct {
		XMLName     xml.Name     `json:"-" xml:"https://route53.amazonaws.com/doc/2013-04-01/ ListHostedZonesResponse"`
		HostedZones []zoneOutput `xml:"HostedZones>HostedZone"`
		IsTruncated bool
		MaxItems    string
	}{HostedZones: zones, MaxItems: "100"}, nil
}

// listRecords lists a zone's records from a name, type and identifier on (Route 53 API reference, ListResourceRecordSets).
func listRecords(_ context.Context, c *Call) (any, error) {
	in := struct {
		Name, Type, Identifier string
		MaxItems               *int
	}{Name: c.either("name", "StartRecordName"), Type: c.either("type", "StartRecordType"), Identifier: c.either("identifier", "StartRecordIdentifier")}
	const most = 300
	count := most
	if n, ok := c.number("maxitems", "MaxItems"); ok && n >= 1 && n < most {
		count = n
	}
	if in.Type != "" && in.Name == "" {
		return nil, failure(http.StatusBadRequest, "InvalidInput", "The input is not valid: a record type needs a record name.")
	}
	z, err := findZone(c)
	if err != nil {
		return nil, err
	}
	records := z.Records
	if in.Name != "" {
		from := awssim.DNSRecord{Name: awssim.DNSName(in.Name), Type: in.Type, SetIdentifier: in.Identifier}
		at, _ := slices.BinarySearchFunc(records, from, awssim.CompareDNSRecords)
		records = records[at:]
	}
	out := recordsOutput{MaxItems: count}
	for i, r := range records {
		if i == count {
			out.IsTruncated, out.NextRecordName, out.NextRecordType, out.NextRecordIdentifier = true, r.Name, r.Type, r.SetIdentifier
			break
		}
		out.ResourceRecordSets = append(out.ResourceRecordSets, recordSetOf(r))
	}
	return out, nil
}

type recordsOutput struct {
	XMLName              xml.Name    `json:"-" xml:"https://route53.amazonaws.com/doc/2013-04-01/ ListResourceRecordSetsResponse"`
	ResourceRecordSets   []recordSet `xml:"ResourceRecordSets>ResourceRecordSet"`
	IsTruncated          bool
	NextRecordName       string `json:",omitempty" xml:",omitempty"`
	NextRecordType       string `json:",omitempty" xml:",omitempty"`
	NextRecordIdentifier string `json:",omitempty" xml:",omitempty"`
	MaxItems             int
}
