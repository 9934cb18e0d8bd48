package rules

import (
	"strings"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

// automationDocumentARN finds EventBridge targets that never start: a Systems Manager automation is addressed by its
// automation-definition ARN, and CloudFormation accepts the document's ARN without a word. Run Command, which is given its
// instances by RunCommandParameters, does take the document's ARN.
// See https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html.
var automationDocumentARN = Rule{
	ID:      "automation-document-arn",
	Summary: "an EventBridge rule targets a Systems Manager document instead of an automation definition",
	check: func(a *assembly.Assembly) []Finding {
		var findings []Finding
		for r := range each(a, "AWS::Events::Rule") {
			for _, target := range list(r.property("Targets")) {
				arn, _ := r.render(at(target, "Arn"))
				service, document, found := strings.Cut(arn, ":document/")
				if !found || !strings.Contains(service, ":ssm:") || at(target, "RunCommandParameters") != nil {
					continue
				}
				findings = append(findings, r.finding(arn,
					"target is the document %s, which EventBridge cannot start as an automation: use %s:automation-definition/%s:$DEFAULT",
					arn, service, document))
			}
		}
		return findings
	},
}
