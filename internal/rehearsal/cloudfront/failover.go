package cloudfront

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
)

// failoverStatuses are the statuses that may make CloudFront ask the second origin of a group.
var failoverStatuses = []int{400, 403, 404, 416, 429, 500, 502, 503, 504}

// target is an origin, or the two of an origin group.
type target struct {
	origins    []*origin
	failoverOn []int // for which statuses of the first origin the second one is asked
}

// newGroup makes the origin group that p describes.
func newGroup(p originGroupProperties, origins map[string]*origin) (target, error) {
	var t target
	if s := p.SelectionCriteria; s != "" && s != "default" {
		return t, fmt.Errorf("SelectionCriteria %s is not modelled", s)
	}
	for _, member := range p.Members.Items {
		o, found := origins[member.OriginID]
		if !found {
			return t, fmt.Errorf("member %s is not an origin", member.OriginID)
		}
		t.origins = append(t.origins, o)
	}
	for _, status := range p.FailoverCriteria.StatusCodes.Items {
		if !slices.Contains(failoverStatuses, int(status)) {
			return t, fmt.Errorf("StatusCodes must be of %v, got %d", failoverStatuses, status)
		}
		t.failoverOn = append(t.failoverOn, int(status))
	}
	if len(t.origins) != 2 || len(t.failoverOn) == 0 {
		return t, fmt.Errorf("there must be two Members and at least one of StatusCodes, got %d and %d",
			len(t.origins), len(t.failoverOn))
	}
	return t, nil
}

// ask sends a request to the first origin, and to the second one if the first fails in a way that the group lists and the
// request may be repeated. What the last one that was asked answers is the answer. The first origin is asked first every
// time, whatever became of earlier requests.
func (t target) ask(ctx context.Context, r *originRequest) (*http.Response, *failure) {
	response, failed := t.origins[0].ask(ctx, r)
	if len(t.origins) < 2 || !r.repeatable || !slices.Contains(t.failoverOn, criterion(response, failed)) {
		return response, failed
	}
	if response != nil {
		drain(response)
	}
	return t.origins[1].ask(ctx, r)
}

// criterion is the status that a group has to list for the second origin to be asked.
func criterion(response *http.Response, failed *failure) int {
	if failed != nil {
		return failed.failsOverAs
	}
	return response.StatusCode
}

// drain drops a response, so that its connection can be used again unless it is a long one.
func drain(response *http.Response) {
	_, _ = io.CopyN(io.Discard, response.Body, 64<<10)
	_ = response.Body.Close()
}

// failure is why an origin gave no response, and what CloudFront makes of it.
//
// "Optimize high availability with CloudFront origin failover" ties a failed connection to the criterion 503, and a response
// that takes too long to 504. That a connection which breaks before the response counts as 502 is inferred from the status
// that the viewer gets.
type failure struct {
	status      int    // what the viewer gets
	failsOverAs int    // the status that a group has to list for the second origin to be asked
	detail      string // the type of the error in access logs
	message     string // the text of the error page
}

var (
	notConnected = &failure{
		http.StatusBadGateway, http.StatusServiceUnavailable, "OriginConnectError",
		"CloudFront wasn't able to connect to the origin.",
	}
	notConnectedInTime = &failure{
		http.StatusGatewayTimeout, http.StatusServiceUnavailable, "OriginCommError",
		"CloudFront wasn't able to connect to the origin in time.",
	}
	notResolved = &failure{
		http.StatusBadGateway, http.StatusServiceUnavailable, "OriginDnsError",
		"CloudFront wasn't able to resolve the origin domain name.",
	}
	timedOut = &failure{
		http.StatusGatewayTimeout, http.StatusGatewayTimeout, "OriginCommError",
		"CloudFront received no response from the origin in time.",
	}
	broken = &failure{
		http.StatusBadGateway, http.StatusBadGateway, "OriginReadError",
		"The origin closed the connection, or its response is not valid.",
	}
	viewerGone = &failure{detail: "ClientCommError"}
)

// newFailure tells what err, which an origin's transport returned, means.
func newFailure(ctx context.Context, err error) *failure {
	if ctx.Err() != nil {
		return viewerGone
	}
	late := errors.Is(err, context.DeadlineExceeded)
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		late = true
	}
	_, connecting := errors.AsType[*connectError](err)
	_, resolving := errors.AsType[*net.DNSError](err)
	switch {
	case connecting && resolving:
		return notResolved
	case connecting && late:
		return notConnectedInTime
	case connecting:
		return notConnected
	case late:
		return timedOut
	default:
		return broken
	}
}
