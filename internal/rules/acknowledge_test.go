package rules_test

import (
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/internal/rules"
)

func TestAcknowledge(t *testing.T) {
	const reason = "the bucket is public by design"
	tests := map[string]struct {
		acknowledgement rules.Acknowledgement
		accepted        int
		// remaining is the number of findings of the rules, besides what is found about the acknowledgement.
		remaining int
		says      string
	}{
		"by logical ID":     {rules.Acknowledgement{Rule: "wildcard-resources", Stack: "Test", Resource: "Policy", Reason: reason}, 2, 1, ""},
		"by construct path": {rules.Acknowledgement{Rule: "wildcard-resources", Stack: "Test", Resource: "Test/*/Resource", Reason: reason}, 2, 1, ""},
		"by globs":          {rules.Acknowledgement{Rule: "wildcard-actions", Stack: "T*t", Resource: "*Pol*", Reason: reason}, 1, 2, ""},
		"one value":         {rules.Acknowledgement{Rule: "wildcard-resources", Stack: "Test", Resource: "Policy", Value: "s3:PutObject", Reason: reason}, 1, 2, ""},
		"fails for another stack": {
			rules.Acknowledgement{Rule: "wildcard-actions", Stack: "Tes", Resource: "Policy", Reason: reason}, 0, 3, "matches no finding",
		},
		"fails for another beginning": {
			rules.Acknowledgement{Rule: "wildcard-actions", Stack: "Test", Resource: "X*", Reason: reason}, 0, 3, "matches no finding",
		},
		"fails for another middle": {
			rules.Acknowledgement{Rule: "wildcard-actions", Stack: "Test", Resource: "P*x*y", Reason: reason}, 0, 3, "matches no finding",
		},
		"fails for another end": {
			rules.Acknowledgement{Rule: "wildcard-actions", Stack: "Test", Resource: "Policy*x", Reason: reason}, 0, 3, "matches no finding",
		},
		"fails for a rule that finds nothing": {
			rules.Acknowledgement{Rule: "plaintext-secret", Stack: "Test", Resource: "Policy", Reason: reason}, 0, 3, "matches no finding",
		},
		"fails without a reason": {
			rules.Acknowledgement{Rule: "wildcard-actions", Stack: "Test", Resource: "Policy", Reason: " "}, 0, 3, "must set Reason",
		},
		"fails when empty": {rules.Acknowledgement{}, 0, 3, "must set Rule, Stack, Resource, Reason"},
		"fails for an unknown rule": {
			rules.Acknowledgement{Rule: "wildcards", Stack: "Test", Resource: "Policy", Reason: reason}, 0, 3, `"wildcards" for "Policy" in stack "Test" names no rule`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			result := rules.Check(assemble(t, one(wide)), []rules.Acknowledgement{test.acknowledgement})
			if len(result.Acknowledged) != test.accepted {
				t.Errorf("accepted %d findings, want %d", len(result.Acknowledged), test.accepted)
			}
			for _, f := range result.Acknowledged {
				if f.Reason != reason || f.Rule != test.acknowledgement.Rule {
					t.Errorf("accepted %+v", f)
				}
			}
			remaining := test.remaining
			if test.says != "" {
				remaining++
				if last := result.Findings[len(result.Findings)-1]; !strings.Contains(last.Message, test.says) {
					t.Errorf("message %q does not say %q", last.Message, test.says)
				}
			}
			if len(result.Findings) != remaining {
				t.Errorf("got %d findings, want %d: %v", len(result.Findings), remaining, result.Findings)
			}
		})
	}
}

func TestAppAcknowledgementsAreComplete(t *testing.T) {
	for _, f := range rules.Check(assemble(t, stacks{}), rules.AppAcknowledgements()).Findings {
		if f.Rule == "incomplete-acknowledgement" {
			t.Error(f.Message)
		}
	}
}
