package report_test

import (
	"strings"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/failover/report/reporttest"
)

// TestApprovals says in all forms who decided.
func TestApprovals(t *testing.T) {
	const by = "arn:aws:iam::123456789012:user/manager"
	for want, a := range map[string]report.Approval{
		"Approve approved by " + by + " at 2026-03-01 12:00:09 UTC": {Action: "Approve", Approved: true, By: by, At: at(9)},
		"Approve approved by unknown at 2026-03-01 12:00:09 UTC":    {Action: "Approve", Approved: true, At: at(9)},
		"Hold rejected by " + by + " at 2026-03-01 12:00:09 UTC":    {Action: "Hold", By: by, At: at(9)},
		"Hold approved by nobody until 2026-03-01 12:00:09 UTC":     {Action: "Hold", At: at(9)},
		"&lt;b> approved by &lt;i> at 2026-03-01 12:00:09 UTC":      {Action: "<b>", Approved: true, By: "<i>", At: at(9)},
		`Approve approved by a b\|c at 2026-03-01 12:00:09 UTC`:     {Action: "Approve", Approved: true, By: "a\nb|c", At: at(9)},
	} {
		for _, r := range []report.Report{reporttest.Run(), reporttest.RegionLoss(time.Minute, 1)} {
			r.Approvals = []report.Approval{a}
			if text := r.Markdown(); !strings.Contains(text, "- approval: "+want+"\n") {
				t.Errorf("the text lacks %q:\n%s", want, text)
			}
			page, shown := string(r.HTML()), strings.NewReplacer("&lt;", "<", ">", "&gt;", `\|`, "|").Replace(want)
			shown = strings.NewReplacer("<", "&lt;", "a b|c", "a\nb|c").Replace(shown)
			for _, element := range []string{"<dt>Approval</dt><dd>" + shown + "</dd>", `<p class="approval">` + shown + ".</p>"} {
				if !strings.Contains(page, element) {
					t.Errorf("the page lacks %q", element)
				}
			}
		}
	}
}
