package endpoint_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

func zone(f *fixture) (z awssim.HostedZone) {
	f.do(func(s *awssim.State) {
		z = s.CreateHostedZone(awssim.HostedZone{Name: "example.com", Records: []awssim.DNSRecord{
			{Name: "api.example.com.", Type: "CNAME", TTL: 60, Values: []string{"home.example.net"}},
		}})
	})
	return z
}

func change(action types.ChangeAction, name string, kind types.RRType, values ...string) types.Change {
	set := &types.ResourceRecordSet{Name: &name, Type: kind, TTL: aws.Int64(60)}
	for _, v := range values {
		set.ResourceRecords = append(set.ResourceRecords, types.ResourceRecord{Value: &v})
	}
	return types.Change{Action: action, ResourceRecordSet: set}
}

func TestChangeRecords(t *testing.T) {
	f := newFixture(t)
	z := zone(f)
	client := route53.NewFromConfig(f.config(primary))
	send := func(changes ...types.Change) (*route53.ChangeResourceRecordSetsOutput, error) {
		return client.ChangeResourceRecordSets(t.Context(), &route53.ChangeResourceRecordSetsInput{
			HostedZoneId: &z.ID, ChangeBatch: &types.ChangeBatch{Changes: changes, Comment: aws.String("a & b")},
		})
	}
	alias := change(types.ChangeActionUpsert, "www.example.com", "A")
	alias.ResourceRecordSet.TTL, alias.ResourceRecordSet.AliasTarget = nil, &types.AliasTarget{DNSName: aws.String("lb.example.net"), HostedZoneId: aws.String("Z1")}
	out := must(send(
		change(types.ChangeActionUpsert, "API.example.com.", "CNAME", "away.example.net"), change(types.ChangeActionCreate, "*.example.com", "TXT", `"x"`), alias,
	))(t)
	equal(t, "status", out.ChangeInfo.Status, types.ChangeStatusPending)
	list := must(client.ListResourceRecordSets(t.Context(), &route53.ListResourceRecordSetsInput{HostedZoneId: &z.ID}))(t).ResourceRecordSets
	equal(t, "records", len(list), 3)
	equal(t, "names", *list[0].Name+*list[1].Name+*list[2].Name, `\052.example.com.api.example.com.www.example.com.`)
	equal(t, "value", *list[1].ResourceRecords[0].Value, "away.example.net")
	equal(t, "alias", *list[2].AliasTarget.DNSName, "lb.example.net.")
	from := must(client.ListResourceRecordSets(t.Context(), &route53.ListResourceRecordSetsInput{
		HostedZoneId: &z.ID, StartRecordName: aws.String("api.example.com"), StartRecordType: "CNAME", MaxItems: aws.Int32(1),
	}))(t)
	equal(t, "from", *from.ResourceRecordSets[0].Name, "api.example.com.")
	equal(t, "more", from.IsTruncated, true)
	equal(t, "change", *must(client.GetChange(t.Context(), &route53.GetChangeInput{Id: out.ChangeInfo.Id}))(t).ChangeInfo.Comment, "a & b")
	must(send(change(types.ChangeActionDelete, `\052.example.com`, "TXT", `"x"`)))(t)
	for name, bad := range map[string][]types.Change{
		"another zone":        {change(types.ChangeActionUpsert, "api.example.org", "A", "192.0.2.1")},
		"another zone's end":  {change(types.ChangeActionUpsert, "notexample.com", "A", "192.0.2.1")},
		"no address":          {change(types.ChangeActionUpsert, "x.example.com", "A", "host.example.net")},
		"IPv6 in A":           {change(types.ChangeActionUpsert, "x.example.com", "A", "2001:db8::1")},
		"no value":            {change(types.ChangeActionUpsert, "x.example.com", "A")},
		"exists":              {change(types.ChangeActionCreate, "api.example.com", "CNAME", "x.example.net")},
		"beside a CNAME":      {change(types.ChangeActionCreate, "api.example.com", "A", "192.0.2.1")},
		"CNAME at the apex":   {change(types.ChangeActionCreate, "example.com", "CNAME", "x.example.net")},
		"delete, other value": {change(types.ChangeActionDelete, "api.example.com", "CNAME", "home.example.net")},
		"delete nothing":      {change(types.ChangeActionDelete, "none.example.com", "A", "192.0.2.1")},
		"one of two": {
			change(types.ChangeActionUpsert, "api.example.com", "CNAME", "must-not.example.net"), change(types.ChangeActionDelete, "none.example.com", "A", "192.0.2.1"),
		},
	} {
		_, err := send(bad...)
		f.wantCode(err, "InvalidChangeBatch")
		got := must(client.ListResourceRecordSets(t.Context(), &route53.ListResourceRecordSetsInput{HostedZoneId: &z.ID}))(t).ResourceRecordSets
		if len(got) != 2 || *got[0].ResourceRecords[0].Value != "away.example.net" {
			t.Errorf("%s: it changed something: %v", name, got)
		}
	}
	_, err := client.ListResourceRecordSets(t.Context(), &route53.ListResourceRecordSetsInput{HostedZoneId: aws.String("Znone")})
	f.wantCode(err, "NoSuchHostedZone")
}

// A policy can allow some records, types and actions only.
func TestRecordConditions(t *testing.T) {
	f := newFixture(t)
	z := zone(f)
	session := f.role("Dns", `{"Statement": {"Effect": "Allow", "Action": "route53:ChangeResourceRecordSets", "Resource": "arn:aws:route53:::hostedzone/`+z.ID+`",
		"Condition": {"ForAllValues:StringEquals": {"route53:ChangeResourceRecordSetsNormalizedRecordNames": ["api.example.com"],
		"route53:ChangeResourceRecordSetsRecordTypes": ["CNAME"], "route53:ChangeResourceRecordSetsActions": ["UPSERT"]}}}}`)
	client := route53.NewFromConfig(f.configOf(primary, session))
	send := func(changes ...types.Change) error {
		_, err := client.ChangeResourceRecordSets(t.Context(), &route53.ChangeResourceRecordSetsInput{HostedZoneId: &z.ID, ChangeBatch: &types.ChangeBatch{Changes: changes}})
		return err
	}
	good := change(types.ChangeActionUpsert, "API.example.com.", "CNAME", "x.example.net")
	if err := send(good); err != nil {
		t.Error(err)
	}
	for _, bad := range []types.Change{
		change(types.ChangeActionUpsert, "www.example.com", "CNAME", "x.example.net"),
		change(types.ChangeActionUpsert, "api.example.com", "TXT", `"x"`),
		change(types.ChangeActionDelete, "api.example.com", "CNAME", "x.example.net"),
	} {
		f.wantCode(send(good, bad), "AccessDenied")
	}
}
