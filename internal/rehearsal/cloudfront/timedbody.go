package cloudfront

import (
	"context"
	"errors"
	"io"
	"time"
)

// timedBody is a response's body that has to go on arriving.
type timedBody struct {
	body    io.ReadCloser
	timeout time.Duration
	timer   *time.Timer
	cancel  context.CancelCauseFunc
}

func newTimedBody(body io.ReadCloser, timeout time.Duration, cancel context.CancelCauseFunc) *timedBody {
	timer := time.AfterFunc(timeout, func() { cancel(errStopped) })
	timer.Stop() // until the first read
	return &timedBody{body: body, timeout: timeout, timer: timer, cancel: cancel}
}

// errStopped is why the reading of a body is given up.
var errStopped = errors.New("the origin stopped sending for longer than its response timeout")

// Read reads what comes within the timeout. The time that the viewer takes between two reads does not count.
func (b *timedBody) Read(p []byte) (int, error) {
	b.timer.Reset(b.timeout)
	n, err := b.body.Read(p)
	b.timer.Stop()
	return n, err
}

// Close gives the rest of the body up.
func (b *timedBody) Close() error {
	b.timer.Stop()
	err := b.body.Close()
	b.cancel(nil)
	return err
}
