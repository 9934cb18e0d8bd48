package cloudfront_test

import (
	"crypto/tls"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/warmstandby/warmstandby/internal/rehearsal/cloudfront"
)

func TestBehaviors(t *testing.T) {
	for path, want := range map[string]string{
		"/":                  "pri",
		"/v1":                "pri",
		"/static/a.jpg":      "secd",
		"/static/":           "secd",
		"/static":            "pri",
		"/Static/a.jpg":      "pri",
		"/x/../static/a.jpg": "secd",
		"/%73tatic/a.jpg":    "secd",
		"/img/a.png":         "secd",
		"/img/deep/a.png":    "secd",
		"/img/a.png?b":       "secd",
		"/img/a.pn":          "pri",
		"/v2/ab":             "secd",
		"/v2/abc":            "pri",
		"/v2/special":        "pri",
		"/other/v2/ab":       "pri",
	} {
		t.Run(path, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				secd := func(pattern string) properties {
					return readBehavior(properties{"PathPattern": pattern, "TargetOriginId": "secd"})
				}
				e := newEdge(t, serve(t, says(200, "pri")), serve(t, says(200, "secd")), set(properties{"CacheBehaviors": []any{
					readBehavior(properties{"PathPattern": "/v2/special", "TargetOriginId": "pri"}),
					secd("/static/*"), secd("img/*.png"), secd("v2/??"),
				}}))
				check(t, e.do(t, "GET", path, ""), 200, want, miss)
			})
		})
	}
}

func TestMethods(t *testing.T) {
	all := append([]string{"TRACE", "CONNECT", "SEARCH"}, allMethods...)
	for name, tt := range map[string]struct{ allowed, want []any }{
		"all":         {[]any{"DELETE", "PUT", "POST", "PATCH", "OPTIONS", "HEAD", "GET"}, []any{"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}},
		"reads":       {[]any{"GET", "HEAD", "OPTIONS"}, []any{"GET", "HEAD", "OPTIONS"}},
		"by default":  {nil, []any{"GET", "HEAD"}},
		"without any": {[]any{}, []any{"GET", "HEAD"}},
	} {
		for _, method := range all {
			t.Run(name+"/"+method, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					e := newEdge(t, serve(t, says(200, "pri")), refuse, set(properties{
						"DefaultCacheBehavior": behavior(properties{"AllowedMethods": tt.allowed}),
					}))
					got := e.do(t, method, "/v1", "")
					if slices.Contains(tt.want, any(method)) {
						check(t, got, 200, body(method, "pri"), miss)
						return
					}
					check(t, got, 403, body(method, "not configured to allow the HTTP request method"), fault)
					if got := e.lastLog(t)["x-edge-detailed-result-type"]; got != "InvalidRequestMethod" {
						t.Errorf("the access log says %s", got)
					}
				})
			})
		}
	}
}

func TestViewerProtocolPolicy(t *testing.T) {
	for _, tt := range []struct {
		policy, method string
		https, tls     bool
		status         int
		location       string
	}{
		{"https-only", "GET", true, false, 200, ""},
		{"https-only", "GET", false, true, 200, ""},
		{"https-only", "GET", false, false, 403, ""},
		{"https-only", "POST", false, false, 403, ""},
		{"allow-all", "POST", false, false, 200, ""},
		{"redirect-to-https", "GET", true, false, 200, ""},
		{"redirect-to-https", "GET", false, false, 301, "https://example.com/v1?id=1"},
		{"redirect-to-https", "HEAD", false, false, 301, "https://example.com/v1?id=1"},
		{"redirect-to-https", "POST", false, false, 307, "https://example.com/v1?id=1"},
		{"redirect-to-https", "OPTIONS", false, false, 307, "https://example.com/v1?id=1"},
	} {
		t.Run(tt.policy+" "+tt.method, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEdge(t, serve(t, says(200, "pri")), refuse,
					set(properties{"DefaultCacheBehavior": behavior(properties{"ViewerProtocolPolicy": tt.policy})}),
					func(c *cloudfront.Config) { c.ViewerHTTPS = tt.https })
				r := httptest.NewRequest(tt.method, "/v1?id=1", http.NoBody)
				if tt.tls {
					r.TLS = &tls.ConnectionState{}
				}
				w := httptest.NewRecorder()
				e.ServeHTTP(w, r)
				if w.Code != tt.status || w.Header().Get("Location") != tt.location {
					t.Errorf("got %d %v, want %d", w.Code, w.Header(), tt.status)
				}
				if tt.location != "" && w.Header().Get("X-Cache") != "Redirect from cloudfront" {
					t.Errorf("X-Cache is %s", w.Header().Get("X-Cache"))
				}
			})
		})
	}
}

