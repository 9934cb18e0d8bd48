package traffic_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/rehearsal/client"
	"github.com/warmstandby/warmstandby/internal/rehearsal/traffic"
)

// application is a sender that answers right, in virtual time.
type application struct {
	latency time.Duration

	// change may change an answer. n counts the requests from 0.
	change func(n int, r client.Request, a *client.Answer)

	mu    sync.Mutex
	items map[uint64]client.Item
	log   []string
}

func (s *application) Do(ctx context.Context, r client.Request) client.Answer {
	s.mu.Lock()
	n := len(s.log)
	s.log = append(s.log, r.Method+" "+r.URL+" "+r.Body)
	a := s.answer(r)
	if s.change != nil {
		s.change(n, r, &a)
	}
	s.mu.Unlock()
	select {
	case <-time.After(s.latency):
		return a
	case <-ctx.Done():
		return client.Answer{Err: ctx.Err()}
	}
}

func (s *application) answer(r client.Request) client.Answer {
	a := client.Answer{Status: http.StatusOK, Header: http.Header{client.RegionHeader: {"us-east-1"}}}
	if strings.HasSuffix(r.URL, "/v1/health") {
		return a
	}
	if r.Token != "token" {
		return client.Answer{Status: http.StatusUnauthorized}
	}
	var item client.Item
	if r.Body != "" {
		if err := json.Unmarshal([]byte(r.Body), &item); err != nil {
			panic(err)
		}
	}
	switch u, _ := url.Parse(r.URL); {
	case r.Method == http.MethodGet:
		if _, err := fmt.Sscan(u.Query().Get("id"), &item.ID); err != nil {
			panic(err)
		}
		item = s.items[item.ID]
	case r.Method == http.MethodDelete:
		delete(s.items, item.ID)
		a.Body = []byte(item.Reference())
		return a
	case item.ID == 0:
		item.ID = uint64(len(s.log))
		a.Status = http.StatusCreated
		s.items[item.ID] = item
	default:
		s.items[item.ID] = item
	}
	a.Body = []byte(item.String())
	return a
}

// run offers a load to s. It must be called in a bubble.
func run(ctx context.Context, s *application, rate int, duration time.Duration, seed uint64) traffic.Report {
	s.items = make(map[uint64]client.Item)
	return traffic.Run(ctx, s, traffic.Options{
		Rate: rate, Duration: duration, Seed: seed, Base: "http://edge", Token: "token", Region: "us-east-1",
	})
}

func TestSteadyLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := run(t.Context(), &application{latency: 5 * time.Millisecond}, 100, 20*time.Second, 7)
		if !r.OK() || r.Requests != 2000 || r.Planned != 2000 {
			t.Errorf("%d of %d requests, %d errors: %v", r.Requests, r.Planned, r.Errors, r.Failures)
		}
		if r.ElapsedSeconds < 19.9 || r.ElapsedSeconds > 20 {
			t.Errorf("took %gs", r.ElapsedSeconds)
		}
		share := map[string]float64{}
		for _, route := range r.Routes {
			share[route.Route] = float64(route.Requests) / 20
			l := route.LatencyMilliseconds
			if l != (traffic.Latency{P50: 5, P90: 5, P99: 5, Max: 5}) {
				t.Errorf("%s: latencies are %+v", route.Route, l)
			}
			if diff := cmp.Diff(map[string]int{"us-east-1": route.Requests}, route.ServedBy); diff != "" {
				t.Errorf("%s: %s", route.Route, diff)
			}
		}
		for route, want := range map[string]float64{"GET /v1": 60, "POST /v1": 25, "DELETE /v1": 10, "GET /v1/health": 5} {
			if got := share[route]; got < want*0.8 || got > want*1.2 {
				t.Errorf("%s has %g %% of the requests, want about %g", route, got, want)
			}
		}
	})
}

func TestSeedDecidesRequests(t *testing.T) {
	requests := func(seed uint64) (log []string) {
		synctest.Test(t, func(t *testing.T) {
			s := &application{latency: time.Millisecond} // each is answered before the next is sent
			run(t.Context(), s, 100, 3*time.Second, seed)
			log = s.log
		})
		return log
	}
	first := requests(1)
	if diff := cmp.Diff(first, requests(1)); diff != "" {
		t.Errorf("the same seed gives other requests:\n%s", diff)
	}
	if cmp.Equal(first, requests(2)) {
		t.Error("another seed gives the same requests")
	}
}

func TestLatencyCountsFromWhenARequestWasDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// 256 requests under way for 1 second each are 256 a second; the rest of 512 waits. All 2048 are 8 rounds of a second, which
		// begin over half a second.
		r := run(t.Context(), &application{latency: time.Second}, 512, 4*time.Second, 1)
		if !r.OK() {
			t.Errorf("%d errors: %v", r.Errors, r.Failures)
		}
		if r.ElapsedSeconds < 8.4 || r.ElapsedSeconds > 8.6 {
			t.Errorf("took %gs, want about 8.5", r.ElapsedSeconds)
		}
		for _, route := range r.Routes {
			if l := route.LatencyMilliseconds; route.Route == "GET /v1" && (l.Max < 4500 || l.P50 < 2500) {
				t.Errorf("latencies %+v hide the wait", l)
			}
		}
	})
}

