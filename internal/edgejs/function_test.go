package edgejs_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/warmstandby/warmstandby/internal/edgejs"
)

// store is a key-value store with fixed keys.
type store map[string]string

func (s store) Get(_ context.Context, key string) (string, bool, error) {
	value, found := s[key]
	return value, found, nil
}

// broken is a store that cannot be read.
type broken struct{}

func (broken) Get(context.Context, string) (string, bool, error) {
	return "", false, errors.New("edge location has no copy")
}

// event is a viewer's GET.
func event() edgejs.Event {
	return edgejs.Event{
		Version: "1.0",
		Context: edgejs.Context{EventType: "viewer-request", RequestID: "r1"},
		Viewer:  edgejs.Viewer{IP: "192.0.2.1"},
		Request: edgejs.Request{
			Method:      "GET",
			URI:         "/v1",
			Querystring: map[string]edgejs.Value{"id": {Value: "1", MultiValue: []edgejs.Value{{Value: "1"}, {Value: "2"}}}},
			Headers:     map[string]edgejs.Value{"host": {Value: "example.com"}},
		},
	}
}

// load is the function with code.
func load(t testing.TB, code string) *edgejs.Function {
	t.Helper()
	f, err := edgejs.New(code)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestRunForwardsTheRequest(t *testing.T) {
	want := event()
	want.Request.Cookies = map[string]edgejs.Value{}
	for name, code := range map[string]string{
		"plain":    `function handler(event) { return event.request; }`,
		"async":    `async function handler(event) { return event.request; }`,
		"constant": `const handler = function (event) { return event.request; };`,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := load(t, code).Run(t.Context(), event(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(edgejs.Result{Request: &want.Request}, got); diff != "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRunPassesTheWholeEvent(t *testing.T) {
	f := load(t, `function handler(event) {
		console.log(event.version + ' ' + event.context.eventType + ' ' + event.viewer.ip + ' ' + JSON.stringify(event.request));
		return event.request;
	}`)
	got, err := f.Run(t.Context(), event(), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`1.0 viewer-request 192.0.2.1 {"method":"GET","uri":"/v1",` +
		`"querystring":{"id":{"value":"1","multiValue":[{"value":"1"},{"value":"2"}]}},` +
		`"headers":{"host":{"value":"example.com"}},"cookies":{}}`}
	if diff := cmp.Diff(want, got.Logs); diff != "" {
		t.Errorf("logs (-want +got):\n%s", diff)
	}
}

func TestRunLeavesTheCallersEventAlone(t *testing.T) {
	f := load(t, `function handler(event) { event.request.headers.x = { value: '1' }; event.request.uri = '/'; return event.request; }`)
	passed := event()
	got, err := f.Run(t.Context(), passed, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(event(), passed); diff != "" {
		t.Errorf("event (-before +after):\n%s", diff)
	}
	if got.Request.URI != "/" || got.Request.Headers["x"].Value != "1" {
		t.Errorf("request is %+v", got.Request)
	}
}

func TestRunAnswersTheViewer(t *testing.T) {
	f := load(t, `function handler() {
		return {
			statusCode: 401, statusDescription: 'Unauthorized', headers: { 'www-authenticate': { value: 'Bearer' } },
			cookies: { a: { value: 'b', attributes: 'Secure' } }, body: { encoding: 'text', data: 'no' }
		};
	}`)
	got, err := f.Run(t.Context(), event(), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := edgejs.Result{Response: &edgejs.Response{
		StatusCode:        401,
		StatusDescription: "Unauthorized",
		Headers:           map[string]edgejs.Value{"www-authenticate": {Value: "Bearer"}},
		Cookies:           map[string]edgejs.Value{"a": {Value: "b", Attributes: "Secure"}},
		Body:              &edgejs.Body{Encoding: "text", Data: "no"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
}

func TestRunReadsTheStore(t *testing.T) {
	f := load(t, `import cf from 'cloudfront';
	async function handler(event) {
		const kvs = cf.kvs();
		const value = await kvs.get('full', { format: 'string' });
		const empty = await kvs.get('empty');
		const there = await kvs.exists('empty');
		const absent = await kvs.exists('absent');
		console.log([value, empty, there, absent].join('|'));
		try {
			await kvs.get('absent');
		} catch (error) {
			console.log(error.message);
		}
		return event.request;
	}`)
	got, err := f.Run(t.Context(), event(), store{"full": "value", "empty": ""})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"value||true|false", "KeyNotFound: absent"}, got.Logs); diff != "" {
		t.Errorf("logs (-want +got):\n%s", diff)
	}
}

func TestRunRejectsReadsOfABrokenStore(t *testing.T) {
	for _, read := range []string{"get", "exists"} {
		t.Run(read, func(t *testing.T) {
			f := load(t, fmt.Sprintf(`import cf from "cloudfront"
			async function handler() { await cf.kvs().%s('key'); }`, read))
			_, err := f.Run(t.Context(), event(), broken{})
			wantError(t, err, "edge location has no copy")
		})
	}
}

func TestRunTellsTheOrigins(t *testing.T) {
	for _, tt := range []struct {
		name, call string
		want       edgejs.Origins
	}{
		{"none", ``, edgejs.Origins{}},
		{"one", `cf.selectRequestOriginById('a')`, edgejs.Origins{IDs: []string{"a"}}},
		{
			"group", `cf.createRequestOriginGroup({
				originIds: [{ originId: 'a' }, { originId: 'b' }], failoverCriteria: { statusCodes: [500, 404] } })`,
			edgejs.Origins{IDs: []string{"a", "b"}, FailoverOn: []int{500, 404}},
		},
		{
			"the last one counts", `cf.createRequestOriginGroup({ originIds: [{ originId: 'a' }, { originId: 'b' }],
				selectionCriteria: 'default', failoverCriteria: { statusCodes: [500] } }); cf.selectRequestOriginById('b')`,
			edgejs.Origins{IDs: []string{"b"}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := load(t, "import cf from 'cloudfront';\nfunction handler(event) { "+tt.call+"; return event.request; }")
			got, err := f.Run(t.Context(), event(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got.Origins); diff != "" {
				t.Errorf("origins (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRunFails(t *testing.T) {
	group := func(properties string) string { return "cf.createRequestOriginGroup(" + properties + ")" }
	for _, tt := range []struct{ name, body, want string }{
		{"a throw", `throw new Error('boom')`, "boom"},
		{"nothing returned", ``, "neither a request nor a response"},
		{"null returned", `return null`, "neither a request nor a response"},
		{"a string returned", `return 'request'`, "cannot unmarshal"},
		{"a field that requests do not have", `event.request.body = 'x'; return event.request`, `unknown field "body"`},
		{"a field that responses do not have", `return { statusCode: 200, text: 'x' }`, `unknown field "text"`},
		{"a cycle", `event.request.uri = event; return event.request`, "circular"},
		{"another method", `event.request.method = 'PUT'; return event.request`, "the method is read-only"},
		{"a read-only header", `event.request.headers.host = { value: 'x' }; return event.request`, `may not change the header "host"`},
		{"a read-only header removed", `delete event.request.headers.host; return event.request`, `may not change the header "host"`},
		{"a disallowed header", `event.request.headers['x-edge-region'] = { value: 'x' }; return event.request`, `"x-edge-region"`},
		{"a disallowed header of a response", `return { statusCode: 200, headers: { 'x-cache': { value: 'x' } } }`, `"x-cache"`},
		{"a header with capitals", `event.request.headers['X-A'] = { value: 'x' }; return event.request`, "lower case"},
		{"no store", `cf.kvs()`, "no key value store"},
		{"another format", `cf.kvs().get('a', { format: 'json' })`, "format json is not emulated"},
		{"overrides", `cf.selectRequestOriginById('a', {})`, "ID only, got 2 arguments"},
		{"another method of the module", `cf.updateRequestOrigin({})`, "no member 'updateRequestOrigin'"},
		{"a group of nothing", group(``), "must have two origins, got 0"},
		{"a group of one", group(`{ originIds: [{ originId: 'a' }] }`), "must have two origins, got 1"},
		{"a group of strings", group(`{ originIds: ['a', 'b'] }`), "cannot unmarshal string"},
		{"a group of the same", group(`{ originIds: [{ originId: 'a' }, { originId: 'a' }] }`), `has "a" twice`},
		{"a group without criteria", group(`{ originIds: [{ originId: 'a' }, { originId: 'b' }] }`), "must have statusCodes"},
		{
			"a group by quality", group(`{ originIds: [{ originId: 'a' }, { originId: 'b' }], selectionCriteria: 'media-quality-score' }`),
			"media-quality-score",
		},
		{
			"a group with another status",
			group(`{ originIds: [{ originId: 'a' }, { originId: 'b' }], failoverCriteria: { statusCodes: [500, 401] } }`), "got 401",
		},
		{"overrides in a group", group(`{ originIds: [{ originId: 'a', originOverrides: {} }] }`), "originOverrides"},
	} {
		t.Run("fails for "+tt.name, func(t *testing.T) {
			var s edgejs.Store
			if strings.Contains(tt.body, "format") {
				s = store{}
			}
			f := load(t, "import cf from 'cloudfront';\nfunction handler(event) { "+tt.body+" }")
			_, err := f.Run(t.Context(), event(), s)
			wantError(t, err, tt.want)
		})
	}
}

func TestRunFailsForUnsettledPromises(t *testing.T) {
	f := load(t, `function handler() { return new Promise(function () {}); }`)
	_, err := f.Run(t.Context(), event(), nil)
	wantError(t, err, "nothing settles")
}

func TestRunFailsForWhatLoadingThrows(t *testing.T) {
	for name, tt := range map[string]struct{ code, want string }{
		"no handler":             {`const a = 1;`, "handler is not defined"},
		"handler is no function": {`const handler = 1;`, "handler is not a function"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, tt.code).Run(t.Context(), event(), nil)
			wantError(t, err, tt.want)
		})
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeoutCause(t.Context(), time.Millisecond, errors.New("too slow"))
	defer cancel()
	_, err := load(t, `function handler() { for (;;) {} }`).Run(ctx, event(), nil)
	wantError(t, err, "too slow")
}

func TestRunsShareNothing(t *testing.T) {
	f := load(t, `let runs = 0;
	function handler(event) {
		runs = runs + 1;
		globalThis.all = (globalThis.all || 0) + 1;
		event.request.uri = '/' + event.request.headers.n.value + '/' + runs + globalThis.all;
		return event.request;
	}`)
	var wg sync.WaitGroup
	for n := range 50 {
		wg.Go(func() {
			e := event()
			e.Request.Headers = maps.Clone(e.Request.Headers)
			e.Request.Headers["n"] = edgejs.Value{Value: fmt.Sprint(n)}
			got, err := f.Run(context.Background(), e, nil)
			if err != nil {
				t.Error(err)
			} else if want := fmt.Sprintf("/%d/11", n); got.Request.URI != want {
				t.Errorf("run %d gave %s, want %s", n, got.Request.URI, want)
			}
		})
	}
	wg.Wait()
}

func TestNewFails(t *testing.T) {
	const handler = "function handler(event) { return event.request; }"
	for _, tt := range []struct{ name, code, want string }{
		{"too much code", handler + strings.Repeat(" ", 10_000), "bytes, CloudFront takes 10000"},
		{"broken code", `function handler( {`, "parse the code"},
		{"an import of something else", `import crypto from 'crypto';`, "parse the code"},
		{"an import that is not first", handler + "\nimport cf from 'cloudfront';", "parse the code"},
		{"what strict mode refuses", `const a = 1; delete a;`, "compile the code"},
		{"optional chaining", `a?.b`, "optional chaining"},
		{"nullish coalescing", `a ?? b`, "nullish coalescing"},
		{"logical assignment", `a ||= b`, "logical assignment"},
		{"classes", `class A {}`, "classes"},
		{"for-of", `for (const a of b) {}`, "for-of"},
		{"spread syntax", `f(...a)`, "spread syntax"},
		{"destructuring of objects", `const { a } = b`, "destructuring"},
		{"destructuring of arrays", `const [a] = b`, "destructuring"},
		{"shorthand properties", `const a = { handler }`, "shorthand properties"},
		{"methods in literals", `const a = { b() {} }`, "methods in literals"},
		{"computed properties", `const a = { [b]: 1 }`, "computed properties"},
		{"generators", `function* a() {}`, "generators"},
		{"async closures", `const a = async () => 1`, "async closures"},
		{"await in an argument", `async function a() { b(await c); }`, "await in an argument"},
		{"default parameters", `function a(b = 1) {}`, "default parameters"},
		{"tagged templates", "a`b`", "tagged templates"},
		{"catch without a parameter", `try {} catch {}`, "catch without a parameter"},
		{"meta properties", `function a() { return new.target; }`, "meta properties"},
	} {
		t.Run("fails for "+tt.name, func(t *testing.T) {
			_, err := edgejs.New(tt.code)
			wantError(t, err, tt.want)
		})
	}
}

func TestNewSaysWhereTheCodeIsWrong(t *testing.T) {
	_, err := edgejs.New("import cf from 'cloudfront';\n\nfunction handler(a) {\n  return a?.b;\n}")
	wantError(t, err, "function.js:4:10")
}

func TestNewTakesWhatTheRuntimeLists(t *testing.T) {
	for _, code := range []string{
		"const a = (b, ...c) => `${b} ${c}`; let d = 2 ** 3; d += 1_000;",
		`try {} catch (error) {} finally {}`,
		`label: for (let i = 0; i < 1; i++) { continue label; }`,
		`for (const key in {}) {} do {} while (false);`,
		`switch (1) { case 1: break; default: } const a = { b: 1, get c() { return 1; } };`,
		`async function a() { const b = await 1; return b; }`,
	} {
		if _, err := edgejs.New(code); err != nil {
			t.Errorf("%s: %v", code, err)
		}
	}
}

func BenchmarkRun(b *testing.B) {
	f := load(b, `import cf from 'cloudfront';
	async function handler(event) {
		event.request.headers.a = { value: await cf.kvs().get('a') };
		return event.request;
	}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Run(b.Context(), event(), store{"a": "b"}); err != nil {
			b.Fatal(err)
		}
	}
}

// wantError fails unless err's text holds part.
func wantError(t testing.TB, err error, part string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %q", part)
	}
	if !strings.Contains(err.Error(), part) {
		t.Errorf("error %q does not say %q", err, part)
	}
}
