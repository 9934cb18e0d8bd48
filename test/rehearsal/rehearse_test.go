package rehearsal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/client"
	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
	"github.com/warmstandby/warmstandby/internal/rehearsal/steady"
)

var application = endpoints.Application{Name: "ToDoMgmt", Primary: "us-east-1", Secondary: "us-east-2"}

// report is what --json writes.
type report struct {
	OK           bool                  `json:"ok"`
	Application  endpoints.Application `json:"application"`
	Assembly     string                `json:"assembly"`
	Database     string                `json:"database"`
	Scenario     string                `json:"scenario"`
	Seed         uint64                `json:"seed"`
	StartSeconds float64               `json:"startSeconds"`
	LogFile      string                `json:"logFile"`
	Result       steady.Result         `json:"result"`
	Problems     rehearsal.Problems    `json:"problems"`
}

func TestRehearse(t *testing.T) {
	t.Parallel()
	for _, kind := range []database.Kind{database.Embedded, database.MariaDB} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			directory := t.TempDir()
			addresses, result := filepath.Join(directory, "e.json"), filepath.Join(directory, "out.json")
			p, code, output := run(t, "--assembly", assembly, "--scenario", "steady", "--database", string(kind), "--rate", "20", "--duration", "1s", "--seed", "7",
				"--endpoints", addresses, "--json", result)
			if code != 0 || !strings.Contains(output, "OK: everything answered as specified.") {
				t.Fatalf("exit code %d:\n%s", code, output)
			}
			if left := p.left(); len(left) > 0 {
				t.Errorf("left behind:\n%s", strings.Join(left, "\n"))
			}
			wantEndpoints(t, addresses)
			r := wantReport(t, result)
			if r.Database != string(kind) || filepath.Dir(r.LogFile) != p.temporary || !strings.Contains(output, r.LogFile) {
				t.Errorf("database %s, log %s, in\n%s", r.Database, r.LogFile, output)
			}
			if log, err := os.ReadFile(r.LogFile); err != nil || !bytes.Contains(log, []byte("\napi us-east-2 {")) {
				t.Errorf("the log has no line of the secondary API: %v, in %d bytes", err, len(log))
			}
			t.Logf("up after %.2fs", r.StartSeconds)
		})
	}
}

// wantEndpoints checks that a file has all endpoints.
func wantEndpoints(t *testing.T, path string) endpoints.Endpoints {
	t.Helper()
	var e endpoints.Endpoints
	decode(t, path, &e)
	if missing := e.Missing(application); len(missing) > 0 {
		t.Errorf("%s lacks %v", path, missing)
	}
	return e
}

// wantReport checks the result of 20 requests after all checks.
func wantReport(t *testing.T, path string) report {
	t.Helper()
	var r report
	decode(t, path, &r)
	load := r.Result.Load
	if load == nil {
		t.Fatalf("%s has no load", path)
	}
	if !r.OK || r.Application != application || r.Assembly != assembly || r.Scenario != "steady" || r.Seed != 7 || r.StartSeconds <= 0 {
		t.Errorf("got %+v", r)
	}
	if !r.Result.OK || r.Result.Failed() > 0 || len(r.Result.Checks) < 90 || load.Requests != 20 || load.Errors > 0 || len(load.Routes) != 4 {
		t.Errorf("got %+v", r.Result)
	}
	if r.Problems.Any() || r.Problems.Refusals == nil || r.Problems.UnknownOperations == nil {
		t.Errorf("got %+v", r.Problems)
	}
	return r
}

// decode reads a JSON file, which may have nothing in it that value has not.
func decode(t *testing.T, path string, value any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(value); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// Two people, or two agents, may rehearse on one machine at the same time.
func TestRehearseSideBySide(t *testing.T) {
	t.Parallel()
	var held []*process
	edges := make(map[string]bool)
	for i := range 2 {
		path := filepath.Join(t.TempDir(), fmt.Sprintf("e%d.json", i))
		p := start(t, "--assembly", assembly, "--hold", "--endpoints", path)
		p.awaitHold()
		e := wantEndpoints(t, path)
		createTable(t, e)
		edges[e.Edge] = true
		held = append(held, p)
	}
	if len(edges) != 2 {
		t.Errorf("two rehearsals have the edges %v", edges)
	}
	for _, p := range held {
		p.signal(os.Interrupt)
		p.rest()
		if code := p.wait(); code != 0 {
			t.Errorf("exit code %d after Ctrl-C:\n%s", code, p.stderr)
		}
		if left := p.left(); len(left) > 0 {
			t.Errorf("left behind:\n%s", strings.Join(left, "\n"))
		}
	}
}

// createTable creates the table as the operator does.
func createTable(t *testing.T, e endpoints.Endpoints) {
	t.Helper()
	c := client.New(e, application.Regions(), 1)
	defer c.Close()
	name := application.Function(application.Primary, topology.CreateTableFunction)
	answer := c.Invoke(t.Context(), application.Primary, name, `{"action": "CREATE_TABLE"}`)
	if answer.Status != http.StatusOK {
		t.Errorf("CREATE_TABLE: %v", answer)
	}
}

// Nothing of the command can run after it has been killed, and yet nothing may be left.
func TestRehearseKilled(t *testing.T) {
	t.Parallel()
	for _, kind := range []database.Kind{database.Embedded, database.MariaDB} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "e.json")
			p := start(t, "--assembly", assembly, "--hold", "--database", string(kind), "--endpoints", path)
			p.awaitHold()
			createTable(t, wantEndpoints(t, path)) // so that a function runs
			if len(p.left()) < 3 {
				t.Fatalf("only %v are there while it runs, so what is looked for afterwards is not found either", p.left())
			}
			p.signal(syscall.SIGKILL)
			p.rest()
			p.wait()
			eventually(t, p.left)
		})
	}
}
