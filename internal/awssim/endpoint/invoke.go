package endpoint

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// Request is a call that a simulated AWS service makes of another: the same as one that comes over the wire, without the wire.
type Request struct {
	// Region, Service and Operation say what is called; the service by the name of its scope in signatures, such as "ssm".
	Region, Service, Operation string

	// Caller is the session of the role that the service has assumed for the call; empty if Principal is set.
	Caller awssim.Credentials

	// Principal is the service that calls in its own name, such as "events.amazonaws.com", and Source the ARN of the resource
	// that it does it for.
	Principal, Source string

	// Input holds the members, by the names and in the form that AWS's SDKs have for them.
	Input map[string]any

	// Header and Body are those of operations whose body is no structure, such as Lambda's Invoke.
	Header http.Header
	Body   []byte
}

// Do makes the call: faults, the caller's policies and the resource's decide, the operation runs, and the journal notes it. It returns
// what the operation does, an [*Error], or [ErrUnanswered].
func (h *Handler) Do(ctx context.Context, r Request) (any, error) {
	s, known := h.services[r.Service]
	if !known {
		s = &service{name: r.Service}
	}
	op := s.find(r.Operation)
	counted := Count{Service: r.Service, Operation: r.Operation, Region: r.Region}
	if op == nil {
		h.journal.miss(counted)
		return nil, failure(http.StatusBadRequest, "UnknownOperationException", "%s has no operation %s here", r.Service, r.Operation)
	}
	h.journal.call(counted)
	c := &Call{
		Handler: h, Cloud: h.cloud, Region: r.Region, Caller: r.Caller, Principal: r.Principal, Source: r.Source,
		RequestID: h.cloud.NewRequestID(), Input: r.Input, Header: r.Header, Body: r.Body,
		Background: h.spawn, Status: http.StatusOK, Reply: http.Header{},
	}
	if c.Input == nil {
		c.Input = map[string]any{}
	}
	out, err := h.run(ctx, s, op, c, h.decide(s, op, r.Region, c))
	if errors.Is(err, ErrUnanswered) {
		return nil, fmt.Errorf("%s in %s: %w", r.Service, r.Region, ErrUnanswered)
	}
	if err != nil {
		return nil, asServiceError(s, s.protocols[0], err)
	}
	return out, nil
}

// sessionLifetime is how long services use the credentials of a role that they have assumed.
const sessionLifetime = 12 * time.Hour

// AssumeRole returns credentials of a role for a service, if the role's trust policy lets the service assume it for a resource.
func AssumeRole(cloud *awssim.Cloud, role, principal, source, session string) (c awssim.Credentials, err error) {
	cloud.Do(func(s *awssim.State) {
		found, ok := s.FindRole(role)
		if !ok || found.Trust == nil {
			err = fmt.Errorf("role %s does not exist, or nobody may assume it", role)
			return
		}
		err = iam.Decide(iam.Request{
			Principal: iam.Principal{Service: principal}, Action: "sts:AssumeRole", Resource: found.ARN,
			Context:   map[string][]string{"aws:SourceArn": {source}, "aws:SourceAccount": {s.Account()}},
			Resources: []*iam.Policy{found.Trust},
		}).Err()
		if err == nil {
			c, _ = s.AssumeRole(found.ARN, session, sessionLifetime)
		}
	})
	return c, err
}
