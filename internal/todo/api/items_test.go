package api_test

import (
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
)

// TestBothKindsOfInvocation sends every body directly and as an API Gateway event, and expects the same answer.
func TestBothKindsOfInvocation(t *testing.T) {
	for name, test := range map[string]struct {
		function, body string
		status         int
		want           string
	}{
		"creates":                     {"upsert", `{"task": "Test Primary", "status": "wip"}`, 201, `{"id":2,"task":"Test Primary","status":"wip"}`},
		"updates by string":           {"upsert", `{"id": "1", "task": "Test Primary", "status": "done"}`, 200, `{"id":1,"task":"Test Primary","status":"done"}`},
		"updates by number":           {"upsert", `{"id":1,"task":"任務","status":"✓"}`, 200, `{"id":1,"task":"任務","status":"✓"}`},
		"updates to the same":         {"upsert", `{"id":1,"task":"buy milk","status":"wip"}`, 200, `{"id":1,"task":"buy milk","status":"wip"}`},
		"removes":                     {"remove", `{"id": "1"}`, 200, `{"id":1}`},
		"prepares":                    {"create", `{"action": "CREATE_TABLE"}`, 200, `{"table":"todos","status":"ready"}`},
		"fails to update what is not": {"upsert", `{"id":"7","task":"t","status":"s"}`, 404, "no to-do has this id"},
		"fails to remove what is not": {"remove", `{"id":7}`, 404, "no to-do has this id"},
		"fails on an enormous id":     {"remove", `{"id":` + strings.Repeat("9", 400) + `}`, 404, "no to-do has this id"},
		"fails without a status":      {"upsert", `{"task":"t"}`, 400, "status is missing"},
		"fails on everything wrong":   {"upsert", `{"id":-1,"task":"","x":1}`, 400, "id must be a positive integer in plain digits, got \"-1\"; task must have 1 to 50 characters, got 0; unknown field \"x\", allowed: id, task, status; status is missing"},
		"fails to remove with a task": {"remove", `{"id":1,"task":"t"}`, 400, `unknown field "task", allowed: id`},
		"fails on another action":     {"create", `{"action":"DROP_TABLE"}`, 400, `action must be "CREATE_TABLE", got "DROP_TABLE"`},
		"fails without a body":        {"upsert", "", 400, "the body must be a JSON object, got nothing"},
		"fails on broken JSON":        {"remove", `{"id":`, 400, "the body must be JSON, got the beginning of it only"},
		"fails on a large body":       {"upsert", `{"task":"` + strings.Repeat("t", 9000) + `"}`, 400, "the body must be at most 8192 bytes, got 9011"},
	} {
		t.Run(name, func(t *testing.T) {
			direct := invoke(t, functions(newMemory(), discard())[test.function], test.body)
			viaAPI := invoke(t, functions(newMemory(), discard())[test.function], proxyEvent(methods[test.function], test.body, nil))
			if !reflect.DeepEqual(direct, viaAPI) {
				t.Errorf("direct %+v\nevent  %+v", direct, viaAPI)
			}
			got := direct.Body
			if test.status >= 400 {
				got = detail(t, direct)
			}
			if direct.StatusCode != test.status || got != test.want {
				t.Errorf("got %d %s\nwant %d %s", direct.StatusCode, got, test.status, test.want)
			}
		})
	}
}

func TestCreateSaysWhere(t *testing.T) {
	r := invoke(t, functions(newMemory(), discard())["upsert"], `{"task":"t","status":"s"}`)
	if got := r.Headers["Location"]; got != "?id=2" {
		t.Errorf("got Location %q", got)
	}
	r = invoke(t, functions(newMemory(), discard())["upsert"], `{"id":1,"task":"t","status":"s"}`)
	if got, ok := r.Headers["Location"]; ok {
		t.Errorf("an update has Location %q", got)
	}
}

