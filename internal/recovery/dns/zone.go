package dns

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"github.com/warmstandby/warmstandby/constructs/recoverydns/dnsplan"
)

// Route53 is what a [Zone] needs of the service. The SDK's client has it.
type Route53 interface {
	// ListResourceRecordSets lists records from a name and type on.
	ListResourceRecordSets(context.Context, *route53.ListResourceRecordSetsInput, ...func(*route53.Options)) (*route53.ListResourceRecordSetsOutput, error)

	// ChangeResourceRecordSets makes all changes of a batch, or none.
	ChangeResourceRecordSets(context.Context, *route53.ChangeResourceRecordSetsInput, ...func(*route53.Options)) (*route53.ChangeResourceRecordSetsOutput, error)
}

// Zone is a hosted zone.
type Zone struct {
	client Route53
	id     string
}

// NewZone is the hosted zone with the id.
func NewZone(client Route53, id string) *Zone { return &Zone{client, id} }

// Change is a record that points, or is to point, at something else.
type Change struct {
	// Name and Type are the record's.
	Name string `json:"name"`
	Type string `json:"type"`

	// From and To are what it pointed at and what it points at: values with commas between, or an alias's name. From is empty
	// if there was no record.
	From string `json:"from"`
	To   string `json:"to"`

	set *types.ResourceRecordSet
}

// defaultTTL is in seconds.
const defaultTTL = 60

// Difference is the change that makes the record point at the target, or nil if it does. It only reads.
func (z *Zone) Difference(ctx context.Context, r dnsplan.Record, t dnsplan.Target) (*Change, error) {
	out, err := z.client.ListResourceRecordSets(ctx, &route53.ListResourceRecordSetsInput{
		HostedZoneId: &z.id, StartRecordName: &r.Name, StartRecordType: types.RRType(r.Type), MaxItems: aws.Int32(1),
	})
	if err != nil {
		return nil, fmt.Errorf("read record %s %s: %w", r.Name, r.Type, err)
	}
	c := &Change{Name: r.Name, Type: r.Type, set: recordSet(r, t)}
	c.To = describe(c.set)
	for _, current := range out.ResourceRecordSets {
		if dnsplan.Normalize(unescape(aws.ToString(current.Name))) != dnsplan.Normalize(r.Name) || string(current.Type) != r.Type {
			continue // the next record in the zone
		}
		if current.SetIdentifier != nil {
			return nil, fmt.Errorf("record %s %s has the set identifier %q, and only simple routing can be changed", r.Name, r.Type, *current.SetIdentifier)
		}
		if c.From = describe(&current); c.From == c.To && aws.ToInt64(current.TTL) == aws.ToInt64(c.set.TTL) {
			return nil, nil
		}
	}
	return c, nil
}

// Apply makes the changes, all or none.
func (z *Zone) Apply(ctx context.Context, changes []Change) error {
	batch := &types.ChangeBatch{Comment: aws.String("warmstandby recovery DNS")}
	for _, c := range changes {
		batch.Changes = append(batch.Changes, types.Change{Action: types.ChangeActionUpsert, ResourceRecordSet: c.set})
	}
	_, err := z.client.ChangeResourceRecordSets(ctx, &route53.ChangeResourceRecordSetsInput{HostedZoneId: &z.id, ChangeBatch: batch})
	return wrap(err, "change %d records of hosted zone %s", len(changes), z.id)
}

func recordSet(r dnsplan.Record, t dnsplan.Target) *types.ResourceRecordSet {
	set := &types.ResourceRecordSet{Name: &r.Name, Type: types.RRType(r.Type)}
	if t.AliasName != "" {
		set.AliasTarget = &types.AliasTarget{DNSName: &t.AliasName, HostedZoneId: &t.AliasZoneID}
		return set
	}
	ttl := int64(r.TTL)
	if ttl == 0 {
		ttl = defaultTTL
	}
	set.TTL = &ttl
	for _, v := range t.Values {
		set.ResourceRecords = append(set.ResourceRecords, types.ResourceRecord{Value: &v})
	}
	return set
}

// describe is what a record points at, the same for the same.
func describe(set *types.ResourceRecordSet) string {
	canonical := func(s *string) string {
		if a, err := netip.ParseAddr(aws.ToString(s)); err == nil {
			return a.String()
		}
		return strings.ToLower(strings.TrimSuffix(aws.ToString(s), "."))
	}
	if a := set.AliasTarget; a != nil {
		return "alias " + canonical(a.DNSName) + " in " + aws.ToString(a.HostedZoneId)
	}
	var values []string
	for _, v := range set.ResourceRecords {
		values = append(values, canonical(v.Value))
	}
	slices.Sort(values)
	return strings.Join(values, ",")
}

// unescape is a name as Route 53 lists it, with the asterisk that it writes as three octal digits.
func unescape(name string) string { return strings.ReplaceAll(name, `\052`, "*") }
