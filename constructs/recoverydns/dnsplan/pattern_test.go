package dnsplan

import "testing"

func TestPatterns(t *testing.T) {
	const resource = "arn:aws:x:y:z:1"
	p := Plan{Records: []Record{{Application: "a", Resource: resource}, {Application: "b"}, {Application: "a", Resource: resource}}}
	ends, err := p.Ends("123456789012").JSON()
	if want := `{"detail":{"$or":[{"application-restore-phase":{"a":[{"exists":true}]}},{"application-restore-phase":{"b":[{"exists":true}]}}],"arpio-schema-version":["0"],"recovery-account":["123456789012"]},"detail-type":["ArpioRecoveryEnd"],"source":["io.arpio"]}`; err != nil || ends != want {
		t.Errorf("error %v, got\n%s, want\n%s", err, ends, want)
	}
	upserts, err := p.Upserts("123456789012").JSON()
	if want := `{"detail":{"arpio-schema-version":["0"],"primary-resource-arn":["arn:aws:x:y:z:1"],"recovery-account":["123456789012"],"restore-phase":["failover"]},"detail-type":["ArpioResourceUpsert"],"source":["io.arpio"]}`; err != nil || upserts != want {
		t.Errorf("error %v, got\n%s, want\n%s", err, upserts, want)
	}
	if !p.NeedsUpserts() || (Plan{Records: p.Records[1:2]}).NeedsUpserts() {
		t.Error("NeedsUpserts is wrong")
	}
}
