package eventpattern

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestRefusedEvents(t *testing.T) {
	p, err := Compile([]byte(`{"a": ["x"]}`))
	if err != nil {
		t.Fatal(err)
	}
	for event, want := range map[string]string{
		``:                                  "the event must be a JSON object",
		`[]`:                                "the event must be a JSON object",
		`{"a": "x"`:                         "the event is not JSON at byte 9",
		`{"a": "x"} {}`:                     "the event is not JSON at byte 11",
		`{"a": "x",}`:                       "the event is not JSON",
		`{"a" "x"}`:                         "the event is not JSON",
		`{a: "x"}`:                          "the event is not JSON",
		`{"a": 01}`:                         "the event is not JSON",
		`{"a": nul}`:                        "the event is not JSON",
		`{"a": "\x"}`:                       "the event is not JSON",
		"{\"a\": \"\n\"}":                   "the event is not JSON",
		`{"a": [1 2]}`:                      "the event is not JSON",
		`{"a": ` + strings.Repeat("[", 1e6): "nested deeper than 1000 levels",
	} {
		if got, err := p.Match([]byte(event)); got || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v, error %v, want %s", event, got, err, want)
		}
	}
}

func TestEscapes(t *testing.T) {
	p, err := Compile([]byte(`{"\u0061": ["x\"y\\zß"]}`))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := p.Match([]byte(`{"a": "\u0078\"y\\z\u00df"}`)); !got || err != nil {
		t.Errorf("%v, error %v", got, err)
	}
}

// What the scanner accepts is what the standard library accepts, and nothing that is thrown at it makes it panic or makes
// matching and explaining disagree.
func FuzzMatch(f *testing.F) {
	f.Add(`{"source": ["aws.ec2"], "detail": {"c-count": [{"numeric": [">", 0, "<=", 5]}]}}`, sample)
	f.Add(`{"l": {"a": [1], "b": [{"anything-but": {"wildcard": ["a*b", "\\*"]}}]}}`, `{"l": [{"a": 1, "b": "ab"}, {"a": 2, "b": null}]}`)
	f.Add(`{"$or": [{"a": [{"exists": false}]}, {"a": [{"cidr": "::/3"}]}]}`, `{"a": "\ud800", "b": -0.5e+3}`)
	f.Add(`{"a": [{"prefix": {"equals-ignore-case": "x"}}, {"suffix": ""}]}`, `{"a": [[], {}, [true, "X"]]}`)
	f.Fuzz(func(t *testing.T, pattern, event string) {
		p, err := Compile([]byte(pattern))
		if err != nil {
			if p, err = Compile([]byte(`{"a": [{"exists": true}]}`)); err != nil {
				t.Fatal(err)
			}
		}
		var object map[string]any
		want := json.Unmarshal([]byte(event), &object) == nil && object != nil
		matched, err := p.Match([]byte(event))
		if (err == nil) != want && !strings.Contains(fmt.Sprint(err), "nested deeper") {
			t.Errorf("error %v, but the standard library accepts it: %v", err, want)
		}
		if mismatches, explainErr := p.Explain([]byte(event)); explainErr == nil && matched != (len(mismatches) == 0) {
			t.Errorf("matched %v, mismatches %v", matched, mismatches)
		}
	})
}

// BenchmarkRules shows how many events a core matches against 100 rules in a second: it should be 100,000.
func BenchmarkRules(b *testing.B) {
	const event = `{"version":"0","id":"7cecb50d-06e5-536a-127f-ccb365b2f47d","detail-type":"ArpioResourceUpsert","source":"io.arpio","account":"123456123456","time":"2023-08-31T16:57:35Z","region":"us-east-2","resources":["arn:aws:ec2:us-east-1:123456123456:instance/i-0b6084f517f2024fa"],"detail":{"application-restore-phase":{"gRM8TmEKCtEY7Ud8J8ride":"standby"},"arpio-schema-version":"0","event-id":"4307F5SsmLifecycle_1231_us-east-1_1231_us-east-2_WTW6jd7yz55lYc1hK","primary-account":"123456123456","primary-region":"us-east-1","primary-resource-arn":"arn:aws:ec2:us-east-1:123456123456:instance/i-0b6084f517f2024fa","primary-resource-id":"i-0b6084f517f2024fa","primary-resource-name":"ProdEc2","recovery-account":"654321654321","recovery-region":"us-east-2","recovery-resource-arn":"arn:aws:ec2:us-east-2:654321654321:instance/i-0235a61b5b158a0b3","recovery-resource-id":"i-8009bfbb5bee5ad33","recovery-resource-name":"ProdEc2Recovery","recovery-resource-state":"done","resource-type":["AWS::EC2::Instance"],"restore-phase":"failover"}}`
	filters := []string{`"web-%d"`, `{"prefix": "Prod%d"}`, `{"suffix": "-%d"}`, `{"equals-ignore-case": "prodec%d"}`, `{"wildcard": "*rod*%d"}`, `{"anything-but": ["a", "b%d"]}`, `{"anything-but": {"wildcard": "*Ec%d*"}}`}
	var patterns []*Pattern
	for i := range 100 {
		p, err := Compile(fmt.Appendf(nil, `{"source": ["io.arpio"], "detail-type": ["ArpioResourceUpsert"], "detail": {"arpio-schema-version": ["0"], "resource-type": ["AWS::EC2::Instance"], "restore-phase": ["failover"], "primary-resource-name": [`+filters[i%len(filters)]+`]}}`, i))
		if err != nil {
			b.Fatal(err)
		}
		patterns = append(patterns, p)
	}
	rules, data := NewRules(patterns...), []byte(event)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := rules.Match(data); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
