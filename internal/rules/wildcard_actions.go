package rules

import (
	"slices"
	"strings"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

// wildcardActions finds statements that allow actions by a pattern, and so allow actions that do not exist yet. One pattern is
// left alone: a KMS key policy that gives kms:* to the account's root, which AWS sets by default and recommends, because a key
// that no principal administers can never be changed again.
// See https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html.
var wildcardActions = Rule{
	ID:      "wildcard-actions",
	Summary: "a policy allows actions by a wildcard or by NotAction",
	check: func(a *assembly.Assembly) []Finding {
		var findings []Finding
		for s := range allows(a) {
			if s.raw["NotAction"] != nil {
				findings = append(findings, s.finding("NotAction",
					"policy allows all actions but some by NotAction (%s): list the actions that are needed",
					short(strings.Join(s.texts("NotAction"), ", "))))
			}
			for _, action := range s.texts("Action") {
				if !hasWildcard(action) || (action == "kms:*" && s.isKeyAdministration()) {
					continue
				}
				findings = append(findings, s.finding(action, "policy allows %s: list the actions that are needed", action))
			}
		}
		return findings
	},
}

// hasWildcard reports whether an action, resource or principal matches more than itself. A placeholder for what is known only
// after deployment is no wildcard.
func hasWildcard(s string) bool {
	return strings.ContainsAny(unknownPart.ReplaceAllString(s, ""), "*?")
}

// isKeyAdministration reports whether the statement is of a KMS key's policy and for the root of the key's own account only.
func (s statement) isKeyAdministration() bool {
	if !slices.Contains([]string{"AWS::KMS::Key", "AWS::KMS::ReplicaKey"}, s.resource.Type) {
		return false
	}
	principal, ok := s.raw["Principal"].(map[string]any)
	if !ok || len(principal) != 1 {
		return false
	}
	own, _ := s.render(map[string]any{"Ref": "AWS::AccountId"})
	for _, v := range list(principal["AWS"]) {
		text, _ := s.render(v)
		if text != own && !strings.HasSuffix(text, "::"+own+":root") {
			return false
		}
	}
	return principal["AWS"] != nil
}
