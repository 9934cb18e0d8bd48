package simulation

import (
	"context"
	"errors"
	"net/http"

	"github.com/aws/smithy-go"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/fault"
	"github.com/warmstandby/warmstandby/internal/failover"
)

// edgeClient sends requests through the edge: to some location, and from there to the origins that the function at the edge chooses.
type edgeClient struct{ *caller }

var _ failover.Doer = edgeClient{}

// Do sends a request that writes nothing.
func (c edgeClient) Do(request *http.Request) (*http.Response, error) {
	k := call{service: "edge", operation: request.Method, region: fault.Global}
	out, err := carry(request.Context(), c.caller, k, func(s *awssim.State) (*http.Response, error) {
		location := random(c.w.Seed, "location "+request.Method, int(s.Now().UnixNano())).IntN(len(locations))
		return c.w.answer(s, request.Method, c.w.edge.views[location]), nil
	})
	if failed, ok := asFailure(err); ok {
		return reply(failed, nil), nil
	}
	return out, err
}

// answer is what a client gets from a location that knows as much.
func (w *World) answer(s *awssim.State, method string, v view) *http.Response {
	origins := v.route(method)
	if origins == nil {
		return reply(http.StatusServiceUnavailable, http.Header{http.CanonicalHeaderKey(topology.FencedHeader): {"1"}})
	}
	var last *http.Response
	for _, role := range origins {
		last = w.origin(s, method, role)
		if last.StatusCode < http.StatusInternalServerError {
			return last
		}
	}
	return last
}

// origin is what a Region's API answers: to a read, that it reads, or not; to a write to a path that no API has, that there is none.
func (w *World) origin(s *awssim.State, method string, role topology.Role) *http.Response {
	served := http.Header{topology.ServedRegionHeader: {regions[role]}}
	switch {
	case !reachable(s, role):
		return reply(http.StatusGatewayTimeout, nil)
	case method != http.MethodGet:
		return reply(http.StatusForbidden, served)
	case !readable(s, role):
		return reply(http.StatusServiceUnavailable, served)
	}
	return reply(http.StatusOK, served)
}

func reply(status int, header http.Header) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: status, Header: header, Body: http.NoBody}
}

// journal is the engine's journal.
type journal struct{ *caller }

var _ failover.Journal = journal{}

// Append keeps nothing, and works as the scenario says. The engine itself takes no time here, so that all the time of a step must be
// told as spent waiting.
func (j journal) Append(ctx context.Context, _ string, e failover.Entry) error {
	j.check()
	if s := e.Step; s != nil && s.Waited != s.End.Sub(s.Start) {
		j.w.fail("the time that a step waits for AWS is told as that", "%s took %s, and waited %s", s.Name, s.End.Sub(s.Start), s.Waited)
	}
	switch j.w.Journal {
	case Fails:
		return errors.New("the journal cannot be written")
	case Hangs:
		return j.wait(ctx)
	}
	return nil
}

// asFailure is the status that a client sees of a fault at the edge.
func asFailure(err error) (int, bool) {
	var failed smithy.APIError
	switch {
	case !errors.As(err, &failed):
		return 0, false
	case failed.ErrorFault() == smithy.FaultServer:
		return http.StatusBadGateway, true
	}
	return http.StatusTooManyRequests, true
}
