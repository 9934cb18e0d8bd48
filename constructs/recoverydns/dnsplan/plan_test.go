package dnsplan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func valid() Record {
	return Record{
		Name: "api.example.com", Type: "CNAME", Application: "abc", Resource: "arn:aws:apigateway:us-east-1::/restapis/a",
		Primary:  Target{Values: []string{"a.execute-api.us-east-1.amazonaws.com"}},
		Recovery: Target{Values: []string{"{recovery-resource-id}.execute-api.us-east-2.amazonaws.com"}},
	}
}

func TestValidate(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*Record)
		want   []string // nothing means valid
	}{
		"a CNAME": {func(*Record) {}, nil},
		"addresses": {func(r *Record) {
			r.Type, r.Resource, r.Primary, r.Recovery = "A", "", Target{Values: []string{"192.0.2.1", "192.0.2.2"}}, Target{Values: []string{"192.0.2.3"}}
		}, nil},
		"an alias": {func(r *Record) {
			r.Type, r.Recovery = "AAAA", Target{AliasName: "{recovery-resource-name}.x", AliasZoneID: "Z"}
			r.Primary = Target{Values: []string{"::1"}}
		}, nil},
		"tokens": {func(r *Record) {
			r.Primary.Values[0] = "${Token[TOKEN.1]}"
			r.Resource = "${Token[TOKEN.2]}"
			r.Recovery.Values[0] = "{recovery-resource-id}.${Token[AWS.Region.3]}.x"
		}, nil},
		"a wildcard": {func(r *Record) { r.Name = "*.example.com." }, nil},

		"fails on nothing":              {func(r *Record) { *r = Record{} }, []string{"Name", "Type", "Application", "Primary must have either", "Recovery must have either"}},
		"fails on a URL":                {func(r *Record) { r.Name = "https://api.example.com" }, []string{`Records[0].Name must be a full DNS name such as api.example.com, got "https://`}},
		"fails on another type":         {func(r *Record) { r.Type = "TXT" }, []string{`Type must be A, AAAA or CNAME, got "TXT"`}},
		"fails on a TTL":                {func(r *Record) { r.TTL = -1 }, []string{"TTL must be 0 to 2147483647 seconds, got -1"}},
		"fails on a placeholder":        {func(r *Record) { r.Recovery.Values[0] = "{id}.x" }, []string{`got "{id}"`}},
		"fails without a resource":      {func(r *Record) { r.Resource = "" }, []string{"Resource must be the ARN of the resource that the placeholders are about"}},
		"fails on a useless resource":   {func(r *Record) { r.Recovery.Values[0] = "x.example.net" }, []string{"Resource is of no use"}},
		"fails on an id":                {func(r *Record) { r.Resource = "i-1" }, []string{`Resource must be an ARN, got "i-1"`}},
		"fails on placeholders at home": {func(r *Record) { r.Primary.Values[0] = "{recovery-resource-id}.x" }, []string{"Primary: it must be a DNS name"}},
		"fails on two values":           {func(r *Record) { r.Primary.Values = []string{"a.x", "b.x"} }, []string{"Primary must have one value in a CNAME, got 2"}},
		"fails on both": {func(r *Record) {
			r.Type = "A"
			r.Resource = ""
			r.Primary = Target{Values: []string{"1.2.3.4"}, AliasName: "x", AliasZoneID: "Z"}
			r.Recovery = Target{Values: []string{"1.2.3.4"}}
		}, []string{"Primary must have either Values or AliasName"}},
		"fails on an alias's zone": {func(r *Record) {
			r.Type = "A"
			r.Primary = Target{AliasName: "x"}
			r.Resource = ""
			r.Recovery = Target{Values: []string{"1.2.3.4"}}
		}, []string{"both AliasName and AliasZoneID"}},
		"fails on an alias as CNAME": {func(r *Record) { r.Primary = Target{AliasName: "x", AliasZoneID: "Z"} }, []string{"must not be an alias in a record that is a CNAME"}},
		"fails on a name as address": {func(r *Record) { r.Type = "A" }, []string{"Primary: it must be an IPv4 address", "Recovery: it must be an IPv4 address"}},
		"fails on the other family": {func(r *Record) {
			r.Type, r.Resource = "AAAA", ""
			r.Primary, r.Recovery = Target{Values: []string{"1.2.3.4"}}, Target{Values: []string{"::1"}}
		}, []string{`an IPv6 address, got "1.2.3.4"`}},
	} {
		t.Run(name, func(t *testing.T) {
			r := valid()
			tc.change(&r)
			err := Validate([]Record{r})
			if tc.want == nil && err != nil {
				t.Fatal(err)
			}
			for _, want := range tc.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("error %v lacks %q", err, want)
				}
			}
			if err != nil && strings.Count(err.Error(), "\n")+1 != len(tc.want) {
				t.Errorf("want %d problems: %v", len(tc.want), err)
			}
		})
	}
	again := valid()
	again.Name = "API.example.com."
	if err := Validate([]Record{valid(), again}); err == nil || !strings.Contains(err.Error(), "Records[1] has the name and type of another record") {
		t.Errorf("the same record twice: %v", err)
	}
	if err := Validate(nil); err == nil {
		t.Error("no records are accepted")
	}
}

func TestEncode(t *testing.T) {
	p := Plan{HostedZoneID: "Z1", Records: []Record{valid()}, DryRun: true}
	text, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Decode(text)
	if diff := cmp.Diff(p, again); err != nil || diff != "" {
		t.Errorf("error %v\n%s", err, diff)
	}
	for range 30 {
		p.Records = append(p.Records, valid())
	}
	if _, err := p.Encode(); err == nil || !strings.Contains(err.Error(), "use several constructs") {
		t.Errorf("a long plan: %v", err)
	}
	for _, text := range []string{"", "{", "{}", `{"zone":"Z1"}`, `{"zone":"Z1","records":[{}]}`} {
		if _, err := Decode(text); err == nil {
			t.Errorf("%s is accepted", text)
		}
	}
}

// Route 53 Developer Guide, "Using IAM policy conditions for fine-grained access control".
func TestNormalize(t *testing.T) {
	for name, want := range map[string]string{"API.Example.com.": "api.example.com", "*.example.com": `\052.example.com`, "_a-1.b": "_a-1.b"} {
		if got := Normalize(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}
