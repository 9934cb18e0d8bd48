package endpoint

import (
	"cmp"
	"errors"
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
	"github.com/warmstandby/warmstandby/internal/awssim/sigv4"
)

// credentials looks an access key up for the verifier.
func (h *Handler) credentials(accessKeyID string) (found sigv4.Credentials, known bool) {
	h.cloud.Do(func(s *awssim.State) {
		var c awssim.Credentials
		c, known = s.Credentials(accessKeyID)
		found = sigv4.Credentials{
			SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken, Expires: c.Expires,
			Principal: iam.Principal{ARN: c.ARN, Role: s.RoleARN(c)},
		}
	})
	return found, known
}

// authorize says whether the caller's policies, and the resource's, allow the operation on all its resources. A refusal is
// entered in the journal.
func (h *Handler) authorize(s *service, op *operation, c *Call) error {
	if op.open {
		return nil
	}
	resources := []string{"*"}
	if op.resources != nil {
		resources = op.resources(c)
	}
	request := h.accessRequest(s.action(op), op, c)
	for _, arn := range resources {
		request := request
		request.Resource = arn
		if op.resourceContext != nil {
			request.Context = maps.Clone(request.Context)
			maps.Copy(request.Context, op.resourceContext(c, arn))
		}
		if err := iam.Decide(request).Err(); err != nil {
			h.journal.refuse(c.refusal(request, err))
			return err
		}
	}
	if op.also == nil {
		return nil
	}
	return h.authorizeAlso(op.also(c), request, c)
}

// need is something that a caller must be allowed beside an operation.
type need struct {
	action, resource string
	policy           *iam.Policy // the resource's
	context          map[string][]string
}

// authorizeAlso says whether what an operation needs beside itself is allowed. The request is the operation's.
func (h *Handler) authorizeAlso(needs []need, request iam.Request, c *Call) error {
	for _, n := range needs {
		request.Action, request.Resource, request.Resources = n.action, n.resource, nil
		if n.policy != nil {
			request.Resources = []*iam.Policy{n.policy}
		}
		request.Context = maps.Clone(request.Context)
		maps.Copy(request.Context, n.context)
		if err := iam.Decide(request).Err(); err != nil {
			h.journal.refuse(c.refusal(request, err))
			return err
		}
	}
	return nil
}

// accessRequest is what is asked of the policies, for a resource to be named. Context keys are those of the IAM user guide,
// "AWS global condition context keys", that follow from the request, and those of services that an operation adds.
func (h *Handler) accessRequest(action string, op *operation, c *Call) iam.Request {
	r := iam.Request{Action: action}
	c.do(func(s *awssim.State, _ *awssim.Region) {
		r.Principal = iam.Principal{ARN: c.Caller.ARN, Role: s.RoleARN(c.Caller), Service: c.Principal}
		r.Identity = s.Policies(c.Caller)
		now := s.Now()
		r.Context = map[string][]string{
			"aws:CurrentTime":     {now.Format(time.RFC3339)},
			"aws:EpochTime":       {strconv.FormatInt(now.Unix(), 10)},
			"aws:RequestedRegion": {c.Region},
			"aws:SecureTransport": {"true"}, // the loopback interface stands for TLS
			"aws:userid":          {c.Caller.UserID},
		}
	})
	if c.Principal != "" {
		delete(r.Context, "aws:userid")
		r.Context["aws:SourceArn"], r.Context["aws:SourceAccount"] = []string{c.Source}, []string{c.account()}
	}
	if op.context != nil {
		maps.Copy(r.Context, op.context(c))
	}
	if op.policy != nil {
		if p := op.policy(c); p != nil {
			r.Resources = []*iam.Policy{p}
		}
	}
	if op.policies != nil {
		r.Resources = op.policies(c)
	}
	return r
}

// denied is why a caller's policies do not allow a call.
type denied struct{ error }

// asServiceError is an error in the words of a service.
func asServiceError(s *service, p protocol, err error) *Error {
	var d denied
	if errors.As(err, &d) {
		return denial(s, p, d.error)
	}
	return asError(err)
}

// refusal is the entry of a refused request in the journal.
func (c *Call) refusal(r iam.Request, err error) Refusal {
	return Refusal{Caller: cmp.Or(c.Caller.ARN, c.Principal), Role: c.Caller.Role, Action: r.Action, Resource: r.Resource, Reason: err.Error()}
}

// denial is how a service words a refusal.
func denial(s *service, p protocol, err error) *Error {
	code := map[sigv4.Protocol]string{sigv4.JSON: "AccessDeniedException", sigv4.RESTJSON: "AccessDeniedException"}[p.family()]
	return failure(http.StatusForbidden, cmp.Or(s.denied, code, "AccessDenied"), "%v", err)
}
