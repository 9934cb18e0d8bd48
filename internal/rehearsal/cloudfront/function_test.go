package cloudfront_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"github.com/warmstandby/warmstandby/internal/rehearsal/cloudfront"
)

// ofTheTemplate is the edge as the reference application's golden template has it.
func ofTheTemplate(t testing.TB, pri, secd dial, s store) *edge {
	return newEdge(t, pri, secd, func(c *cloudfront.Config) {
		c.Distribution = golden(t, "AWS::CloudFront::Distribution")
		config := c.Distribution["DistributionConfig"].(properties)
		for i, host := range []string{priHost, secdHost} {
			config["Origins"].([]any)[i].(properties)["DomainName"] = host
		}
		b := config["DefaultCacheBehavior"].(properties)
		b["FunctionAssociations"].([]any)[0].(properties)["FunctionARN"] = functionARN
		b["ResponseHeadersPolicyId"] = "policy"
		f := golden(t, "AWS::CloudFront::Function")
		f["FunctionConfig"].(properties)["KeyValueStoreAssociations"].([]any)[0].(properties)["KeyValueStoreARN"] = storeARN
		c.Functions[functionARN] = f
		c.ResponseHeadersPolicies["policy"] = golden(t, "AWS::CloudFront::ResponseHeadersPolicy")
		c.Stores[storeARN] = s
	})
}

func TestTheTemplate(t *testing.T) {
	up := func(name string) func(testing.TB) dial {
		return handler(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, name+" for "+r.Header.Get("X-Routed-Region"))
		})
	}
	down := always(refuse)
	broken := handler(says(502, "broken"))
	for _, tt := range []struct {
		name        string
		pri, secd   func(testing.TB) dial
		store       store
		read, write string // what answers; a status if it is an error
	}{
		{"at the start", up("pri"), up("secd"), store{}, "pri for us-east-1", "pri for us-east-1"},
		{"the primary active", up("pri"), up("secd"), store{"active": "pri"}, "pri for us-east-1", "pri for us-east-1"},
		{"the secondary active", up("pri"), up("secd"), store{"active": "secd"}, "secd for us-east-2", "secd for us-east-2"},
		{"fenced", up("pri"), up("secd"), store{"active": "pri", "fence": "run"}, "pri for us-east-1", "503"},
		{"the primary down", down, up("secd"), store{}, "secd for us-east-1", "502"},
		{"the primary broken", broken, up("secd"), store{}, "secd for us-east-1", "502"},
		{"the secondary down", up("pri"), down, store{"active": "secd"}, "pri for us-east-2", "502"},
		{"both down", down, down, store{}, "502", "502"},
	} {
		for _, method := range allMethods {
			t.Run(tt.name+"/"+method, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					got := ofTheTemplate(t, tt.pri(t), tt.secd(t), tt.store).do(t, method, "/v1", "")
					want := tt.write
					if isRead(method) {
						want = tt.read
					}
					answer := strings.TrimSpace(strings.TrimPrefix(got.Status, "200 OK"))
					if answer == "" && method != "HEAD" {
						answer = text(t, got)
					}
					if method == "HEAD" && len(want) > 3 {
						want = ""
					}
					if !strings.HasPrefix(answer, want) {
						t.Errorf("got %q, want %q", answer, want)
					}
					for name, value := range map[string]string{
						"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
						"Strict-Transport-Security": "max-age=63072000", "X-Content-Type-Options": "nosniff",
						"X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
					} {
						if got.Header.Get(name) != value {
							t.Errorf("%s is %q, want %q", name, got.Header.Get(name), value)
						}
					}
				})
			})
		}
	}
}

func TestTheFence(t *testing.T) {
	e := ofTheTemplate(t, refuse, refuse, store{"fence": ""})
	got := e.do(t, "POST", "/v1", "{}")
	check(t, got, 503, "Writes are paused", "FunctionGeneratedResponse from cloudfront")
	if got.Header.Get("Retry-After") != "10" || got.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("got %v", got.Header)
	}
	if fields := e.lastLog(t); fields["x-edge-result-type"] != "FunctionGeneratedResponse" || fields["sc-status"] != "503" {
		t.Errorf("the access log says %v", fields)
	}
}

// transform is a function with a body.
func transform(body string) func(*cloudfront.Config) {
	return withFunction("import cf from 'cloudfront';\nasync function handler(event) { const request = event.request; "+body+"; return request; }",
		store{"key": "value"})
}

