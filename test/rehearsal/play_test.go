package rehearsal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	runreport "github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
)

// What the command plays by default holds, is reported, and leaves nothing behind.
func TestPlay(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "out")
	p, code, output := run(t, "--assembly", assembly, "--database", string(database.MariaDB), "--seed", "7", "--report", out, "--json", filepath.Join(out, "run.json"),
		"--approve", "command:grep -q ''")
	if code != 0 || !strings.Contains(output, "HELD: everything that must hold did.") {
		t.Fatalf("exit code %d:\n%s", code, output)
	}
	if left := p.left(); len(left) > 0 {
		t.Errorf("left behind:\n%s", strings.Join(left, "\n"))
	}
	var r runreport.Report
	decode(t, filepath.Join(out, "run.json"), &r)
	reproduce := r.Rehearsal.Reproduce
	if r.Rehearsal.Scenario != "switchover" || !r.Succeeded() || reproduce.Seed != 7 || len(reproduce.Templates) < 8 || len(reproduce.Templates["ToDoMgmt-edge"]) != 64 {
		t.Errorf("got %+v", reproduce)
	}
	for _, name := range []string{"report.html", "report.md", "report.json"} {
		if text, err := os.ReadFile(filepath.Join(out, name)); err != nil || !strings.Contains(string(text), r.Run) {
			t.Errorf("%s, %v, does not name the run", name, err)
		}
	}
}

// Whoever approves may say no, and then nothing is moved.
func TestPlayIsNotApproved(t *testing.T) {
	t.Parallel()
	_, code, output := run(t, "--assembly", assembly, "--approve", "command:false", "--quiet")
	if code != 1 || !strings.Contains(output, "  FAIL  the pipeline succeeds\n") || strings.Contains(output, "promotion ") {
		t.Errorf("exit code %d:\n%s", code, output)
	}
}
