package failovertest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/warmstandby/warmstandby/constructs/regioncheck"
	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/awssim"
)

// behind is how far a clock is behind when it starts, so that much time can pass: who signs a call has the machine's time, and the
// signature is good for five minutes before and after it.
const behind = -290 * time.Second

// Clock is a clock that runs ahead by as much as somebody would sleep.
type Clock struct {
	mu    sync.Mutex
	ahead time.Duration

	// Slept is called after each sleep, if it is set, with the time that was slept in all.
	Slept func(total time.Duration)
}

// Now is the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

// Sleep lets d pass at once, unless ctx has ended.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	c.mu.Lock()
	c.ahead += d
	total, slept := c.ahead, c.Slept
	c.mu.Unlock()
	if slept != nil {
		slept(total)
	}
	return ctx.Err()
}

// whileReachable closes the connections of calls to Regions that are cut off, fails those that are denied, and notes the others.
func (a *Application) whileReachable(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		region := region(r)
		if a.isLost(region) {
			panic(http.ErrAbortHandler)
		}
		operation, database := operation(r)
		if a.denied(operation) {
			w.Header().Set("X-Amzn-ErrorType", "AccessDeniedException")
			w.WriteHeader(http.StatusForbidden)
			if database {
				io.WriteString(w, "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>denied by the test</Message></Error></ErrorResponse>")
			}
			return
		}
		if database && !strings.HasPrefix(operation, "Describe") {
			a.note(region + " " + operation)
		}
		next.ServeHTTP(w, r)
	})
}

func (a *Application) denied(operation string) bool {
	a.mu.Lock()
	deny := a.deny
	a.mu.Unlock()
	return operation != "" && deny != nil && deny(operation)
}

func (a *Application) note(call string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls = append(a.calls, call)
}

// operation is the operation of a call of RDS, and of those of others that change something; empty for all others. The request's body
// can still be read.
func operation(r *http.Request) (name string, database bool) {
	switch {
	case strings.Contains(r.URL.Path, "/functions/"):
		return "Invoke", false
	case r.Method == http.MethodPost && strings.Contains(r.URL.Path, "/key-value-stores/"):
		return "UpdateKeys", false
	case !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded"):
		return "", false
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return "", false
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return "", false
	}
	return values.Get("Action"), true
}

// serveEdge does what the edge does: it refuses writes while there is a fence, sends everything else to the active Region, and reads
// to the other one if that does not answer.
func (a *Application) serveEdge(w http.ResponseWriter, r *http.Request) {
	items := a.Store()
	active := topology.Primary
	if items[topology.ActiveKey] == string(topology.Secondary) {
		active = topology.Secondary
	}
	read := r.Method == http.MethodGet
	if _, fenced := items[topology.FenceKey]; fenced && !read {
		w.Header().Set(topology.FencedHeader, "1")
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	serving := a.Document.Regions[active].Region
	if a.isLost(serving) && read {
		serving = a.Document.Regions[active.Other()].Region
	}
	if a.isLost(serving) {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	w.Header().Set(topology.ServedRegionHeader, serving)
	if !read || r.URL.Path != a.Document.Edge.HealthPath {
		w.WriteHeader(http.StatusForbidden)
	}
}

// check is the function that checks a Region.
func (a *Application) check(site topology.Site) awssim.InvokeFunc {
	return func(_ context.Context, _ string, payload []byte) (awssim.InvokeResult, error) {
		request, ok, err := regioncheck.Parse(payload)
		if !ok || err != nil {
			return failed(fmt.Sprintf("not a check: %s", payload)), nil
		}
		writes := false
		a.Cloud.Do(func(s *awssim.State) { writes = s.AcceptsWrites(site.ClusterArn) })
		answer := regioncheck.Answer{Region: site.Region, Role: regioncheck.Reader}
		if writes {
			answer.Role = regioncheck.Writer
		}
		if request.Check == regioncheck.Write && !writes {
			return failed("the database is read-only"), nil
		}
		return awssim.InvokeResult{Payload: []byte(marshal(answer))}, nil
	}
}

func failed(message string) awssim.InvokeResult {
	return awssim.InvokeResult{FunctionError: "Unhandled", Payload: []byte(marshal(map[string]string{"errorMessage": message}))}
}

func marshal(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}
