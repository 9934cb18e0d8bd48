package lifecyclebus

import (
	"strings"
	"testing"
)

func TestValidate(t *testing.T) {
	const id, name = "RQDLgR8ar2ipEV0VbfQLno", "arpio-lifecycle-events-RQDLgR8ar2ipEV0VbfQLno"
	for test, tc := range map[string]struct {
		props Props
		want  []string // nothing means valid
	}{
		"account":                      {Props{ArpioAccountID: id}, nil},
		"name":                         {Props{Name: name, ArchiveDays: 30}, nil},
		"arn":                          {Props{Arn: "arn:aws:events:us-east-2:123456789012:event-bus/" + name}, nil},
		"fails on nothing":             {Props{}, []string{"one of ArpioAccountID, Name and Arn must be set, got 0"}},
		"fails on two":                 {Props{ArpioAccountID: id, Name: name}, []string{"got 2 of them"}},
		"fails on an AWS account":      {Props{ArpioAccountID: "123456789012"}, []string{"not an AWS account"}},
		"fails on a name for an id":    {Props{ArpioAccountID: name}, []string{"ArpioAccountID must be like"}},
		"fails on a name with a slash": {Props{Name: "aws.partner/x"}, []string{`Name must be like arpio-lifecycle-events-`}},
		"fails on another ARN":         {Props{Arn: "arn:aws:events:us-east-2:123456789012:rule/x"}, []string{"Arn must be like"}},
		"fails on the default bus":     {Props{Name: "default"}, []string{"the default bus is not Arpio's"}},
		"fails on days":                {Props{Name: name, ArchiveDays: -1}, []string{"ArchiveDays must be 1 or more, got -1"}},
	} {
		t.Run(test, func(t *testing.T) {
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
