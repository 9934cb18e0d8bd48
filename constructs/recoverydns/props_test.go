package recoverydns

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"

	"github.com/warmstandby/warmstandby/constructs/recoverydns/dnsplan"
)

func record(application, resource string) dnsplan.Record {
	r := dnsplan.Record{
		Name: application + ".example.com", Type: "CNAME", Application: application, Resource: resource,
		Primary: dnsplan.Target{Values: []string{"a.example.net"}}, Recovery: dnsplan.Target{Values: []string{"b.example.net"}},
	}
	if resource != "" {
		r.Recovery.Values[0] = "{recovery-resource-id}.example.net"
	}
	return r
}

func TestValidate(t *testing.T) {
	err := Props{Records: []dnsplan.Record{record("a", "i-1")}}.validate()
	for _, want := range []string{"Bus must be set", "HostedZone must be set", `Records[0].Resource must be an ARN, got "i-1"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v lacks %q", err, want)
		}
	}
	var many []dnsplan.Record
	for i := range 26 {
		many = append(many, record("application-with-a-name-"+string(rune('a'+i)), ""))
	}
	if err := (Props{Records: many}).validate(); err == nil || !strings.Contains(err.Error(), "use several constructs") {
		t.Errorf("many records: %v", err)
	}
}

func TestDefaults(t *testing.T) {
	if got := (Props{}).withDefaults().LogRetention; got != awslogs.RetentionDays_ONE_YEAR {
		t.Errorf("LogRetention is %s by default", got)
	}
	if got := (Props{LogRetention: awslogs.RetentionDays_ONE_WEEK}).withDefaults().LogRetention; got != awslogs.RetentionDays_ONE_WEEK {
		t.Errorf("a LogRetention of a week became %s", got)
	}
}
