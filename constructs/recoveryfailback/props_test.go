package recoveryfailback

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
)

func TestValidate(t *testing.T) {
	valid := Props{Application: "To Do", PrimaryRegion: "us-east-1"}
	with := func(change func(*Props)) Props {
		p := valid
		change(&p)
		return p
	}
	for name, tc := range map[string]struct {
		props Props
		want  []string // nothing means valid
	}{
		"what is required": {valid, nil},
		"all texts": {with(func(p *Props) {
			p.PrimaryURL, p.PublicURL, p.AccessStack = "https://a.example/x", "http://127.0.0.1:8080/", "Arpio-1"
			p.Approvers = []string{"arn:aws:iam::123456789012:user/a", "arn:aws:sts::123456789012:assumed-role/r/s"}
			p.Emails = []string{"a@example.com"}
		}), nil},
		"fails on nothing":       {Props{}, []string{`Application must have`, `PrimaryRegion must be a Region such as us-east-1, got ""`}},
		"fails on a name":        {with(func(p *Props) { p.Application = "a{{b}}" }), []string{`got "a{{b}}"`}},
		"fails on URLs":          {with(func(p *Props) { p.PrimaryURL, p.PublicURL = "ftp://a", "https://u:p@a.example" }), []string{`PrimaryURL must be`, `PublicURL must be`}},
		"fails on a stack":       {with(func(p *Props) { p.AccessStack = "a*" }), []string{`AccessStack must be the name of a stack, got "a*"`}},
		"fails on half of DNS":   {with(func(p *Props) { p.DnsPayload = "{}" }), []string{"Dns and DnsPayload must be set together"}},
		"fails on approvers":     {with(func(p *Props) { p.Approvers = append(make([]string, 10), "*") }), []string{"at most 10, got 11", `got "*"`}},
		"fails on email address": {with(func(p *Props) { p.Emails = []string{"a"} }), []string{`got "a"`}},
	} {
		t.Run(name, func(t *testing.T) {
			err := tc.props.validate()
			if (err == nil) != (tc.want == nil) {
				t.Fatalf("got %v, want %q", err, tc.want)
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q lacks %q", err, want)
				}
			}
		})
	}
}

func TestDefaults(t *testing.T) {
	if p := (Props{}).withDefaults(); p.LogRetention != awslogs.RetentionDays_ONE_YEAR || p.RemovalPolicy != awscdk.RemovalPolicy_RETAIN {
		t.Errorf("by default, the record is kept for %s days and %s", p.LogRetention, p.RemovalPolicy)
	}
}
