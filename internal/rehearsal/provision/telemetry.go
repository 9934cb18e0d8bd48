package provision

import (
	"fmt"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// need is an action that Lambda takes in the name of a function's role, and its resource.
type need struct{ action, resource string }

// telemetryNeeds are what a function's role must allow so that the function's logs, and its traces if it has any, are written.
// See "Sending Lambda function logs to CloudWatch Logs" and "Visualize Lambda function invocations using AWS X-Ray" in the
// Lambda developer guide.
func telemetryNeeds(f awssim.Function, logGroup string) []need {
	needs := []need{
		{"logs:CreateLogStream", logGroup + ":*"},
		{"logs:PutLogEvents", logGroup + ":log-stream:*"},
	}
	if f.Tracing == "Active" {
		needs = append(needs, need{"xray:PutTraceSegments", "*"}, need{"xray:PutTelemetryRecords", "*"})
	}
	return needs
}

// checkTelemetry finds what the roles of functions lack, now that they have all their policies.
func (b *builder) checkTelemetry() {
	b.cloud.Do(func(s *awssim.State) {
		for _, f := range b.Functions {
			state, _ := s.Region(f.Region).Functions.Get(f.Name)
			role, err := roleOf(s, f.Role)
			if err != nil {
				f.Lacks = append(f.Lacks, err)
				continue
			}
			for _, n := range telemetryNeeds(state, "arn:aws:logs:"+f.Region+":"+b.account+":log-group:"+state.LogGroup) {
				if err := allowed(role, f.Name, n.action, n.resource); err != nil {
					f.Lacks = append(f.Lacks, fmt.Errorf("function %s: %w", f.Name, err))
				}
			}
		}
	})
}