func TestAFunctionSeesTheRequest(t *testing.T) {
	got := seen(t, func(t testing.TB, pri dial) *edge {
		return newEdge(t, pri, refuse, transform(`request.headers['x-seen'] = { value: JSON.stringify(event) }`))
	}, "GET", "/v1/%20?a=1&a=%202&b&=c", "X-A", "1", "X-A", "2", "Cookie", "c=1; d=2; c=3", "X-Edge-A", "1")
	id := got.Header.Get("X-Amz-Cf-Id")
	want := `{"version":"1.0","context":{"distributionDomainName":"d1.cloudfront.net","distributionId":"E1",` +
		`"eventType":"viewer-request","requestId":"` + id + `"},"viewer":{"ip":"192.0.2.1"},"request":{"method":"GET","uri":"/v1/%20",` +
		`"querystring":{"":{"value":"c"},"a":{"value":"1","multiValue":[{"value":"1"},{"value":"%202"}]},"b":{"value":""}},` +
		`"headers":{"host":{"value":"example.com"},"x-a":{"value":"1","multiValue":[{"value":"1"},{"value":"2"}]}},` +
		`"cookies":{"c":{"value":"1","multiValue":[{"value":"1"},{"value":"3"}]},"d":{"value":"2"}}}}`
	if diff := cmp.Diff(want, got.Header.Get("X-Seen")); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
}

func TestAFunctionChangesTheRequest(t *testing.T) {
	for name, tt := range map[string]struct {
		body, uri, cookie, header string
	}{
		"nothing":       {"", "/prod/v1?b=1&a=%20&a&c", "y=1; x=2", "1|2"},
		"the uri":       {"request.uri = '/v2/%2F'", "/prod/v2/%2F?b=1&a=%20&a&c", "y=1; x=2", "1|2"},
		"a parameter":   {"request.querystring.b = { value: '2' }", "/prod/v1?a=%20&a=&b=2&c=", "y=1; x=2", "1|2"},
		"no parameters": {"request.querystring = {}", "/prod/v1", "y=1; x=2", "1|2"},
		"a cookie":      {"request.cookies.z = { value: '3' }", "/prod/v1?b=1&a=%20&a&c", "x=2; y=1; z=3", "1|2"},
		"no cookies":    {"request.cookies = {}", "/prod/v1?b=1&a=%20&a&c", "", "1|2"},
		"a header":      {"request.headers['x-a'] = { value: 'b' }", "/prod/v1?b=1&a=%20&a&c", "y=1; x=2", "b"},
		"several values": {
			"request.headers['x-a'] = { value: '', multiValue: [{ value: 'b' }, { value: 'c' }] }", "/prod/v1?b=1&a=%20&a&c", "y=1; x=2", "b|c",
		},
		"no header":   {"delete request.headers['x-a']", "/prod/v1?b=1&a=%20&a&c", "y=1; x=2", ""},
		"the address": {"request.headers['x-a'] = { value: request.headers.host.value }", "/prod/v1?b=1&a=%20&a&c", "y=1; x=2", "example.com"},
		"by the store": {
			"const value = await cf.kvs().get('key'); request.headers['x-a'] = { value: value }",
			"/prod/v1?b=1&a=%20&a&c", "y=1; x=2", "value",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := seen(t, func(t testing.TB, pri dial) *edge { return newEdge(t, pri, refuse, transform(tt.body)) },
				"GET", "/v1?b=1&a=%20&a&c", "X-A", "1", "X-A", "2", "Cookie", "y=1; x=2")
			if got.RequestURI != tt.uri || got.Header.Get("Cookie") != tt.cookie || strings.Join(got.Header.Values("X-A"), "|") != tt.header {
				t.Errorf("got %s, cookie %q, X-A %q", got.RequestURI, got.Header.Get("Cookie"), got.Header.Values("X-A"))
			}
			if got.Host != priHost || got.Header.Get("X-Forwarded-For") != "192.0.2.1" {
				t.Errorf("got %s, %v", got.Host, got.Header)
			}
		})
	}
}