func TestErrorsByKind(t *testing.T) {
	tests := []struct {
		kind   string
		change func(a *client.Answer)
	}{
		{"status 503", func(a *client.Answer) { a.Status = http.StatusServiceUnavailable }},
		{"not served by us-east-1", func(a *client.Answer) { a.Header = http.Header{client.RegionHeader: {"us-east-2"}} }},
		{"not served by us-east-1", func(a *client.Answer) { a.Header = nil }},
		{"wrong content", func(a *client.Answer) { a.Body = []byte(`{"id":1,"task":"old","status":"wip"}`) }},
		{"wrong content", func(a *client.Answer) { a.Body = []byte(`{"id":0}`) }},
		{"wrong content", func(a *client.Answer) { a.Body = []byte(`no JSON`) }},
		{"timeout", func(a *client.Answer) { a.Err = context.DeadlineExceeded }},
		{"connection refused", func(a *client.Answer) { a.Err = syscall.ECONNREFUSED }},
		{"other", func(a *client.Answer) { a.Err = errors.New("odd") }},
	}
	for _, tt := range tests {
		t.Run(tt.kind, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				changed := 0
				r := run(t.Context(), &application{change: func(n int, r client.Request, a *client.Answer) {
					if n%10 == 5 && !strings.HasSuffix(r.URL, "/health") {
						changed++
						tt.change(a)
					}
				}}, 100, 5*time.Second, 1)
				got := map[string]int{}
				for _, route := range r.Routes {
					for kind, n := range route.Errors {
						got[kind] += n
					}
				}
				if diff := cmp.Diff(map[string]int{tt.kind: changed}, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if r.Errors != changed || r.OK() || len(r.Failures) != 5 || !strings.Contains(r.Failures[0], tt.kind) {
					t.Errorf("%d errors, such as %v", r.Errors, r.Failures)
				}
			})
		})
	}
}

func TestLostWriteIsFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &application{}
		s.change = func(_ int, r client.Request, a *client.Answer) {
			var item client.Item
			if r.Method == http.MethodPost && json.Unmarshal([]byte(r.Body), &item) == nil && item.ID > 0 {
				s.items[item.ID] = client.Item{ID: item.ID, Task: "as before", Status: "wip"}
			}
		}
		r := run(t.Context(), s, 100, 20*time.Second, 1)
		if r.Errors == 0 || !strings.Contains(strings.Join(r.Failures, " "), "wrong content") {
			t.Errorf("nobody noticed: %+v", r)
		}
	})
}

func TestInterrupted(t *testing.T) {
	for name, rate := range map[string]int{"while waiting": 10, "while too many are under way": 1000} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
				defer cancel()
				r := run(ctx, &application{latency: 2 * time.Second}, rate, 10*time.Second, 1)
				if r.OK() || r.Errors > 0 || r.Requests == 0 || r.Requests >= r.Planned {
					t.Errorf("%d of %d requests, %d errors: %v", r.Requests, r.Planned, r.Errors, r.Failures)
				}
				if r.ElapsedSeconds > 2.6 {
					t.Errorf("went on for %gs", r.ElapsedSeconds)
				}
			})
		})
	}
}

func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []string
		s := &application{items: make(map[uint64]client.Item)}
		traffic.Run(t.Context(), s, traffic.Options{
			Rate: 10, Duration: 2500 * time.Millisecond, Base: "http://edge", Token: "token", Region: "us-east-1",
			Progress: func(sent, total int) { got = append(got, fmt.Sprintf("%d of %d", sent, total)) },
		})
		if diff := cmp.Diff([]string{"10 of 25", "20 of 25"}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestWriteText(t *testing.T) {
	r := traffic.Report{
		Rate: 100, Seconds: 5, Seed: 42, Planned: 500, Requests: 500, Errors: 3, ElapsedSeconds: 5.004,
		Routes: []traffic.Route{
			{
				Route: "DELETE /v1", Requests: 100, Errors: map[string]int{"timeout": 1, "status 503": 2}, ServedBy: map[string]int{"us-east-1": 97},
				LatencyMilliseconds: traffic.Latency{P50: 1.25, P90: 2.5, P99: 60000, Max: 60001.5},
			},
			{
				Route: "GET /v1/health", Requests: 400, ServedBy: map[string]int{"us-east-1": 300, "us-east-2": 100},
				LatencyMilliseconds: traffic.Latency{P50: 1, P90: 2, P99: 3, Max: 4},
			},
		},
		Failures: []string{"DELETE /v1: status 503, for " + strings.Repeat("x", 100)},
	}
	want := `Load through the edge: 100 requests per second for 5s, seed 42

  route            requests  errors       p50     p90     p99     max ms   served by
  DELETE /v1            100       3       1.2     2.5 60000.0 60001.5      us-east-1 97
  GET /v1/health        400       0       1.0     2.0     3.0     4.0      us-east-1 300, us-east-2…

  500 of 500 requests answered in 5.0s, 3 not as specified
       2  DELETE /v1: status 503
       1  DELETE /v1: timeout
  such as DELETE /v1: status 503, for ` + strings.Repeat("x", 61) + "…\n"
	var b strings.Builder
	r.WriteText(&b)
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
