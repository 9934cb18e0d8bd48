package eventpattern

import (
	"slices"
	"strings"
	"testing"
)

// sample is the event that the user guide's examples are about, with fields for every operator.
const sample = `{
	"version": "0", "id": "ddddd4-aaaa-7777-4444-345dd43cc333", "detail-type": "EC2 Instance State-change Notification",
	"source": "aws.ec2", "account": "012345679012", "time": "2017-10-02T16:24:49Z", "region": "us-west-1",
	"resources": ["arn:aws:ec2:us-east-1:123456789012:instance/i-a", "arn:aws:ec2:us-east-1:123456789012:instance/i-b"],
	"detail": {
		"c-count": 5, "d-count": 3.0, "x-limit": 301.8, "big": 123456789012345678, "source-ip": "10.0.0.33", "ipv6": "2001:DB8:0:0::1",
		"state": "Running", "empty": "", "nothing": null, "yes": true, "no": false, "file": "dir/sub/image.PNG", "star": "a*b\\c",
		"none": [], "object": {"inner": 1}, "numbers": [1, 20, "x"], "dotted.name": "here", "unicode": "Straße"
	}
}`

func TestMatch(t *testing.T) {
	for pattern, want := range map[string]bool{
		// Exact values, and, or, null, empty strings: "Event patterns", "Matching null values and empty strings".
		`{"source": ["aws.ec2"], "detail-type": ["EC2 Instance State-change Notification"]}`: true,
		`{"source": ["aws.ec2"], "region": ["us-east-1"]}`:                                   false,
		`{"region": ["us-east-1", "us-west-1"]}`:                                             true,
		`{"source": ["AWS.EC2"]}`:                                                            false,
		`{"detail": {"c-count": [5]}}`:                                                       true,
		`{"detail": {"c-count": [5.0]}}`:                                                     true,
		`{"detail": {"c-count": ["5"]}}`:                                                     false,
		`{"detail": {"d-count": [3]}}`:                                                       true,
		`{"detail": {"x-limit": [3.018e2]}}`:                                                 true,
		`{"detail": {"big": [123456789012345678]}}`:                                          true,
		`{"detail": {"big": [123456789012345679]}}`:                                          false,
		`{"detail": {"empty": [""]}}`:                                                        true,
		`{"detail": {"empty": [null]}}`:                                                      false,
		`{"detail": {"nothing": [null]}}`:                                                    true,
		`{"detail": {"nothing": [""]}}`:                                                      false,
		`{"detail": {"nothing": ["null"]}}`:                                                  false,
		`{"detail": {"yes": [true], "no": [false]}}`:                                         true,
		`{"detail": {"yes": [false]}}`:                                                       false,
		`{"detail": {"ipv6": ["2001:db8::1"]}}`:                                              true,
		`{"detail": {"missing": ["x"]}}`:                                                     false,
		`{"detail": {"state": {"inner": ["Running"]}}}`:                                      false,
		`{"detail": {"dotted": {"name": ["here"]}}, "detail.state": ["Running"]}`:            true,
		`{"resources": ["arn:aws:ec2:us-east-1:123456789012:instance/i-b", "other"]}`:        true,
		`{"resources": ["other"]}`:                                                           false,
		`{"detail": {"numbers": [20]}}`:                                                      true,
		// Prefix and suffix.
		`{"time": [{"prefix": "2017-10-02"}]}`:                               true,
		`{"time": [{"prefix": "2017-10-03"}]}`:                               false,
		`{"time": [{"prefix": ""}]}`:                                         true,
		`{"detail": {"c-count": [{"prefix": "5"}]}}`:                         false,
		`{"detail": {"state": [{"prefix": {"equals-ignore-case": "RUN"}}]}}`: true,
		`{"detail": {"state": [{"prefix": "RUN"}]}}`:                         false,
		`{"detail": {"file": [{"suffix": ".PNG"}]}}`:                         true,
		`{"detail": {"file": [{"suffix": ".png"}]}}`:                         false,
		`{"detail": {"file": [{"suffix": {"equals-ignore-case": ".png"}}]}}`: true,
		`{"resources": [{"suffix": "i-b"}]}`:                                 true,
		// Equals-ignore-case.
		`{"detail": {"state": [{"equals-ignore-case": "rUNNING"}]}}`: true,
		`{"detail": {"state": [{"equals-ignore-case": "runnin"}]}}`:  false,
		`{"detail": {"yes": [{"equals-ignore-case": "TRUE"}]}}`:      false,
		// Anything-but.
		`{"detail": {"state": [{"anything-but": "initializing"}]}}`:                                      true,
		`{"detail": {"state": [{"anything-but": "Running"}]}}`:                                           false,
		`{"detail": {"state": [{"anything-but": 5}]}}`:                                                   true,
		`{"detail": {"c-count": [{"anything-but": 5.0}]}}`:                                               false,
		`{"detail": {"c-count": [{"anything-but": "5"}]}}`:                                               true,
		`{"detail": {"x-limit": [{"anything-but": [100, 200, 300]}]}}`:                                   true,
		`{"detail": {"x-limit": [{"anything-but": [100, 301.8]}]}}`:                                      false,
		`{"detail": {"state": [{"anything-but": ["stopped", "Running"]}]}}`:                              false,
		`{"detail": {"nothing": [{"anything-but": "x"}]}}`:                                               true,
		`{"detail": {"missing": [{"anything-but": "x"}]}}`:                                               false,
		`{"detail": {"numbers": [{"anything-but": 1}]}}`:                                                 true, // 20 is not excluded
		`{"region": [{"anything-but": {"prefix": "us-"}}]}`:                                              false,
		`{"region": [{"anything-but": {"prefix": ["eu-", "us-"]}}]}`:                                     false,
		`{"region": [{"anything-but": {"prefix": ["eu-", "ap-"]}}]}`:                                     true,
		`{"detail": {"file": [{"anything-but": {"suffix": ".PNG"}}]}}`:                                   false,
		`{"detail": {"file": [{"anything-but": {"suffix": [".jpg", ".png"]}}]}}`:                         true,
		`{"detail": {"state": [{"anything-but": {"equals-ignore-case": "RUNNING"}}]}}`:                   false,
		`{"detail": {"state": [{"anything-but": {"equals-ignore-case": ["stopped", "initializing"]}}]}}`: true,
		`{"detail": {"file": [{"anything-but": {"wildcard": "*/sub/*"}}]}}`:                              false,
		`{"detail": {"file": [{"anything-but": {"wildcard": ["*/lib/*", "*.png"]}}]}}`:                   true,
		`{"detail": {"c-count": [{"anything-but": {"prefix": "5"}}]}}`:                                   true,
		// Numeric.
		`{"detail": {"c-count": [{"numeric": [">", 0, "<=", 5]}], "d-count": [{"numeric": ["<", 10]}]}}`: true,
		`{"detail": {"c-count": [{"numeric": [">", 5]}]}}`:                                               false,
		`{"detail": {"c-count": [{"numeric": [">=", 5, "<", 6]}]}}`:                                      true,
		`{"detail": {"c-count": [{"numeric": ["<", 5]}]}}`:                                               false,
		`{"detail": {"x-limit": [{"numeric": ["=", 3.018e2]}]}}`:                                         true,
		`{"detail": {"x-limit": [{"numeric": ["=", 301.800001]}]}}`:                                      false,
		`{"detail": {"big": [{"numeric": [">", 0]}]}}`:                                                   false, // beyond 5e9
		`{"account": [{"numeric": [">", 0]}]}`:                                                           false, // a string
		// Exists.
		`{"detail": {"c-count": [{"exists": true}]}}`:       true,
		`{"detail": {"c-count": [{"exists": false}]}}`:      false,
		`{"detail": {"missing": [{"exists": false}]}}`:      true,
		`{"detail": {"nothing": [{"exists": true}]}}`:       true,
		`{"detail": {"object": [{"exists": true}]}}`:        false,
		`{"detail": {"object": [{"exists": false}]}}`:       true,
		`{"detail": {"none": [{"exists": false}]}}`:         true,
		`{"detail": {"missing": ["x", {"exists": false}]}}`: true,
		// IP addresses.
		`{"detail": {"source-ip": [{"cidr": "10.0.0.0/24"}]}}`:  true,
		`{"detail": {"source-ip": [{"cidr": "10.0.0.0/27"}]}}`:  false,
		`{"detail": {"source-ip": [{"cidr": "10.0.0.34/24"}]}}`: false,
		`{"detail": {"source-ip": [{"cidr": "::/0"}]}}`:         false,
		`{"detail": {"ipv6": [{"cidr": "2001:db8::/32"}]}}`:     true,
		`{"detail": {"state": [{"cidr": "0.0.0.0/0"}]}}`:        false,
		// Wildcards.
		`{"detail": {"file": [{"wildcard": "dir/*.PNG"}]}}`:           true,
		`{"detail": {"file": [{"wildcard": "dir/*/*/image.PNG"}]}}`:   false,
		`{"detail": {"file": [{"wildcard": "*"}]}}`:                   true,
		`{"detail": {"file": [{"wildcard": "*image.PNGimage.PNG"}]}}`: false,
		`{"detail": {"file": [{"wildcard": "dir/sub/image.PNG"}]}}`:   true,
		`{"detail": {"star": [{"wildcard": "a\\*b\\\\*"}]}}`:          true,
		`{"detail": {"file": [{"wildcard": "dir\\*"}]}}`:              false,
		`{"detail": {"unicode": [{"wildcard": "Str*ße"}]}}`:           true,
		`{"detail": {"c-count": [{"wildcard": "*"}]}}`:                false,
		// Choices.
		`{"$or": [{"source": ["other"]}, {"region": ["us-west-1"]}]}`:                                                                  true,
		`{"$or": [{"source": ["other"]}, {"region": ["other"]}]}`:                                                                      false,
		`{"source": ["other"], "$or": [{"account": [{"exists": true}]}, {"region": ["us-west-1"]}]}`:                                   false,
		`{"detail": {"$or": [{"c-count": [{"numeric": [">", 9]}]}, {"d-count": [{"numeric": ["<", 10]}]}, {"x-limit": [1]}]}}`:         true,
		`{"source": ["aws.ec2"], "$or": [{"id": ["x"]}, {"account": ["012345679012"], "$or": [{"time": ["x"]}, {"version": ["0"]}]}]}`: true,
		`{"$or": [{"id": ["x"]}, {"account": ["x"]}], "detail": {"$or": [{"state": ["Running"]}, {"yes": [true]}]}}`:                   false,
	} {
		p, err := Compile([]byte(pattern))
		if err != nil {
			t.Errorf("%s: %v", pattern, err)
			continue
		}
		if got, err := p.Match([]byte(sample)); err != nil || got != want {
			t.Errorf("%s matches: %v, want %v, error %v", pattern, got, want, err)
		}
		if mismatches, err := p.Explain([]byte(sample)); err != nil || len(mismatches) == 0 != want {
			t.Errorf("%s: mismatches %v, error %v", pattern, mismatches, err)
		}
	}
}

