package cloudfront_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal/cloudfront"
)

var allMethods = []string{"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}

// isRead reports whether CloudFront asks the second origin for this method.
func isRead(method string) bool { return method == "GET" || method == "HEAD" || method == "OPTIONS" }

// hang is a handler that never answers.
func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// drop is a handler that closes the connection.
func drop(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// groupFunction makes a group of both origins for every request, or names an origin group of statuses.
const groupFunction = `import cf from 'cloudfront';
function handler(event) {
	cf.createRequestOriginGroup({
		originIds: [{ originId: 'pri' }, { originId: 'secd' }],
		failoverCriteria: { statusCodes: [%s] }
	});
	return event.request;
}`

func TestFailover(t *testing.T) {
	const most = "500, 502, 503, 504"
	for _, tt := range []struct {
		name     string
		pri      func(testing.TB) dial
		codes    string // that the group lists
		over     bool   // whether reads go to the second origin
		status   int    // that a request gets which does not
		after    func(method string) time.Duration
		detail   string // of the access log, if the request fails
		attempts int    // to connect to the first origin
	}{
		{"a listed status", handler(says(503, "pri")), most, true, 503, instantly, "Error", 1},
		{"a listed 500", handler(says(500, "pri")), most, true, 500, instantly, "Error", 1},
		{"a listed 404", handler(says(404, "pri")), "404", true, 404, instantly, "Error", 1},
		{"a status that is not listed", handler(says(404, "pri")), most, false, 404, instantly, "Error", 1},
		{"success", handler(says(200, "pri")), most, false, 200, instantly, "Miss", 1},
		{"a redirection", handler(says(302, "pri")), most, false, 302, instantly, "Miss", 1},
		{"a refused connection", always(refuse), most, true, 502, instantly, "OriginConnectError", 2},
		{"a refused connection, 503 not listed", always(refuse), "500, 502, 504", false, 502, instantly, "OriginConnectError", 2},
		{"an unknown name", always(nil), most, true, 502, instantly, "OriginDnsError", 2},
		{"a silent host", always(silence), most, true, 504, both(6 * time.Second), "OriginCommError", 2},
		{"a silent host, 503 not listed", always(silence), "500, 502, 504", false, 504, both(6 * time.Second), "OriginCommError", 2},
		{"no response in time", handler(hang), most, true, 504, repeated(10 * time.Second), "OriginCommError", 1},
		{"no response in time, 504 not listed", handler(hang), "500, 503", false, 504, repeated(10 * time.Second), "OriginCommError", 1},
		{"a broken connection", handler(drop), most, true, 502, instantly, "OriginReadError", 1},
		{"a broken connection, 502 not listed", handler(drop), "503, 504", false, 502, instantly, "OriginReadError", 1},
	} {
		for _, method := range allMethods {
			t.Run(tt.name+"/"+method, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					e := newEdge(t, tt.pri(t), serve(t, says(200, "secd")), withFunction(fmt.Sprintf(groupFunction, tt.codes), store{}))
					start := time.Now()
					got := e.do(t, method, "/v1", "")
					if took := time.Since(start); took != tt.after(method) {
						t.Errorf("it took %s, want %s", took, tt.after(method))
					}
					if tt.over && isRead(method) {
						check(t, got, 200, body(method, "secd"), miss)
						return
					}
					cache := fault
					if tt.status < 400 {
						cache = miss
					}
					check(t, got, tt.status, "", cache)
					if got := e.lastLog(t)["x-edge-detailed-result-type"]; got != tt.detail {
						t.Errorf("the access log says %s, want %s", got, tt.detail)
					}
					if dials := len(e.net.dials); method == "POST" && dials != tt.attempts {
						t.Errorf("there were %d attempts to connect, want %d: %v", dials, tt.attempts, e.net.dials)
					}
				})
			})
		}
	}
}

func handler(h http.HandlerFunc) func(testing.TB) dial {
	return func(t testing.TB) dial { return serve(t, h) }
}

func always(d dial) func(testing.TB) dial { return func(testing.TB) dial { return d } }

func instantly(string) time.Duration { return 0 }

func both(d time.Duration) func(string) time.Duration {
	return func(string) time.Duration { return d }
}

// repeated is the response timeout, twice for the methods that are tried twice.
func repeated(d time.Duration) func(string) time.Duration {
	return func(method string) time.Duration {
		if method == "GET" || method == "HEAD" {
			return 2 * d
		}
		return d
	}
}

// body is what a response to method has for a body.
func body(method, text string) string {
	if method == "HEAD" {
		return ""
	}
	return text
}

func TestFailoverToAnOriginThatFailsToo(t *testing.T) {
	for name, tt := range map[string]struct {
		secd   dial
		status int
	}{
		"refused": {refuse, 502},
		"silent":  {silence, 504},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEdge(t, refuse, tt.secd, withFunction(fmt.Sprintf(groupFunction, "503"), store{}))
				check(t, e.do(t, "GET", "/", ""), tt.status, "could not be satisfied", fault)
			})
		})
	}
}

func TestFailoverAsksTheFirstOriginFirstEachTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		pri := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			asked++
			w.WriteHeader(503)
		})
		e := newEdge(t, pri, serve(t, says(200, "secd")), withFunction(fmt.Sprintf(groupFunction, "503"), store{}))
		for range 3 {
			check(t, e.do(t, "GET", "/", ""), 200, "secd", miss)
		}
		if asked != 3 {
			t.Errorf("the first origin was asked %d times, want 3", asked)
		}
	})
}

