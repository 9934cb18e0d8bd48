package runtimeapi

import (
	"bytes"
	"io"
	"sync"
)

// maxLine is the length at which a line is broken. Lambda breaks log events at about this length, too.
const maxLine = 256 << 10

// lines passes on what is written to it line by line, each after a prefix.
type lines struct {
	to     io.Writer
	prefix string

	mu   sync.Mutex
	rest []byte // the beginning of a line whose end has not been written yet
}

func newLines(to io.Writer, prefix string) *lines {
	return &lines{to: to, prefix: prefix}
}

// Write passes on the lines that p completes. It never fails: that nobody reads a function's log is no concern of the
// function's.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, p...)
	for {
		end := bytes.IndexByte(l.rest, '\n')
		if end < 0 && len(l.rest) < maxLine {
			break
		}
		if end < 0 || end > maxLine {
			l.pass(l.rest[:maxLine])
			l.rest = l.rest[maxLine:]
			continue
		}
		l.pass(l.rest[:end])
		l.rest = l.rest[end+1:]
	}
	return len(p), nil
}

// flush passes on a line that has no end.
func (l *lines) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.rest) > 0 {
		l.pass(l.rest)
	}
	l.rest = nil
}

// fail passes on why an invocation has failed.
func (l *lines) fail(a *answer) {
	l.flush()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pass(a.payload)
}

func (l *lines) pass(line []byte) {
	_, _ = l.to.Write(append(append([]byte(l.prefix), line...), '\n'))
}
