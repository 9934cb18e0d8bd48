package regionalparameter

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
)

func TestValidate(t *testing.T) {
	valid := func(change func(*Props)) Props {
		p := Props{Name: "/app/pri/api-id", Value: "abc", Region: "us-east-1"}
		if change != nil {
			change(&p)
		}
		return p
	}
	for name, tc := range map[string]struct {
		props Props
		want  []string // nothing means valid
	}{
		"what is required": {valid(nil), nil},
		"one level":        {valid(func(p *Props) { p.Name = "/api-id" }), nil},
		"fifteen levels":   {valid(func(p *Props) { p.Name = strings.Repeat("/a", 15) }), nil},
		"longest name":     {valid(func(p *Props) { p.Name = "/" + strings.Repeat("a", 1010) }), nil},
		"other characters": {valid(func(p *Props) { p.Name = "/App_1/a.b-c" }), nil},
		"aws further down": {valid(func(p *Props) { p.Name = "/app/aws" }), nil},

		"fails on nothing": {Props{}, []string{
			`Name must be levels such as /app/pri/api-id of letters, digits and _.-, got ""`,
			"Value must not be empty", "Region must not be empty",
		}},
		"fails without a slash":      {valid(func(p *Props) { p.Name = "api-id" }), []string{`got "api-id"`}},
		"fails on a trailing slash":  {valid(func(p *Props) { p.Name = "/app/" }), []string{`got "/app/"`}},
		"fails on an empty level":    {valid(func(p *Props) { p.Name = "/app//id" }), []string{`got "/app//id"`}},
		"fails on a space":           {valid(func(p *Props) { p.Name = "/app id" }), []string{`got "/app id"`}},
		"fails on sixteen levels":    {valid(func(p *Props) { p.Name = strings.Repeat("/a", 16) }), []string{"Name must be levels"}},
		"fails on too long a name":   {valid(func(p *Props) { p.Name = "/" + strings.Repeat("a", 1011) }), []string{"Name must be levels"}},
		"fails on AWS's names":       {valid(func(p *Props) { p.Name = "/AWS-x/id" }), []string{`Name must not start with aws or ssm, which are reserved, got "/AWS-x/id"`}},
		"fails on Systems Manager's": {valid(func(p *Props) { p.Name = "/ssm/id" }), []string{`got "/ssm/id"`}},
		"fails without a value":      {valid(func(p *Props) { p.Value = "" }), []string{"Value must not be empty"}},
		"fails without a Region":     {valid(func(p *Props) { p.Region = "" }), []string{"Region must not be empty"}},
	} {
		t.Run(name, func(t *testing.T) {
			err := tc.props.validate()
			if tc.want == nil {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q lacks %q", err, want)
				}
			}
			if got := strings.Count(err.Error(), "\n") + 1; got != len(tc.want) {
				t.Errorf("%d problems, want %d: %v", got, len(tc.want), err)
			}
		})
	}
}

func TestDefaults(t *testing.T) {
	if got := (Props{}).withDefaults().LogRetention; got != awslogs.RetentionDays_ONE_MONTH {
		t.Errorf("LogRetention is %s by default", got)
	}
	if got := (Props{LogRetention: awslogs.RetentionDays_ONE_WEEK}).withDefaults().LogRetention; got != awslogs.RetentionDays_ONE_WEEK {
		t.Errorf("a LogRetention of a week became %s", got)
	}
}
