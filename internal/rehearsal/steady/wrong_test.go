package steady_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/warmstandby/warmstandby/internal/rehearsal/rehearsaltest"
	"github.com/warmstandby/warmstandby/internal/rehearsal/steady"
)

// Every check is the only one that fails when its own answer is the only one that is wrong, in each way that an answer can be.
func TestEveryCheckFindsWhatIsWrong(t *testing.T) {
	right := play(t, rehearsaltest.Options{}, impatient)
	if !right.OK {
		t.Fatalf("not OK:\n%s", text(right))
	}
	mutations := []struct {
		name   string
		change func(*rehearsaltest.Answer)
		wrong  string
	}{
		{"status", func(a *rehearsaltest.Answer) { a.Status = 299 }, "the status is 299"},
		{"connection", func(a *rehearsaltest.Answer) { a.Break = true }, "there is no answer: connection closed"},
		{"content", func(a *rehearsaltest.Answer) { a.Body = `{}` }, ""},
		{"Region", func(a *rehearsaltest.Answer) { a.Header = without(a.Header, "X-Served-Region") }, "there is no X-Served-Region header"},
		{"type", func(a *rehearsaltest.Answer) { a.Header = with(a.Header, "Content-Type", "text/html") }, `the Content-Type is "text/html"`},
	}
	for _, m := range mutations {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			seen := make(map[string]bool)
			for i, c := range right.Checks {
				if m.name != "status" && seen[c.Name] {
					continue // the same check in another place; one mutation is enough to see that it is made there too
				}
				seen[c.Name] = true
				fromFunction := c.Where != "tokens" && c.Name != "Lambda knows CreateTableFunction"
				if !fromFunction && (m.name == "Region" || m.name == "type" || m.name == "status" && c.Where != "tokens") {
					continue // these answers have neither; and to the SDK, every status of 2xx is alike
				}
				var n atomic.Int64
				r := play(t, rehearsaltest.Options{Change: func(_ rehearsaltest.Request, a *rehearsaltest.Answer) {
					if n.Add(1) == int64(i)+1 { // without lag, each check sends one request
						m.change(a)
					}
				}}, impatient)
				expectFailure(t, r, i, c, m.wrong)
			}
		})
	}
}

// expectFailure expects that check i is not OK, and says so.
func expectFailure(t *testing.T, r steady.Result, i int, c steady.Check, wrong string) {
	t.Helper()
	got := r.Checks[i]
	switch {
	case r.OK || got.OK:
		t.Errorf("%s: %s: nobody noticed", c.Where, c.Name)
	case got.Name != c.Name || got.Sent == "" || got.Expected == "" || got.Got == "" || len(got.Wrong) == 0:
		t.Errorf("%s: %s: says too little: %+v", c.Where, c.Name, got)
	case !strings.Contains(strings.Join(got.Wrong, " "), wrong):
		t.Errorf("%s: %s: does not say %q: %v", c.Where, c.Name, wrong, got.Wrong)
	case !strings.Contains(text(r), "  FAIL  "+c.Name):
		t.Errorf("%s: %s: not in\n%s", c.Where, c.Name, text(r))
	}
}

// with is a copy of a header with another value.
func with(header map[string]string, name, value string) map[string]string {
	changed := map[string]string{name: value}
	for n, v := range header {
		if n != name {
			changed[n] = v
		}
	}
	return changed
}

// without is a copy of a header without a name.
func without(header map[string]string, name string) map[string]string {
	changed := with(header, name, "")
	delete(changed, name)
	return changed
}

