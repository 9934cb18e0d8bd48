package dnstest

import (
	"context"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
)

// Route53 is one hosted zone.
type Route53 struct {
	// Fault is asked before and after each call takes effect; an error of its is the call's. Default: none.
	Fault func(call string, after bool) error

	mu      sync.Mutex
	records map[string]types.ResourceRecordSet // by name and type
	batches int
}

// Set defines a record that is there from the beginning.
func (r *Route53) Set(set types.ResourceRecordSet) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.put(set)
}

func (r *Route53) put(set types.ResourceRecordSet) {
	if r.records == nil {
		r.records = map[string]types.ResourceRecordSet{}
	}
	set.Name = aws.String(listed(aws.ToString(set.Name)))
	r.records[key(*set.Name, set.Type)] = set
}

// Values are what a record points at, with commas between, or an alias's name. There may be no such record.
func (r *Route53) Values(name, recordType string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	set := r.records[key(listed(name), types.RRType(recordType))]
	if set.AliasTarget != nil {
		return aws.ToString(set.AliasTarget.DNSName)
	}
	var values []string
	for _, v := range set.ResourceRecords {
		values = append(values, aws.ToString(v.Value))
	}
	return strings.Join(values, ",")
}

// Batches is how many batches of changes were made.
func (r *Route53) Batches() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.batches
}

// ListResourceRecordSets lists records from a name and type on, in Route 53's order: by the labels from the last to the first.
func (r *Route53) ListResourceRecordSets(_ context.Context, in *route53.ListResourceRecordSetsInput, _ ...func(*route53.Options)) (*route53.ListResourceRecordSetsOutput, error) {
	out := &route53.ListResourceRecordSetsOutput{}
	return out, call(r.Fault, "ListResourceRecordSets", func() error {
		r.mu.Lock()
		defer r.mu.Unlock()
		from := key(listed(aws.ToString(in.StartRecordName)), in.StartRecordType)
		var keys []string
		for k := range r.records {
			if k >= from {
				keys = append(keys, k)
			}
		}
		slices.Sort(keys)
		for _, k := range keys[:min(len(keys), int(aws.ToInt32(in.MaxItems)))] {
			out.ResourceRecordSets = append(out.ResourceRecordSets, r.records[k])
		}
		return nil
	})
}

// ChangeResourceRecordSets makes all changes of a batch, or none. It refuses what is no DNS name and no address.
func (r *Route53) ChangeResourceRecordSets(_ context.Context, in *route53.ChangeResourceRecordSetsInput, _ ...func(*route53.Options)) (*route53.ChangeResourceRecordSetsOutput, error) {
	return &route53.ChangeResourceRecordSetsOutput{}, call(r.Fault, "ChangeResourceRecordSets", func() error {
		r.mu.Lock()
		defer r.mu.Unlock()
		for _, c := range in.ChangeBatch.Changes {
			if err := check(c); err != nil {
				return err
			}
		}
		for _, c := range in.ChangeBatch.Changes {
			r.put(*c.ResourceRecordSet)
		}
		r.batches++
		return nil
	})
}

var name = regexp.MustCompile(`^[A-Za-z0-9_*-]+(\.[A-Za-z0-9_-]+)*\.?$`)

func check(c types.Change) error {
	set := c.ResourceRecordSet
	invalid := &types.InvalidChangeBatch{Message: aws.String(fmt.Sprintf("%s %s %s", c.Action, aws.ToString(set.Name), set.Type))}
	if c.Action != types.ChangeActionUpsert || (set.AliasTarget == nil) == (len(set.ResourceRecords) == 0) || (set.TTL == nil) != (set.AliasTarget != nil) {
		return invalid
	}
	if set.AliasTarget != nil && !name.MatchString(aws.ToString(set.AliasTarget.DNSName)) {
		return invalid
	}
	for _, v := range set.ResourceRecords {
		a, err := netip.ParseAddr(aws.ToString(v.Value))
		ok := set.Type == types.RRTypeCname && name.MatchString(aws.ToString(v.Value)) ||
			err == nil && (set.Type == types.RRTypeA && a.Is4() || set.Type == types.RRTypeAaaa && a.Is6())
		if !ok {
			return invalid
		}
	}
	return nil
}

// listed is a name as Route 53 lists it.
func listed(name string) string {
	return strings.ReplaceAll(strings.TrimSuffix(strings.ToLower(name), "."), "*", `\052`) + "."
}

// key orders records as Route 53 does.
func key(name string, t types.RRType) string {
	labels := strings.Split(strings.TrimSuffix(name, "."), ".")
	slices.Reverse(labels)
	return strings.Join(labels, "\x00") + "\x00\x00" + string(t)
}