func TestOriginGroupOfTheTemplate(t *testing.T) {
	for _, tt := range []struct {
		method string
		cached []any
		status int
	}{
		{"GET", []any{"GET", "HEAD"}, 200},
		{"HEAD", []any{"GET", "HEAD"}, 200},
		{"OPTIONS", []any{"GET", "HEAD"}, 502},
		{"OPTIONS", []any{"GET", "HEAD", "OPTIONS"}, 200},
	} {
		t.Run(fmt.Sprint(tt.method, len(tt.cached)), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEdge(t, refuse, serve(t, says(200, "secd")), set(properties{
					"OriginGroups":         originGroups(503.0, "pri", "secd"),
					"DefaultCacheBehavior": readBehavior(properties{"TargetOriginId": "group", "CachedMethods": tt.cached}),
				}))
				if got := e.do(t, tt.method, "/", ""); got.StatusCode != tt.status {
					t.Errorf("got %d, want %d", got.StatusCode, tt.status)
				}
			})
		})
	}
}

// originGroups is the origin group "group".
func originGroups(code any, members ...string) properties {
	var items []any
	for _, m := range members {
		items = append(items, properties{"OriginId": m})
	}
	return properties{"Quantity": 1, "Items": []any{properties{
		"Id":               "group",
		"FailoverCriteria": properties{"StatusCodes": properties{"Quantity": 1, "Items": []any{code}}},
		"Members":          properties{"Quantity": len(items), "Items": items},
	}}}
}

func TestOptionsWithABodyIsSentOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, serve(t, says(503, "pri")), serve(t, says(200, "secd")), withFunction(fmt.Sprintf(groupFunction, "503"), store{}))
		check(t, e.do(t, "OPTIONS", "/", "body"), 503, "pri", fault)
	})
}

func TestConnectionAttempts(t *testing.T) {
	for _, method := range allMethods {
		t.Run(method, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				answering, calls := serve(t, says(200, "pri")), 0
				flaky := func(ctx context.Context, scheme, address string) (net.Conn, error) {
					if calls++; calls == 1 {
						return silence(ctx, scheme, address)
					}
					return answering(ctx, scheme, address)
				}
				start := time.Now()
				e := newEdge(t, flaky, refuse)
				check(t, e.do(t, method, "/", ""), 200, body(method, "pri"), miss)
				if took := time.Since(start); took != 3*time.Second {
					t.Errorf("it took %s, want the 3s of the first attempt", took)
				}
			})
		})
	}
}

func TestDefaultsOfAnOrigin(t *testing.T) {
	minimal := func(c *cloudfront.Config) {
		set(properties{"Origins": []any{
			properties{"Id": "pri", "DomainName": priHost, "CustomOriginConfig": properties{"OriginProtocolPolicy": "https-only"}},
		}})(c)
	}
	for name, tt := range map[string]struct {
		pri  func(testing.TB) dial
		want time.Duration
	}{
		"three attempts of 10 seconds to connect": {always(silence), 30 * time.Second},
		"three attempts of 30 seconds to respond": {handler(hang), 90 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEdge(t, tt.pri(t), refuse, minimal)
				start := time.Now()
				check(t, e.do(t, "GET", "/", ""), 504, "", fault)
				if took := time.Since(start); took != tt.want {
					t.Errorf("it took %s, want %s", took, tt.want)
				}
			})
		})
	}
}

func TestConnectionsAreKeptAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, serve(t, says(200, "pri")), refuse)
		for range 3 {
			e.do(t, "POST", "/", "body")
			time.Sleep(4 * time.Second) // of the bubble's clock, below the 5 seconds of the default keep-alive timeout
		}
		if got := len(e.net.dials); got != 1 {
			t.Errorf("there were %d connections, want 1", got)
		}
		time.Sleep(6 * time.Second)
		e.do(t, "GET", "/", "")
		if got := len(e.net.dials); got != 2 {
			t.Errorf("there were %d connections after the keep-alive timeout, want 2", got)
		}
	})
}

func TestAResponseThatStopsIsCutOff(t *testing.T) {
	for name, pause := range map[string]func(w http.ResponseWriter, r *http.Request){
		"by silence": hang,
		"by closing": drop,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				pri := serve(t, func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Length", "100")
					_, _ = w.Write([]byte("half"))
					_ = http.NewResponseController(w).Flush()
					pause(w, r)
				})
				e := newEdge(t, pri, refuse)
				defer func() {
					if got := recover(); got != http.ErrAbortHandler { //nolint:errorlint // it is a panic's value
						t.Errorf("recovered %v, want ErrAbortHandler", got)
					}
					if got := e.lastLog(t); got["x-edge-detailed-result-type"] != "AbortedOrigin" || got["sc-status"] != "200" {
						t.Errorf("the access log says %v", got)
					}
				}()
				e.do(t, "GET", "/", "")
			})
		})
	}
}

func TestASlowResponseArrives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pri := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			for range 3 {
				time.Sleep(9 * time.Second) // of the bubble's clock, below the response timeout of 10 seconds
				_, _ = w.Write([]byte("part "))
				_ = http.NewResponseController(w).Flush()
			}
		})
		check(t, newEdge(t, pri, refuse).do(t, "GET", "/", ""), 200, "part part part", miss)
	})
}