// Event Ruler, "JSON Array Matching".
func TestLists(t *testing.T) {
	const employees = `{"employees": [[{"first": "John", "last": "Doe"}, {"first": "Anna", "last": "Smith"}],
		[{"first": "Peter", "last": "Jones", "tags": ["a", "b"]}]], "other": [{"last": "Jones"}], "plain": 1}`
	for pattern, want := range map[string]bool{
		`{"employees": {"first": ["Anna"]}}`:                                               true,
		`{"employees": {"first": ["Anna"], "last": ["Smith"]}}`:                            true,
		`{"employees": {"first": ["Anna"], "last": ["Doe"]}}`:                              false,
		`{"employees": {"first": ["Anna"], "last": ["Jones"]}}`:                            false,
		`{"employees": {"first": ["Anna"]}, "other": {"last": ["Jones"]}, "plain": [1]}`:   true,
		`{"employees": {"first": ["Peter"], "last": ["Jones"], "tags": ["b"]}}`:            true,
		`{"employees": {"first": ["Anna"], "tags": ["b"]}}`:                                false,
		`{"employees": {"first": ["John", "Peter"], "last": [{"anything-but": "Doe"}]}}`:   true,
		`{"employees": {"first": ["Anna"], "middle": [{"exists": false}]}}`:                true,
		`{"employees": {"$or": [{"first": ["x"]}, {"first": ["John"], "last": ["Doe"]}]}}`: true,
	} {
		p, err := Compile([]byte(pattern))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := p.Match([]byte(employees)); err != nil || got != want {
			t.Errorf("%s matches: %v, want %v, error %v", pattern, got, want, err)
		}
	}
}

