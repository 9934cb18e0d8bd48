package report_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/failover/report/reporttest"
)

// FuzzPage draws reports that somebody else may have written: whatever can be read has a page and a text.
func FuzzPage(f *testing.F) {
	short := reporttest.RegionLoss(time.Minute, 1)
	short.Rehearsal.Timeline.Buckets = short.Rehearsal.Timeline.Buckets[:3]
	short.Rehearsal.Timeline.Samples = short.Rehearsal.Timeline.Samples[:3]
	short.Rehearsal.Clients.Lost.Writes = short.Rehearsal.Clients.Lost.Writes[:2]
	for _, r := range []report.Report{short, reporttest.Run(), {}} {
		f.Add(r.JSON())
	}
	f.Add([]byte(`{"rehearsal":{"regions":[],"timeline":{"width":0,"buckets":[{"start":-9,"reads":{"":1}},{"start":9e15}],"samples":[{"at":1}]}}}`))
	f.Add([]byte(`{"moves":[{"before":{"regions":{"pri":null}},"decision":{"reasons":null},"steps":null,"loss":{},"recovery":{}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var r report.Report
		if json.Unmarshal(data, &r) != nil {
			return
		}
		if page := r.HTML(); bytes.Contains(page, []byte("The page could not be drawn")) || !bytes.HasSuffix(page, []byte("</html>\n")) {
			t.Errorf("got %.400s", page)
		}
		if r.Markdown() == "" {
			t.Error("there is no text")
		}
	})
}
