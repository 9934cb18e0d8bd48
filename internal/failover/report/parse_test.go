package report_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/failover/report/reporttest"
)

// What a report is written as can be read again, and gives the same.
func TestParse(t *testing.T) {
	for _, r := range []report.Report{reporttest.RegionLoss(time.Minute, 1), reporttest.Run()} {
		again, err := report.Parse(r.JSON())
		if err != nil || !bytes.Equal(again.JSON(), r.JSON()) || !bytes.Equal(again.HTML(), r.HTML()) {
			t.Errorf("%s: %v, or something else was read", r.Run, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "not the report",
		"{":                                   "not the report",
		"null":                                "not the report",
		`{"foo":1}`:                           "not the report",
		`{"version":1,"runs":[]}`:             "not the report",
		`{"version":1,"run":"x","moves":[]}{`: "not the report",
		`{"version":2,"run":"x","moves":[]}`:  "the report has version 2, and this command reads version 1; use the release that wrote it",
		`{"version":1,"run":"x","moves":[{"target":7}]}`: "the report cannot be read",
	} {
		_, err := report.Parse([]byte(text))
		if err == nil || !strings.Contains(err.Error(), want) || errors.Is(err, report.ErrNoReport) != (want == "not the report") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestSave(t *testing.T) {
	directory := filepath.Join(t.TempDir(), "a", "b")
	if err := reporttest.Run().Save(directory); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"report.html", "report.json", "report.md"} {
		if text, err := os.ReadFile(filepath.Join(directory, name)); err != nil || !strings.Contains(string(text), reporttest.Run().Run) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := reporttest.Run().Save(filepath.Join(directory, "report.md")); err == nil {
		t.Error("a file is taken for a directory")
	}
}
