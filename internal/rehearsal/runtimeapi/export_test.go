package runtimeapi

import (
	"io"
	"time"
)

// MaxLine is the length at which a line of a log is broken.
const MaxLine = maxLine

// SetInitLimit changes how long the function's instances may take to be ready.
func (f *Function) SetInitLimit(d time.Duration) { f.initLimit = d }

// AwaitIdleEnd returns when the process of the only idle instance has ended.
func (f *Function) AwaitIdleEnd() {
	f.mu.Lock()
	run := f.idle[0].running
	f.mu.Unlock()
	<-run.process.Done()
}

// WriteLines writes each part to a log, and returns when the log is complete.
func WriteLines(to io.Writer, prefix string, parts ...[]byte) {
	l := newLines(to, prefix)
	for _, p := range parts {
		_, _ = l.Write(p)
	}
	l.flush()
}