// What can be wrong with an application, and which checks say what about it.
func TestApplicationsThatAreWrong(t *testing.T) {
	const primary, secondary = "us-east-1", "us-east-2"
	tests := []struct {
		name   string
		lag    int
		change func(rehearsaltest.Request, *rehearsaltest.Answer)
		failed []string // among others
		wrong  string
	}{
		{
			name: "writes are lost", failed: []string{"edge: reads what it was updated to", "API in us-east-1: reads what it was updated to"},
			change: func(q rehearsaltest.Request, a *rehearsaltest.Answer) {
				a.Body = strings.ReplaceAll(a.Body, "Sample Task Updated", "Sample Task new")
				if strings.HasPrefix(q.Call, "POST") {
					a.Body = strings.ReplaceAll(a.Body, `"Sample Task new","status":"done"`, `"Sample Task Updated","status":"done"`)
				}
			},
			wrong: `"task":"Sample Task Updated"`,
		},
		{
			name: "the secondary accepts writes", failed: []string{"API in us-east-2: refuses to create a to-do"},
			change: func(q rehearsaltest.Request, a *rehearsaltest.Answer) {
				if q.At == "api" && q.Region == secondary && strings.HasPrefix(q.Call, "POST") && a.Status == 503 {
					*a = rehearsaltest.Answer{Status: 201, Header: with(a.Header, "Location", "?id=9"), Body: `{"id":9,"task":"x","status":"y"}`}
				}
			},
			wrong: "the status is 201, not 503",
		},
		{
			name: "the secondary refuses without saying why", failed: []string{"API in us-east-2: refuses to create a to-do"},
			change: func(_ rehearsaltest.Request, a *rehearsaltest.Answer) {
				a.Body = strings.ReplaceAll(a.Body, "stands by", "is odd")
			},
			wrong: `the detail does not say "stands by"`,
		},
		{
			name: "the secondary does not say when to try again", failed: []string{"API in us-east-2: refuses to delete a to-do"},
			change: func(_ rehearsaltest.Request, a *rehearsaltest.Answer) { a.Header = without(a.Header, "Retry-After") },
			wrong:  "there is no Retry-After header",
		},
		{
			name: "nothing is replicated in time", failed: []string{"API in us-east-2: reads what the other Region wrote"}, lag: 1 << 40,
			wrong: "that was still so after 1ns",
		},
		{
			name: "tokens are refused", failed: []string{"edge: creates a to-do", "API in us-east-2: accepts a token of the other Region"},
			change: func(q rehearsaltest.Request, a *rehearsaltest.Answer) {
				if q.Token == "jwt-us-east-1" {
					*a = rehearsaltest.Answer{Status: 401, Header: with(a.Header, "Content-Type", "application/problem+json"), Body: `{"status":401,"detail":"Unauthorized"}`}
				}
			},
			wrong: "the status is 401, not",
		},
		{
			name: "there are no tokens", failed: []string{"tokens: a client of us-east-1 gets one", "edge: reads it by its id"},
			change: func(q rehearsaltest.Request, a *rehearsaltest.Answer) {
				if q.At == "token" {
					*a = rehearsaltest.Answer{Status: 500}
				}
			},
			wrong: "there is no token of us-east-1",
		},
		{
			name: "a token that is none is accepted", failed: []string{"edge: refuses a token that is none"},
			change: func(q rehearsaltest.Request, a *rehearsaltest.Answer) {
				if q.Token == "not.a.token" {
					a.Status = 404
				}
			},
			wrong: "the status is 404, not 401",
		},
		{
			name: "the edge serves from the other Region", failed: []string{"edge: reads it by its id"},
			change: func(q rehearsaltest.Request, a *rehearsaltest.Answer) {
				if q.At == "edge" {
					a.Header = with(a.Header, "X-Served-Region", secondary)
				}
			},
			wrong: "X-Served-Region is us-east-2, not us-east-1",
		},
		{
			name: "a function does not start", failed: []string{"functions in us-east-1: creates a to-do", "functions in us-east-1: reads a to-do"},
			change: func(q rehearsaltest.Request, a *rehearsaltest.Answer) {
				if q.At == "lambda" && q.Call == "UpsertToDos" {
					*a = rehearsaltest.Answer{Body: `{"errorType":"Runtime.ExitError","errorMessage":"DATABASE_USER is missing"}`}
				}
			},
			wrong: "there is no answer: function error Unhandled",
		},
		{
			name: "a function's answer is no response", failed: []string{"functions in us-east-1: reads a to-do"},
			change: func(q rehearsaltest.Request, a *rehearsaltest.Answer) {
				if q.At == "lambda" && q.Call == "GetToDos" {
					a.Body, a.Header = "text", nil
				}
			},
			wrong: "the body is not JSON",
		},
		{
			name: "the address of what was created is missing", failed: []string{"edge: creates a to-do"},
			change: func(_ rehearsaltest.Request, a *rehearsaltest.Answer) { a.Header = without(a.Header, "Location") },
			wrong:  `the Location is "", not "?id=`,
		},
		{
			name: "text is mangled", failed: []string{"functions in us-east-1: creates a to-do in other scripts"},
			change: func(_ rehearsaltest.Request, a *rehearsaltest.Answer) {
				a.Body = strings.ReplaceAll(a.Body, "🚀", "?")
			},
			wrong: "the to-do is not the one that was sent",
		},
		{
			name: "a refusal does not say what was wrong", failed: []string{"edge: refuses a field that to-dos do not have"},
			change: func(_ rehearsaltest.Request, a *rehearsaltest.Answer) {
				a.Body = strings.ReplaceAll(a.Body, "colour", "field")
			},
			wrong: `the detail does not say "colour"`,
		},
		{
			name: "health reports the wrong role", failed: []string{"API in us-east-2: health needs no token, and says that it reads"},
			change: func(_ rehearsaltest.Request, a *rehearsaltest.Answer) {
				a.Body = strings.ReplaceAll(a.Body, "reader", "writer")
			},
			wrong: `the body is not {"region":"us-east-2","status":"ok","database":{"role":"reader"}}`,
		},
		{
			name: "wrong secrets are accepted", failed: []string{"tokens: a wrong secret gets none"},
			change: func(q rehearsaltest.Request, a *rehearsaltest.Answer) {
				if q.Token == "bad secret" {
					*a = rehearsaltest.Answer{Status: 200, Body: `{"access_token":"x","token_type":"Bearer","expires_in":1}`}
				}
			},
			wrong: "the status is 200, not 400",
		},
		{
			name: "the reason for having no token is another one", failed: []string{"tokens: an unknown scope gets none"},
			change: func(_ rehearsaltest.Request, a *rehearsaltest.Answer) {
				a.Body = strings.ReplaceAll(a.Body, "invalid_scope", "server_error")
			},
			wrong: `the error is "server_error", not invalid_scope or invalid_grant`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := play(t, rehearsaltest.Options{Lag: tt.lag, Change: tt.change}, impatient)
			if r.OK {
				t.Fatal("nobody noticed")
			}
			all := strings.Join(failed(r), "\n") + "\n"
			for _, check := range tt.failed {
				if !strings.Contains(all, check+"\n") {
					t.Errorf("did not fail: %s; but these did:\n%s", check, all)
				}
			}
			said := false
			for _, c := range r.Checks {
				said = said || strings.Contains(strings.Join(c.Wrong, "\n"), tt.wrong)
			}
			if !said {
				t.Errorf("nobody says %q:\n%s", tt.wrong, text(r))
			}
		})
	}
}
