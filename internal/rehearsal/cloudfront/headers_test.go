package cloudfront_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// seen is what an origin got of a request through the edge.
func seen(t *testing.T, e func(t testing.TB, pri dial) *edge, method, target string, headers ...string) *http.Request {
	t.Helper()
	var got *http.Request
	synctest.Test(t, func(t *testing.T) {
		pri := serve(t, func(_ http.ResponseWriter, r *http.Request) { got = r })
		if r := e(t, pri).do(t, method, target, "", headers...); r.StatusCode != 200 {
			t.Fatalf("got %d", r.StatusCode)
		}
	})
	return got
}

func TestRequestHeaders(t *testing.T) {
	got := seen(t, func(t testing.TB, pri dial) *edge { return newEdge(t, pri, refuse) }, "GET", "/v1?id=1&b=%20c&d",
		"Authorization", "Bearer token", "Accept-Encoding", "gzip, deflate", "User-Agent", "curl/8",
		"Cookie", "a=1; b=2", "Cookie", "c=3", "X-Twice", "1", "X-Twice", "2", "X-Forwarded-For", "203.0.113.9", "Via", "1.0 proxy",
		"Connection", "keep-alive, X-Hop", "X-Hop", "1", "Keep-Alive", "1", "Te", "trailers", "Upgrade", "websocket",
		"Proxy-Authorization", "x", "Proxy-Connection", "x", "Expect", "x", "X-Real-Ip", "x", "X-Forwarded-Proto", "http",
		"X-Edge-Location", "x", "X-Amz-Cf-Id", "x", "X-Amz-Cf-Other", "x", "Range", "bytes=0-1")
	if got.Host != priHost || got.RequestURI != "/prod/v1?id=1&b=%20c&d" || got.Proto != "HTTP/1.1" {
		t.Errorf("got %s %s %s", got.Host, got.RequestURI, got.Proto)
	}
	id := got.Header.Get("X-Amz-Cf-Id")
	if len(id) != 56 {
		t.Errorf("X-Amz-Cf-Id is %q", id)
	}
	want := http.Header{
		"Authorization":   {"Bearer token"},
		"Accept-Encoding": {"gzip, deflate"},
		"User-Agent":      {"curl/8"},
		"Cookie":          {"a=1; b=2", "c=3"},
		"X-Twice":         {"1", "2"},
		"X-Forwarded-For": {"203.0.113.9, 192.0.2.1"},
		"Via":             {"1.0 proxy, " + viaOf(t)},
		"Range":           {"bytes=0-1"},
		"X-Amz-Cf-Id":     {id},
	}
	if diff := cmp.Diff(want, got.Header); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
}

// viaOf is the edge's name in Via headers, which is always the same for a distribution.
func viaOf(t *testing.T) string {
	t.Helper()
	got := newEdge(t, refuse, refuse).do(t, "GET", "/", "").Header.Get("Via")
	if !strings.HasPrefix(got, "1.1 ") || !strings.HasSuffix(got, ".cloudfront.net (CloudFront)") {
		t.Errorf("Via is %q", got)
	}
	return got
}

func TestRequestHeadersOfABareRequest(t *testing.T) {
	got := seen(t, func(t testing.TB, pri dial) *edge { return newEdge(t, pri, refuse) }, "GET", "/")
	if names := slices.Sorted(maps.Keys(got.Header)); !slices.Equal(names, []string{"Via", "X-Amz-Cf-Id", "X-Forwarded-For"}) {
		t.Errorf("got %v", got.Header)
	}
	if ip := got.Header.Get("X-Forwarded-For"); ip != "192.0.2.1" {
		t.Errorf("X-Forwarded-For is %s", ip)
	}
}

func TestOriginCustomHeaders(t *testing.T) {
	o := origin("pri", priHost)
	o["OriginCustomHeaders"] = []any{properties{"HeaderName": "x-secret", "HeaderValue": "edge"}}
	got := seen(t, func(t testing.TB, pri dial) *edge {
		return newEdge(t, pri, refuse, set(properties{"Origins": []any{o}}))
	},
		"GET", "/", "X-Secret", "viewer")
	if values := got.Header.Values("X-Secret"); !slices.Equal(values, []string{"edge"}) {
		t.Errorf("X-Secret is %v", values)
	}
}

