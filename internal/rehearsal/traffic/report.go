package traffic

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal/client"
)

// Report is how a load went.
type Report struct {
	// Rate is the number of requests offered in a second.
	Rate int `json:"rate"`

	// Seconds is for how long they were to be offered.
	Seconds float64 `json:"seconds"`

	// Seed is what the requests were drawn from.
	Seed uint64 `json:"seed"`

	// Planned is how many requests were to be sent, Requests how many were answered or failed. They differ only if the load was
	// interrupted.
	Planned  int `json:"planned"`
	Requests int `json:"requests"`

	// Errors is how many of Requests did not answer as specified.
	Errors int `json:"errors"`

	// ElapsedSeconds is how long it took until the last answer.
	ElapsedSeconds float64 `json:"elapsedSeconds"`

	// Routes are the routes that were called, sorted by name.
	Routes []Route `json:"routes"`

	// Failures are the first few errors, in words.
	Failures []string `json:"failures"`
}

// Route is how one route went.
type Route struct {
	// Route is method and path, such as "GET /v1".
	Route string `json:"route"`

	// Requests is how many there were.
	Requests int `json:"requests"`

	// Errors counts those not answered as specified by kind: "status 503", "timeout", "connection refused", "wrong content", "not
	// served by us-east-1", and so on. It is empty if all were.
	Errors map[string]int `json:"errors"`

	// LatencyMilliseconds is the time from when a request was due to its answer, of all requests.
	LatencyMilliseconds Latency `json:"latencyMilliseconds"`

	// ServedBy counts answers by the Region that served; those that named none are not counted.
	ServedBy map[string]int `json:"servedBy"`
}

// Latency is how latencies are distributed, in milliseconds. The percentiles are at most 1.6 % too high, the maximum is exact.
type Latency struct {
	P50 float64 `json:"p50"`
	P90 float64 `json:"p90"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

// OK reports whether the whole load was answered as specified.
func (r Report) OK() bool { return r.Errors == 0 && r.Requests == r.Planned }

// enoughFailures is how many failures are told in words.
const enoughFailures = 5

// stats counts answers.
type stats struct {
	options Options

	mu       sync.Mutex
	routes   map[string]*routeStats
	failures []string
}

type routeStats struct {
	requests  int
	errors    map[string]int
	servedBy  map[string]int
	latencies histogram
}

func newStats(o Options) *stats { return &stats{options: o, routes: make(map[string]*routeStats)} }

// add counts one answer.
func (s *stats) add(o operation, a client.Answer, wrong string, took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := routes[o.kind]
	r := s.routes[name]
	if r == nil {
		r = &routeStats{errors: make(map[string]int), servedBy: make(map[string]int)}
		s.routes[name] = r
	}
	r.requests++
	r.latencies.add(took)
	if region := a.Region(); region != "" {
		r.servedBy[region]++
	}
	if wrong == "" {
		return
	}
	r.errors[wrong]++
	if len(s.failures) < enoughFailures {
		s.failures = append(s.failures, fmt.Sprintf("%s: %s, for %s: %v", name, wrong, o.item, a))
	}
}

// report sums up.
func (s *stats) report(elapsed time.Duration) Report {
	o := s.options
	r := Report{
		Rate: o.Rate, Seconds: o.Duration.Seconds(), Seed: o.Seed, Planned: o.requests(), ElapsedSeconds: elapsed.Seconds(),
		Routes: []Route{}, Failures: append([]string{}, s.failures...),
	}
	for _, name := range slices.Sorted(maps.Keys(s.routes)) {
		route := s.routes[name].report(name)
		r.Requests += route.Requests
		for _, n := range route.Errors {
			r.Errors += n
		}
		r.Routes = append(r.Routes, route)
	}
	return r
}

func (r *routeStats) report(name string) Route {
	at := func(p float64) float64 { return milliseconds(r.latencies.percentile(p)) }
	return Route{
		Route: name, Requests: r.requests, Errors: r.errors, ServedBy: r.servedBy,
		LatencyMilliseconds: Latency{P50: at(50), P90: at(90), P99: at(99), Max: milliseconds(r.latencies.max)},
	}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// WriteText writes the report for people, in lines of at most 100 columns.
func (r Report) WriteText(w io.Writer) {
	fmt.Fprintf(w, "Load through the edge: %d requests per second for %gs, seed %d\n\n", r.Rate, r.Seconds, r.Seed)
	fmt.Fprintf(w, "  %-16s %8s %7s   %7s %7s %7s %7s ms   %s\n", "route", "requests", "errors", "p50", "p90", "p99", "max", "served by")
	for _, route := range r.Routes {
		route.writeText(w)
	}
	fmt.Fprintf(w, "\n  %d of %d requests answered in %.1fs, %d not as specified\n", r.Requests, r.Planned, r.ElapsedSeconds, r.Errors)
	for _, route := range r.Routes {
		for _, kind := range byCount(route.Errors) {
			fmt.Fprintf(w, "  %6d  %s: %s\n", route.Errors[kind], route.Route, shorten(kind, 60))
		}
	}
	for _, failure := range r.Failures {
		fmt.Fprintf(w, "  such as %s\n", shorten(failure, 90))
	}
}

func (r Route) writeText(w io.Writer) {
	errors := 0
	for _, n := range r.Errors {
		errors += n
	}
	var served []string
	for _, region := range byCount(r.ServedBy) {
		served = append(served, fmt.Sprintf("%s %d", region, r.ServedBy[region]))
	}
	l := r.LatencyMilliseconds
	fmt.Fprintf(w, "  %-16s %8d %7d   %7.1f %7.1f %7.1f %7.1f      %s\n",
		r.Route, r.Requests, errors, l.P50, l.P90, l.P99, l.Max, shorten(strings.Join(served, ", "), 25))
}

// byCount are the keys, the most frequent first.
func byCount(counts map[string]int) []string {
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
}

// shorten leaves out the end of a text that is too long.
func shorten(s string, width int) string {
	if runes := []rune(s); len(runes) > width {
		return string(runes[:width-1]) + "…"
	}
	return s
}
