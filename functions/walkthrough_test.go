package functions_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
	"github.com/warmstandby/warmstandby/internal/rehearsal/runtimeapi"
	"github.com/warmstandby/warmstandby/internal/rehearsal/standalone"
)

// TestWalkthrough sends the built functions what the seed's commands send them, in a Region that writes, then in one that stands
// by, and again in one that writes: the same instances, as after a failover and a failback.
func TestWalkthrough(t *testing.T) {
	binaries := build(t, names...)
	for _, kind := range []database.Kind{database.Embedded, database.MariaDB} {
		t.Run(string(kind), func(t *testing.T) { walkThrough(t, kind, binaries) })
	}
}

// step is one invocation and what the answer must hold.
type step struct {
	function, payload string
	status            int
	body              string
}

func walkThrough(t *testing.T, kind database.Kind, binaries string) {
	region, err := standalone.Start(t.Context(), standalone.Options{Kind: kind, Binaries: binaries, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer region.Close()
	functions := start(t, region)

	const create = `{"action": "CREATE_TABLE"}`
	run(t, functions, []step{
		{"gettodos", `{"id": "1"}`, 503, "not set up"},
		{"createtable", create, 200, ""},
		{"createtable", create, 200, ""},
		{"upserttodos", `{"task": "Test Primary", "status": "wip"}`, 201, `"id":1`},
		{"upserttodos", `{"task": "日本語 ☕", "status": "wip"}`, 201, `"id":2`},
		{"upserttodos", `{"id": "1", "task": "Test Primary", "status": "done"}`, 200, `"status":"done"`},
		{"upserttodos", `{"id": "1", "task": "Test Primary", "status": "done"}`, 200, `"status":"done"`},
		{"upserttodos", `{"id": "9", "task": "x", "status": "y"}`, 404, "no to-do"},
		{"gettodos", `{"id": "1"}`, 200, `"task":"Test Primary"`},
		{"gettodos", `{"id": 2}`, 200, `"task":"日本語 ☕"`},
		{"gettodos", `{"id": "9"}`, 404, "no to-do"},
		{"removetodos", `{"id": "2"}`, 200, `"id":2`},
		{"removetodos", `{"id": "2"}`, 404, "no to-do"},
		{"health", `{}`, 200, `"role":"writer"`},
	})
	region.Cluster().SetReadOnly(true)
	run(t, functions, []step{
		{"gettodos", `{"id": "1"}`, 200, `"status":"done"`},
		{"upserttodos", `{"task": "lost", "status": "wip"}`, 503, "stands by"},
		{"removetodos", `{"id": "1"}`, 503, "stands by"},
		{"createtable", create, 200, ""},
		{"health", `{}`, 200, `"role":"reader"`},
	})
	region.Cluster().SetReadOnly(false)
	run(t, functions, []step{
		{"upserttodos", `{"task": "back", "status": "wip"}`, 201, `"id":`},
		{"removetodos", `{"id": "1"}`, 200, `"id":1`},
		{"health", `{}`, 200, `"role":"writer"`},
	})
}

// start starts all functions, which end with the test.
func start(t *testing.T, region *standalone.Region) map[string]*runtimeapi.Function {
	t.Helper()
	functions := make(map[string]*runtimeapi.Function)
	for _, name := range names {
		f, err := region.Function(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(f.Close)
		functions[name] = f
	}
	return functions
}

func run(t *testing.T, functions map[string]*runtimeapi.Function, steps []step) {
	t.Helper()
	for _, s := range steps {
		result, err := functions[s.function].Invoke(t.Context(), []byte(s.payload))
		if err != nil {
			t.Fatal(err)
		}
		var answer events.APIGatewayProxyResponse
		if err := json.Unmarshal(result.Payload, &answer); err != nil {
			t.Fatalf("%s %s: %v in %s", s.function, s.payload, err, result.Payload)
		}
		if answer.StatusCode != s.status || !strings.Contains(answer.Body, s.body) || answer.Headers["X-Served-Region"] != "us-east-1" {
			t.Errorf("%s %s: got %s, want %d with %s", s.function, s.payload, result.Payload, s.status, s.body)
		}
	}
}