func TestPathsAreForwardedAsTheyCame(t *testing.T) {
	for _, path := range []string{"/a%2Fb", "/a/../b", "//double", "/%E2%82%AC", "/a+b", "/a;b=c"} {
		got := seen(t, func(t testing.TB, pri dial) *edge { return newEdge(t, pri, refuse) }, "GET", path)
		if got.RequestURI != "/prod"+path {
			t.Errorf("%s became %s", path, got.RequestURI)
		}
	}
}

func TestResponseHeaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pri := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			for name, value := range map[string]string{
				"Date": "today", "Content-Type": "application/json", "X-Region": "us-east-1", "Server": "api", "Via": "1.1 api",
				"Keep-Alive": "timeout=5", "X-Amz-Cf-Pop": "elsewhere", "X-Cache": "Hit from cloudfront", "Upgrade": "h2c",
				"Connection": "X-Hop", "X-Hop": "1", "Vary": "Accept-Encoding, Origin",
			} {
				w.Header().Set(name, value)
			}
			w.Header().Add("Set-Cookie", "a=1")
			w.Header().Add("Set-Cookie", "b=2")
			_, _ = w.Write([]byte("{}"))
		})
		got := newEdge(t, pri, refuse).do(t, "GET", "/", "")
		id := got.Header.Get("X-Amz-Cf-Id")
		want := http.Header{
			"Content-Length": {"2"},
			"Content-Type":   {"application/json"},
			"Date":           {"today"},
			"Server":         {"api"},
			"Set-Cookie":     {"a=1", "b=2"},
			"Vary":           {"Accept-Encoding, Origin"},
			"Via":            {viaOf(t)},
			"X-Amz-Cf-Id":    {id},
			"X-Amz-Cf-Pop":   {"LCL50-P1"},
			"X-Cache":        {miss},
			"X-Region":       {"us-east-1"},
		}
		if diff := cmp.Diff(want, got.Header); diff != "" {
			t.Errorf("headers (-want +got):\n%s", diff)
		}
	})
}

func TestResponseHeadersPolicy(t *testing.T) {
	security := properties{
		"ContentSecurityPolicy":   properties{"ContentSecurityPolicy": "default-src 'none'", "Override": true},
		"ContentTypeOptions":      properties{"Override": true},
		"FrameOptions":            properties{"FrameOption": "DENY", "Override": false},
		"ReferrerPolicy":          properties{"ReferrerPolicy": "no-referrer", "Override": false},
		"StrictTransportSecurity": properties{"AccessControlMaxAgeSec": 60, "IncludeSubdomains": true, "Preload": true, "Override": true},
		"XSSProtection":           properties{"Protection": true, "ModeBlock": true, "Override": true},
	}
	config := properties{
		"Name": "policy", "Comment": "all of it",
		"SecurityHeadersConfig": security,
		"RemoveHeadersConfig":   properties{"Items": []any{properties{"Header": "server"}, properties{"Header": "x-old"}}},
		"CustomHeadersConfig": properties{"Items": []any{
			properties{"Header": "cache-control", "Value": "no-store", "Override": false},
			properties{"Header": "x-new", "Value": "policy", "Override": true},
			properties{"Header": "x-old", "Value": "policy", "Override": false},
		}},
		"ServerTimingHeadersConfig": properties{"Enabled": false},
	}
	synctest.Test(t, func(t *testing.T) {
		pri := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/prod/own" {
				return
			}
			for _, name := range []string{
				"Content-Security-Policy", "X-Frame-Options", "Referrer-Policy", "X-Xss-Protection", "Cache-Control", "X-New", "X-Old",
				"Server",
			} {
				w.Header().Set(name, "origin")
			}
		})
		e := newEdge(t, pri, refuse, withPolicy(config))
		compare := func(path string, want map[string]string) {
			got := e.do(t, "GET", path, "").Header
			for name, value := range want {
				if got.Get(name) != value {
					t.Errorf("%s: %s is %q, want %q", path, name, got.Get(name), value)
				}
			}
		}
		want := map[string]string{
			"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
			"Referrer-Policy": "no-referrer", "Strict-Transport-Security": "max-age=60; includeSubDomains; preload",
			"X-XSS-Protection": "1; mode=block", "Cache-Control": "no-store", "X-New": "policy", "X-Old": "policy", "Server": "",
		}
		compare("/none", want)
		want["X-Frame-Options"], want["Referrer-Policy"], want["Cache-Control"] = "origin", "origin", "origin"
		compare("/own", want)
	})
}

