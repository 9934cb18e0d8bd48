package notificationrule

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
)

func upserts() []lifecycle.EventType { return []lifecycle.EventType{lifecycle.ResourceUpsert} }

func TestValidateMessage(t *testing.T) {
	for name, tc := range map[string]struct {
		message string
		types   []lifecycle.EventType
		want    []string // nothing means valid
	}{
		"default, for all": {DefaultMessage, lifecycle.EventTypes(), nil},
		"of a resource":    {"<recovery-resource-id> is <recovery-resource-state> (<restore-phase>)", upserts(), nil},
		"no field":         {"Arpio is at work", lifecycle.EventTypes(), nil},
		"a quote":          {`"<id>" \ <id>`, upserts(), nil},

		"fails on an unknown field":            {"<instance>", upserts(), []string{`there is no field "instance"`}},
		"fails on a variable of EventBridge's": {"<aws.events.event.json>", upserts(), []string{`there is no field "aws.events.event.json"`}},
		"fails on what events need not carry": {
			"<recovery-resource-id>", lifecycle.EventTypes(), []string{"ArpioRecoveryStart events need not carry recovery-resource-id"},
		},
		"fails on free text":  {"<recovery-resource-name>", upserts(), []string{"recovery-resource-name is free text"}},
		"fails on a list":     {"<resources>", upserts(), []string{"resources is a list of strings"}},
		"fails on a bracket":  {"a < b", upserts(), []string{"must have < and > around names of fields only"}},
		"fails on two lines":  {"a\nb", upserts(), []string{"must be one line"}},
		"fails on long texts": {strings.Repeat("a", 1601), upserts(), []string{"at most 1600"}},
	} {
		t.Run(name, func(t *testing.T) { wantErrors(t, validateMessage(tc.message, tc.types), tc.want) })
	}
}

func TestValidate(t *testing.T) {
	p := Props{
		Emails:       []string{"on-call@example.com", "On Call <on-call@example.com>", "nobody"},
		PhoneNumbers: []string{"+14155550100", "4155550100"},
		Topics:       make([]awssns.ITopic, 5),
	}
	wantErrors(t, p.validate(), []string{
		"Bus must be set", `got "On Call <on-call@example.com>"`, `got "nobody"`, `PhoneNumbers must be like +14155550100, got "4155550100"`,
		"Topics and Queues must be at most 4 together, got 5",
	})
}

func wantErrors(t *testing.T, err error, want []string) {
	t.Helper()
	if (err == nil) != (len(want) == 0) {
		t.Fatalf("got %v, want %q", err, want)
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q lacks %q", err, w)
		}
	}
}