func TestRules(t *testing.T) {
	var patterns []*Pattern
	for _, text := range []string{`{"source":["aws.ec2"]}`, `{"source":["x"]}`, `{"source":["aws.ec2"],"detail":{"state":["Running"]}}`, `{"source":["aws.ec2"],"detail":{"state":["x"]}}`} {
		p, err := Compile([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		patterns = append(patterns, p)
	}
	if got, err := NewRules(patterns...).Match([]byte(sample)); err != nil || !slices.Equal(got, []int{0, 2}) {
		t.Errorf("matched %v, error %v", got, err)
	}
	if got, err := NewRules().Match([]byte(sample)); err != nil || got != nil {
		t.Errorf("without rules, matched %v, error %v", got, err)
	}
}

func TestExplain(t *testing.T) {
	for pattern, want := range map[string]string{
		`{"source": ["io.arpio"], "region": ["us-west-1"], "detail": {"missing": ["x"], "state": [ "a", {"prefix": "b"} ]}}`: `detail.missing: wanted one of ["x"], found nothing
detail.state: wanted one of ["a",{"prefix":"b"}], found "Running"
source: wanted one of ["io.arpio"], found "aws.ec2"`,
		`{"detail": {"numbers": [{"numeric": [">", 30]}]}}`:                `detail.numbers: wanted one of [{"numeric":[">",30]}], found 1, 20, "x"`,
		`{"detail": {"yes": [{"exists": false}]}}`:                         `detail.yes: wanted one of [{"exists":false}], found true`,
		`{"$or": [{"source": ["a"], "region": ["b"]}, {"source": ["c"]}]}`: `source: wanted one of ["c"], found "aws.ec2"`,
	} {
		wantText(t, explain(t, pattern, sample), want)
	}
	wantText(t, explain(t, `{"l": {"a": [1], "b": [2]}}`, `{"l": [{"a": 1, "b": 1}, {"a": 2, "b": 2}]}`),
		"l.a: 1, 2 is in another element of a list than what other fields match\nl.b: 1, 2 is in another element of a list than what other fields match")
	wantText(t, explain(t, `{"a": ["x"]}`, `{"a": "`+strings.Repeat("y", 500)+`"}`), `a: wanted one of ["x"], found "`+strings.Repeat("y", 79)+"…")
}

func explain(t *testing.T, pattern, event string) string {
	t.Helper()
	p, err := Compile([]byte(pattern))
	if err != nil {
		t.Fatal(err)
	}
	mismatches, err := p.Explain([]byte(event))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, m := range mismatches {
		lines = append(lines, m.String())
	}
	return strings.Join(lines, "\n")
}

func wantText(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