func TestXSSProtection(t *testing.T) {
	for want, config := range map[string]properties{
		"0":                {"Protection": false},
		"1; report=/there": {"Protection": true, "ReportUri": "/there"},
	} {
		e := newEdge(t, refuse, refuse, withPolicy(properties{"SecurityHeadersConfig": properties{"XSSProtection": config}}))
		if got := e.do(t, "GET", "/", "").Header.Get("X-XSS-Protection"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestCORS(t *testing.T) {
	cors := func(changes properties) properties {
		c := properties{
			"AccessControlAllowCredentials": false,
			"AccessControlAllowHeaders":     properties{"Items": []any{"Authorization", "Content-Type"}},
			"AccessControlAllowMethods":     properties{"Items": []any{"GET", "POST"}},
			"AccessControlAllowOrigins":     properties{"Items": []any{"https://a.example", "*.b.example"}},
			"AccessControlExposeHeaders":    properties{"Items": []any{"X-Region"}},
			"AccessControlMaxAgeSec":        600,
			"OriginOverride":                true,
		}
		maps.Copy(c, changes)
		return properties{"CorsConfig": c}
	}
	allOrigins := properties{"Items": []any{"*"}}
	preflight := []string{"Access-Control-Request-Method", "POST"}
	for name, tt := range map[string]struct {
		config  properties
		method  string
		origin  string
		headers []string
		want    map[string]string // without Access-Control-
	}{
		"no origin":         {cors(nil), "GET", "", nil, nil},
		"another origin":    {cors(nil), "GET", "https://c.example", nil, nil},
		"an allowed origin": {cors(nil), "GET", "https://a.example", nil, map[string]string{"Allow-Origin": "https://a.example", "Expose-Headers": "X-Region"}},
		"a subdomain":       {cors(nil), "GET", "https://x.b.example", nil, map[string]string{"Allow-Origin": "https://x.b.example", "Expose-Headers": "X-Region"}},
		"a preflight request": {cors(nil), "OPTIONS", "https://a.example", preflight, map[string]string{
			"Allow-Origin": "https://a.example", "Expose-Headers": "X-Region", "Allow-Methods": "GET, POST",
			"Allow-Headers": "Authorization, Content-Type", "Max-Age": "600",
		}},
		"all origins": {cors(properties{"AccessControlAllowOrigins": allOrigins}), "GET", "https://c.example", nil, map[string]string{"Allow-Origin": "*", "Expose-Headers": "X-Region"}},
		"all origins with credentials": {
			cors(properties{"AccessControlAllowOrigins": allOrigins, "AccessControlAllowCredentials": true}), "GET", "https://c.example", nil,
			map[string]string{"Allow-Origin": "https://c.example", "Allow-Credentials": "true", "Expose-Headers": "X-Region"},
		},
		"all methods": {
			cors(properties{"AccessControlAllowMethods": properties{"Items": []any{"ALL"}}}), "OPTIONS", "https://a.example", preflight,
			map[string]string{
				"Allow-Origin": "https://a.example", "Expose-Headers": "X-Region", "Allow-Methods": "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT",
				"Allow-Headers": "Authorization, Content-Type", "Max-Age": "600",
			},
		},
		"the origin's own": {
			cors(properties{"OriginOverride": false, "AccessControlExposeHeaders": properties{"Items": []any{}}}), "POST", "https://a.example", nil,
			map[string]string{"Allow-Origin": "origin's"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				pri := serve(t, func(w http.ResponseWriter, r *http.Request) {
					if r.Method == "POST" {
						w.Header().Set("Access-Control-Allow-Origin", "origin's")
					}
				})
				headers := tt.headers
				if tt.origin != "" {
					headers = append(headers, "Origin", tt.origin)
				}
				got := map[string]string{}
				for name, values := range newEdge(t, pri, refuse, withPolicy(tt.config)).do(t, tt.method, "/", "", headers...).Header {
					if short, ok := strings.CutPrefix(name, "Access-Control-"); ok {
						got[short] = strings.Join(values, "|")
					}
				}
				if !maps.Equal(got, tt.want) {
					t.Errorf("got %v, want %v", got, tt.want)
				}
			})
		})
	}
}
