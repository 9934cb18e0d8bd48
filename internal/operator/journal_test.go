package operator

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
)

func entry(detail string) failover.Entry {
	return failover.Entry{At: time.Unix(1, 0).UTC(), Outcome: &failover.Result{Outcome: failover.Moved, Detail: detail}}
}

// details are what the entries of a journal's file say.
func details(t *testing.T, path string) string {
	t.Helper()
	r, err := ReadJournal(path)
	if err != nil {
		t.Fatal(err)
	}
	if r.Run != "r1" || r.Document.Application != "Shop" {
		t.Errorf("got run %q of %q", r.Run, r.Document.Application)
	}
	var all []string
	for _, e := range r.Entries {
		all = append(all, e.Outcome.Detail)
	}
	return strings.Join(all, " ")
}

// open opens the journal of run r1 and appends an entry.
func open(t *testing.T, directory, detail string) *Journal {
	t.Helper()
	j, err := OpenJournal(directory, topology.Document{Application: "Shop"}, "r1")
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if err := j.Append(t.Context(), "r1-back", entry(detail)); err != nil {
		t.Fatal(err)
	}
	return j
}

// A journal is gone on with, also after a crash that has cut its last line.
func TestJournal(t *testing.T) {
	directory := filepath.Join(t.TempDir(), "a", "b")
	first := open(t, directory, "one")
	if got := details(t, first.Path); got != "one" {
		t.Errorf("got %q", got)
	}
	file, err := os.OpenFile(first.Path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString(`{"at":"20`); err != nil {
		t.Fatal(err)
	}
	file.Close()
	second := open(t, directory, "two")
	if got := details(t, second.Path); got != "one two" {
		t.Errorf("got %q", got)
	}
	if got := len(second.Entries()); got != 2 {
		t.Errorf("the second journal has %d entries", got)
	}
	if info, err := os.Stat(second.Path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v", info.Mode(), err)
	}
}

// Names are no paths.
func TestJournalPath(t *testing.T) {
	if got := journalPath("/d", "../../etc", "../../passwd"); got != "/d/etc/passwd.jsonl" {
		t.Errorf("got %s", got)
	}
}

func TestReadJournalHostile(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"empty":    {"", "is neither a report.json nor the journal of a run"},
		"no JSON":  {"\x00\x01", "is neither a report.json nor the journal of a run"},
		"other":    {`{"version": 1}`, "is neither a report.json nor the journal of a run"},
		"too new":  {`{"warmstandby": 2, "run": "r1"}`, "has version 2, and this command reads version 1"},
		"too long": {`{"warmstandby": 1, "run": "r1"}` + "\n" + strings.Repeat("x", maxLine+1), "token too long"},
	} {
		path := filepath.Join(t.TempDir(), "j")
		if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadJournal(path); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
	if _, err := ReadJournal(t.TempDir()); err == nil {
		t.Error("a directory was read")
	}
}
