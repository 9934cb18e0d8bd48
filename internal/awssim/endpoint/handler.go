package endpoint

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/fault"
	"github.com/warmstandby/warmstandby/internal/awssim/sigv4"
)

// globalRegion is where requests belong that are signed for all Regions, as those to global services are.
const globalRegion = "us-east-1"

// Handler answers every simulated service's requests, for every Region. It is an [http.Handler].
type Handler struct {
	cloud    *awssim.Cloud
	verifier sigv4.Verifier
	services map[string]*service
	journal  *journal
	faults   *fault.Injector // nil for none

	background context.Context // ends when the handler is closed
	cancel     context.CancelFunc
	running    sync.WaitGroup
}

// New returns a Handler that serves the cloud to who has credentials of it.
func New(cloud *awssim.Cloud) *Handler {
	h := &Handler{cloud: cloud, services: services(), journal: newJournal()}
	h.verifier = sigv4.Verifier{Lookup: h.credentials, Now: cloud.Now}
	h.background, h.cancel = context.WithCancel(context.Background())
	return h
}

// Close ends what runs in the background, such as asynchronous invocations, and waits for it. Requests must have ended before.
func (h *Handler) Close() {
	h.cancel()
	h.running.Wait()
}

// spawn runs f in the background.
func (h *Handler) spawn(f func(context.Context)) {
	h.running.Go(func() { f(h.background) })
}

// Summary says what was asked so far.
func (h *Handler) Summary() Summary { return h.journal.summary() }

// request is a request whose signature is good, and its body.
type request struct {
	*http.Request
	body []byte
}

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	reply := &reply{ResponseWriter: w, request: r, requestID: h.cloud.NewRequestID()}
	identity, err := h.verifier.Verify(r)
	name := identity.Service
	var refused *sigv4.Error
	if errors.As(err, &refused) {
		name = refused.Service
	}
	req := &request{Request: r}
	s, known := h.services[name]
	if !known {
		s = stranger(name, req)
	}
	p := s.protocol(req)
	if err != nil {
		p.fail(reply, signatureError(err, p.family()))
		return
	}
	if req.body, err = readBody(s, r); err != nil {
		p.fail(reply, asError(err))
		return
	}
	h.serve(reply, s, p, req, identity)
}

// serve answers a request to a service.
func (h *Handler) serve(w *reply, s *service, p protocol, r *request, who sigv4.Identity) {
	region := who.Regions[0]
	if strings.Contains(region, "*") {
		region = globalRegion
	}
	name, input, failed := p.decode(s, r)
	op := s.find(name)
	if failed == nil && op == nil {
		h.journal.miss(Count{Service: s.name, Operation: name, Region: region})
		failed = p.unknown(name)
	}
	if failed != nil {
		p.fail(w, failed)
		return
	}
	h.journal.call(Count{Service: s.name, Operation: name, Region: region})
	c := &Call{
		Handler: h, Cloud: h.cloud, Region: region, RequestID: w.requestID, Input: input,
		Header: r.Header, Body: r.body, Background: h.spawn, Status: http.StatusOK, Reply: w.Header(),
	}
	h.cloud.Do(func(s *awssim.State) { c.Caller, _ = s.Credentials(who.AccessKeyID) })
	out, err := h.run(r.Context(), s, op, c, h.decide(s, op, who.Regions[0], c))
	if errors.Is(err, ErrUnanswered) {
		panic(http.ErrAbortHandler) // closes the connection
	}
	if err != nil {
		p.fail(w, asServiceError(s, p, err))
		return
	}
	w.status = c.Status
	p.answer(w, s, op, out)
}

// run runs an operation if neither a fault nor the caller's policies prevent it. An error that is ErrUnanswered is no answer.
func (h *Handler) run(ctx context.Context, s *service, op *operation, c *Call, d fault.Decision) (any, error) {
	if err := before(ctx, d); err != nil {
		return nil, err
	}
	if err := h.authorize(s, op, c); err != nil {
		return nil, denied{err}
	}
	c.Cloud = view(c.Cloud, d)
	out, err := op.do(ctx, c)
	if lost := after(ctx, d); lost != nil {
		return nil, lost
	}
	return out, err
}

// stranger is a service without operations, which stands for one that is not simulated and for a request that does not say
// which service is meant. It speaks what the request looks like.
func stranger(name string, r *request) *service {
	s := &service{name: name}
	switch contentType := r.Header.Get("Content-Type"); {
	case r.Header.Get("X-Amz-Target") != "":
		s.protocols = []protocol{jsonRPC{version: "1.1"}}
	case strings.HasPrefix(contentType, "application/x-www-form-urlencoded"), r.URL.Query().Has("Action"):
		s.protocols = []protocol{query{}}
	default:
		s.protocols = []protocol{restJSON{}}
	}
	return s
}

// readBody reads the body, which the verifier has limited, and expands it if it is compressed.
func readBody(s *service, r *http.Request) ([]byte, error) {
	body := io.Reader(r.Body)
	if s.gzip && r.Header.Get("Content-Encoding") == "gzip" {
		expanded, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, failure(http.StatusBadRequest, "SerializationException", "%v", err)
		}
		body = io.LimitReader(expanded, sigv4.DefaultMaxBody)
	}
	b, err := io.ReadAll(body)
	if err != nil {
		return nil, failure(http.StatusBadRequest, "SerializationException", "%v", err)
	}
	return b, nil
}