func TestGet(t *testing.T) {
	const milk = `{"id":1,"task":"buy milk","status":"wip"}`
	id := func(values ...string) string { return proxyEvent("GET", "", map[string][]string{"id": values}) }
	for name, test := range map[string]struct {
		payload string
		status  int
		want    string
	}{
		"directly by string":       {`{"id": "1"}`, 200, milk},
		"directly by number":       {`{"id":1}`, 200, milk},
		"by query":                 {id("1"), 200, milk},
		"by single-value query":    {`{"httpMethod":"GET","queryStringParameters":{"id":"1"}}`, 200, milk},
		"ignores a body":           {`{"httpMethod":"GET","body":"x","queryStringParameters":{"id":"1"}}`, 200, milk},
		"fails where nothing is":   {id("2"), 404, "no to-do has this id"},
		"fails on an enormous id":  {id(strings.Repeat("9", 99)), 404, "no to-do has this id"},
		"fails without a query":    {proxyEvent("GET", "", nil), 400, "the query must have one id, as in ?id=1, got 0"},
		"fails on two ids":         {id("1", "1"), 400, "the query must have one id, as in ?id=1, got 2"},
		"fails on an empty id":     {id(""), 400, "id must be a positive integer, got an empty string"},
		"fails on SQL":             {id("1;DROP TABLE todos"), 400, `id must be a positive integer in plain digits, got "1;DROP TABLE todos"`},
		"fails on another name":    {proxyEvent("GET", "", map[string][]string{"ID": {"1"}}), 400, `unknown query parameter "ID", allowed: id`},
		"fails on no payload":      {"", 400, "the body must be a JSON object, got nothing"},
		"fails on another payload": {`{"id":"1","task":"t"}`, 400, `unknown field "task", allowed: id`},
	} {
		t.Run(name, func(t *testing.T) {
			r := invoke(t, functions(newMemory(), discard())["get"], test.payload)
			got := r.Body
			if test.status >= 400 {
				got = detail(t, r)
			}
			if r.StatusCode != test.status || got != test.want {
				t.Errorf("got %d %s\nwant %d %s", r.StatusCode, got, test.status, test.want)
			}
		})
	}
}

// TestLifeOfAnItem runs the commands of the walkthrough in their order.
func TestLifeOfAnItem(t *testing.T) {
	f := functions(newMemory(), discard())
	for _, step := range []struct {
		function, payload string
		status            int
	}{
		{"create", `{"action": "CREATE_TABLE"}`, 200},
		{"upsert", `{"task": "Test Primary", "status": "wip"}`, 201},
		{"upsert", proxyEvent("POST", `{ "id": "2", "task": "Sample Task Updated", "status": "done" } `, nil), 200},
		{"get", proxyEvent("GET", "", map[string][]string{"id": {"2"}}), 200},
		{"remove", proxyEvent("DELETE", `{ "id": "2" } `, nil), 200},
		{"remove", proxyEvent("DELETE", `{ "id": "2" } `, nil), 404},
		{"get", `{"id": "2"}`, 404},
	} {
		if r := invoke(t, f[step.function], step.payload); r.StatusCode != step.status {
			t.Errorf("%s %s: got %d %s, want %d", step.function, step.payload, r.StatusCode, r.Body, step.status)
		}
	}
}

func TestBase64Body(t *testing.T) {
	event := func(body string) string {
		data, _ := json.Marshal(events.APIGatewayProxyRequest{HTTPMethod: "POST", Body: body, IsBase64Encoded: true})
		return string(data)
	}
	encode := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for body, want := range map[string]int{
		encode(`{"task":"任務","status":"s"}`):       201,
		encode("{\"task\":\"\xff\",\"status\":1}"): 400,
		"%%%": 400,
	} {
		if r := invoke(t, functions(newMemory(), discard())["upsert"], event(body)); r.StatusCode != want {
			t.Errorf("%s: got %d %s, want %d", body, r.StatusCode, r.Body, want)
		}
	}
}
