package simulation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/rehearsal/sandbox"
)

// Shell stands for the shells of servers. It runs nothing: it knows the script of the template's runbook, which appends a line to
// /tmp/hello.txt, by its text, and notes the effect. Now and then a script fails before it has one.
type Shell struct {
	*world

	script string // the template's, without its first line

	mu      sync.Mutex
	runs    map[string]int // by server
	effects map[string]int // by server
}

func newShell(w *world) (*Shell, error) {
	s := &Shell{world: w, runs: map[string]int{}, effects: map[string]int{}}
	var runbook struct {
		MainSteps []struct {
			Inputs struct{ Parameters struct{ Commands []string } }
		}
	}
	var err error
	w.in(func(r *awssim.Region) {
		for name, d := range r.Documents.All() {
			if strings.Contains(name, string(scripts)) {
				text, _, _ := d.Content("$DEFAULT")
				err = json.Unmarshal(text, &runbook)
			}
		}
	})
	for _, step := range runbook.MainSteps {
		if commands := step.Inputs.Parameters.Commands; len(commands) > 0 {
			s.script = strings.Join(commands[1:], "\n") + "\n"
		}
	}
	if err == nil && s.script == "" {
		err = errors.New("the template must have a runbook with a script")
	}
	return s, err
}

// first is the first line of the runbook's script, which tells the server's id to it.
const first = "export RUNBOOK_INSTANCE_ID='"

// guard is what makes the script do nothing where it has succeeded before.
const guard = `if [ -e "$runbook_record" ]; then`

// Run notes a script and its effect. A script with any other text than the runbook's is a violation.
func (s *Shell) Run(_ context.Context, instance string, script sandbox.Script) (sandbox.Result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if script.Text != first+instance+"'\n"+s.script {
		s.report.wrong(onlyOwnScript, "server %q got %.1000q", instance, script.Text)
		return sandbox.Result{}, nil
	}
	s.runs[instance]++
	const most = 2 // failures, of the three attempts that the runbook makes
	if run := s.runs[instance]; run <= int(instance[len(instance)-1])%(most+1) {
		return sandbox.Result{ExitCode: 1, Stderr: fmt.Sprintf("run %d fails", run)}, nil
	}
	if s.effects[instance] == 0 || !strings.Contains(script.Text, guard) {
		s.effects[instance]++
	}
	return sandbox.Result{Stdout: "done\n"}, nil
}