func TestOriginProtocolPolicy(t *testing.T) {
	for _, tt := range []struct {
		policy string
		https  bool
		config properties
		want   string
	}{
		{"https-only", false, nil, "https://" + priHost + ":443"},
		{"http-only", true, nil, "http://" + priHost + ":80"},
		{"match-viewer", true, nil, "https://" + priHost + ":443"},
		{"match-viewer", false, properties{"HTTPPort": "8080"}, "http://" + priHost + ":8080"},
		{"match-viewer", true, properties{"HTTPSPort": 8443}, "https://" + priHost + ":8443"},
	} {
		t.Run(tt.policy, func(t *testing.T) {
			o := properties{"Id": "pri", "DomainName": priHost, "ConnectionAttempts": 1}
			config := properties{"OriginProtocolPolicy": tt.policy}
			maps.Copy(config, tt.config)
			o["CustomOriginConfig"] = config
			e := newEdge(t, refuse, refuse, set(properties{
				"Origins": []any{o}, "DefaultCacheBehavior": behavior(properties{"ViewerProtocolPolicy": "allow-all"}),
			}), func(c *cloudfront.Config) { c.ViewerHTTPS = tt.https })
			e.do(t, "GET", "/", "")
			if len(e.net.dials) != 1 || e.net.dials[0] != tt.want {
				t.Errorf("dialled %v, want %s", e.net.dials, tt.want)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	for name, tt := range map[string]struct {
		path    string
		headers []string
		status  int
	}{
		"the longest URL":     {"/" + strings.Repeat("a", 8192-len("https://example.com/")), nil, 200},
		"a longer URL":        {"/" + strings.Repeat("a", 8193-len("https://example.com/")), nil, 413},
		"a long query":        {"/?" + strings.Repeat("a", 8192), nil, 413},
		"the longest request": {"/", []string{"X-A", strings.Repeat("a", 20_480-len("GET/Hostexample.comX-A"))}, 200},
		"a longer request":    {"/", []string{"X-A", strings.Repeat("a", 20_481-len("GET/Hostexample.comX-A"))}, 413},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEdge(t, serve(t, says(200, "pri")), refuse)
				before := e.accessLog.Len()
				got := e.do(t, "GET", tt.path, "", tt.headers...)
				if got.StatusCode != tt.status {
					t.Errorf("got %d, want %d", got.StatusCode, tt.status)
				}
				if logged := e.accessLog.Len() > before; logged != (tt.status == 200) {
					t.Errorf("logged: %v", logged)
				}
			})
		})
	}
}

func TestAGetWithABodyIsRefused(t *testing.T) {
	e := newEdge(t, refuse, refuse)
	check(t, e.do(t, "GET", "/", "body"), 403, "must not have a body", fault)
	check(t, e.do(t, "DELETE", "/", "body"), 502, "connect to the origin", fault)
}

func TestAnAsteriskIsRefused(t *testing.T) {
	e := newEdge(t, refuse, refuse)
	r := httptest.NewRequest("OPTIONS", "/", http.NoBody)
	r.URL.Path = "*"
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	check(t, w.Result(), 400, "Bad request", fault)
}

func TestBodiesArePassedOn(t *testing.T) {
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
		for name, length := range map[string]int64{"with its length": 9, "in chunks": -1} {
			t.Run(method+" "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					pri := serve(t, func(w http.ResponseWriter, r *http.Request) {
						if r.ContentLength != length {
							t.Errorf("the length is %d, want %d", r.ContentLength, length)
						}
						_, _ = io.Copy(w, r.Body)
					})
					r := httptest.NewRequest(method, "/", strings.NewReader("some text"))
					r.ContentLength = length
					w := httptest.NewRecorder()
					newEdge(t, pri, refuse).ServeHTTP(w, r)
					check(t, w.Result(), 200, "some text", miss)
				})
			})
		}
	}
}