func TestAFunctionFails(t *testing.T) {
	for name, tt := range map[string]struct{ body, log string }{
		"by throwing":                      {`throw new Error('broken')`, "broken"},
		"by a missing key":                 {`await cf.kvs().get('none')`, "KeyNotFound"},
		"by an origin that does not exist": {`cf.selectRequestOriginById('none')`, `no origin "none"`},
		"by a group of one": {
			`cf.createRequestOriginGroup({ originIds: [{ originId: 'pri' }, { originId: 'none' }], failoverCriteria: { statusCodes: [503] } })`,
			`no origin "none"`,
		},
		"by a relative uri":                 {`request.uri = 'v1'`, "must be a path"},
		"by a uri with a query":             {`request.uri = '/v1?a=b'`, "must be a path"},
		"by a broken uri":                   {`request.uri = '/%zz'`, "invalid URL escape"},
		"by a header's name":                {`request.headers['a b'] = { value: '' }`, "not the name of a header"},
		"by a header's value":               {`request.headers.a = { value: 'b\nc' }`, "control character"},
		"by a status":                       {`return { statusCode: 99 }`, "statusCode 99"},
		"by a status that is too high":      {`return { statusCode: 600 }`, "statusCode 600"},
		"by the name of a header it adds":   {`return { statusCode: 200, headers: { 'a b': { value: '' } } }`, "not the name of a header"},
		"by an encoding that is not known":  {`return { statusCode: 200, body: { encoding: 'gzip', data: '' } }`, "encoding"},
		"by a body that is not as it says":  {`return { statusCode: 200, body: { encoding: 'base64', data: '%' } }`, "base64"},
		"by a header that it may not touch": {`request.headers.host = { value: 'x' }`, "may not change"},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t, refuse, refuse, transform(tt.body))
			check(t, e.do(t, "POST", "/", "body"), 503, "function associated", "FunctionExecutionError from cloudfront")
			fields := e.lastLog(t)
			if fields["x-edge-result-type"] != "FunctionExecutionError" || fields["sc-status"] != "503" {
				t.Errorf("the access log says %v", fields)
			}
			line := e.functionLog.String()
			if !strings.HasPrefix(line, fields["x-edge-request-id"]+" ") || !strings.Contains(line, tt.log) || strings.Count(line, "\n") != 1 {
				t.Errorf("the function's log is %q, want %q", line, tt.log)
			}
			if len(e.net.dials) > 0 {
				t.Errorf("origins were asked: %v", e.net.dials)
			}
		})
	}
}

func TestAFunctionAnswers(t *testing.T) {
	e := newEdge(t, refuse, refuse, transform(`console.log('answering'); return {
		statusCode: 302,
		headers: { location: { value: '/there' }, 'x-a': { value: '', multiValue: [{ value: '1' }, { value: '2' }] } },
		cookies: { a: { value: '1', attributes: 'Secure; Path=/' }, b: { value: '', multiValue: [{ value: '2' }, { value: '3' }] } },
		body: { encoding: 'base64', data: 'Ynll' },
	}`), withPolicy(properties{"CustomHeadersConfig": properties{"Items": []any{properties{"Header": "x-p", "Value": "v", "Override": true}}}}))
	got := e.do(t, "GET", "/", "")
	check(t, got, 302, "bye", "FunctionGeneratedResponse from cloudfront")
	for name, want := range map[string]string{
		"Location": "/there", "X-A": "1|2", "Set-Cookie": "a=1; Secure; Path=/|b=2|b=3", "X-P": "v", "Server": "CloudFront",
	} {
		values := got.Header.Values(name)
		if name == "Set-Cookie" && len(values) == 3 && strings.HasPrefix(values[0], "b") {
			values = []string{values[2], values[0], values[1]} // cookies have no order
		}
		if strings.Join(values, "|") != want {
			t.Errorf("%s is %q, want %q", name, values, want)
		}
	}
	if !strings.HasSuffix(e.functionLog.String(), " answering\n") {
		t.Errorf("the function's log is %q", e.functionLog)
	}
}

func TestAFunctionAnswersWithoutABody(t *testing.T) {
	e := newEdge(t, refuse, refuse, transform(`return { statusCode: 204 }`))
	check(t, e.do(t, "GET", "/", ""), 204, "", "FunctionGeneratedResponse from cloudfront")
}

// unreadable is a store that cannot be read.
type unreadable struct{}

func (unreadable) Get(context.Context, string) (string, bool, error) {
	return "", false, errors.New("no")
}

func TestAStoreThatCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, serve(t, says(200, "pri")), refuse, withFunction(golden(t, "AWS::CloudFront::Function")["FunctionCode"].(string), unreadable{}))
		check(t, e.do(t, "POST", "/", ""), 200, "pri", miss)
	})
}
