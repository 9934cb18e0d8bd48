package runtimeapi

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
)

// phase is where a process is in the order of calls that the Runtime API allows.
type phase int

const (
	starting  phase = iota // next has not been called yet
	idle                   // next has been called, and waits
	busy                   // next has returned an invocation
	responded              // the invocation has been answered, and next not been called again
)

// api is the Runtime API as one process sees it.
type api struct {
	listener net.Listener
	server   *http.Server
	conns    sync.WaitGroup // the server's goroutine, and one for each connection

	ready  chan struct{}    // gets a value whenever next is called
	work   chan *invocation // what next returns
	failed chan *answer     // gets the error with which initialization has failed

	mu      sync.Mutex
	phase   phase
	current *invocation
	answer  *answer // of the current invocation
}

// newAPI listens on a free loopback port.
func newAPI() (*api, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	a := &api{
		listener: listener,
		ready:    make(chan struct{}, 1),
		work:     make(chan *invocation, 1),
		failed:   make(chan *answer, 1),
	}
	a.server = &http.Server{Handler: a.routes(), ConnState: a.count}
	a.conns.Go(func() { _ = a.server.Serve(listener) }) // it always ends with an error: that it was closed
	return a, nil
}

func (a *api) routes() http.Handler {
	const root = "/2018-06-01/runtime/"
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+root+"invocation/next", a.next)
	mux.HandleFunc("POST "+root+"invocation/{id}/response", a.response)
	mux.HandleFunc("POST "+root+"invocation/{id}/error", a.invocationError)
	mux.HandleFunc("POST "+root+"init/error", a.initError)
	return mux
}

// count keeps account of the connections that are open.
func (a *api) count(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		a.conns.Add(1)
	case http.StateClosed, http.StateHijacked:
		a.conns.Done()
	}
}

func (a *api) addr() string { return a.listener.Addr().String() }

// close ends the server and its connections, and waits for them.
func (a *api) close() {
	_ = a.server.Close()
	a.conns.Wait()
}

// dispatch hands an invocation to the process, which has to be idle.
func (a *api) dispatch(inv *invocation) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.phase, a.current, a.answer = busy, inv, nil
	a.work <- inv
}

// answered is the answer to the current invocation, nil if there is none yet.
func (a *api) answered() *answer {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.answer
}

// next says that the process is ready, and waits for the invocation that it gets.
func (a *api) next(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	allowed := a.phase == starting || a.phase == responded
	if allowed {
		a.phase = idle
		a.ready <- struct{}{}
	}
	a.mu.Unlock()
	if !allowed {
		refuseState(w)
		return
	}
	select {
	case inv := <-a.work:
		writeInvocation(w, inv)
	case <-r.Context().Done():
	}
}

func writeInvocation(w http.ResponseWriter, inv *invocation) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(inv.payload)))
	h.Set("Lambda-Runtime-Aws-Request-Id", inv.id)
	h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(inv.deadline.UnixMilli(), 10))
	h.Set("Lambda-Runtime-Invoked-Function-Arn", inv.arn)
	h.Set("Lambda-Runtime-Trace-Id", inv.traceID)
	_, _ = w.Write(inv.payload) // a process that does not read it has ended, which is noticed otherwise
}

// response takes the function's response.
func (a *api) response(w http.ResponseWriter, r *http.Request) { a.finish(w, r, false) }

// invocationError takes the description of an error that the function has returned.
func (a *api) invocationError(w http.ResponseWriter, r *http.Request) { a.finish(w, r, true) }

func (a *api) finish(w http.ResponseWriter, r *http.Request, failed bool) {
	body, tooLarge, err := readBody(r)
	if err != nil {
		return // nobody is there any more to be told
	}
	result := &answer{payload: body, failed: failed}
	if tooLarge {
		result = failedResponse()
	}
	a.mu.Lock()
	expected := a.phase == busy
	known := expected && a.current.id == r.PathValue("id")
	if known {
		a.answer, a.phase = result, responded
	}
	a.mu.Unlock()
	switch {
	case !expected:
		refuseState(w)
	case !known:
		refuse(w, http.StatusBadRequest, message{"InvalidRequestID", "Invalid request ID"})
	case tooLarge:
		refuse(w, http.StatusRequestEntityTooLarge,
			message{tooLargeForRuntime, "Exceeded maximum allowed payload size (" + strconv.Itoa(maxResponse) + " bytes)."})
	default:
		accept(w)
	}
}

// initError takes the description of an error that has kept the function from getting ready.
func (a *api) initError(w http.ResponseWriter, r *http.Request) {
	body, tooLarge, err := readBody(r)
	if err != nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.phase != starting || tooLarge {
		refuseState(w)
		return
	}
	a.phase = responded
	a.failed <- &answer{payload: body, failed: true}
	accept(w)
}

// readBody reads a body up to the size that a response may have.
func readBody(r *http.Request) (body []byte, tooLarge bool, err error) {
	body, err = io.ReadAll(http.MaxBytesReader(nil, r.Body, maxResponse))
	if e := (*http.MaxBytesError)(nil); errors.As(err, &e) {
		_, err = io.Copy(io.Discard, io.LimitReader(r.Body, maxResponse)) // so that the answer is read, not a reset
		return nil, true, err
	}
	return body, false, err
}

func accept(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, `{"status":"OK"}`)
}

func refuseState(w http.ResponseWriter) {
	refuse(w, http.StatusForbidden, message{"InvalidStateTransition", "Transition is not allowed"})
}

func refuse(w http.ResponseWriter, status int, m message) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(m.json())
}
