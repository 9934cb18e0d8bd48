package failover

import (
	"context"
	"time"
)

// notes writes a run's journal beside the run, which never waits for it.
type notes struct {
	entries chan Entry
	done    chan struct{}
}

// notesAhead is how many entries can wait to be written. A call of the engine makes fewer.
const notesAhead = 256

// keepJournal begins to write. The caller closes it.
func (e *Engine) keepJournal(ctx context.Context, run string) *notes {
	n := &notes{entries: make(chan Entry, notesAhead), done: make(chan struct{})}
	ctx = context.WithoutCancel(ctx) // how a run was interrupted is worth knowing, too
	go func() {
		defer close(n.done)
		for entry := range n.entries {
			e.write(ctx, run, entry)
		}
	}()
	return n
}

// write writes an entry. A journal that does not work is told of in the log, and stops nothing.
func (e *Engine) write(ctx context.Context, run string, entry Entry) {
	ctx, cancel := context.WithTimeout(ctx, e.Settings.Call)
	defer cancel()
	if err := e.Journal.Append(ctx, run, entry); err != nil {
		e.Log.Error("journal", "run", run, "err", err)
	}
}

func (n *notes) append(e Entry) { n.entries <- e }

// close waits until everything is written.
func (n *notes) close() {
	close(n.entries)
	<-n.done
}

// taking is a step that is being taken.
type taking struct {
	StepTaken
	waited time.Duration
}

// begin ends the step before and begins another one. Of the same one it is the continuation.
func (m *move) begin(step Step) {
	if m.step.Name == step {
		return
	}
	m.end("", nil)
	m.step = taking{StepTaken: StepTaken{Name: step, Start: m.Clock.Now()}}
	m.Log.Info("step", "run", m.r.Run, "step", step)
	m.Progress(m.step.StepTaken)
}

// end ends the step that is being taken, if there is one.
func (m *move) end(detail string, err error) {
	s := m.step.StepTaken
	if s.Name == "" {
		return
	}
	s.End, s.Waited = m.Clock.Now(), m.step.waited
	s.Detail = first(detail, m.detail)
	if err != nil {
		s.Error = err.Error()
	}
	m.step, m.detail = taking{}, ""
	m.Log.Info("step done", "run", m.r.Run, "step", s.Name, "took", s.End.Sub(s.Start), "detail", s.Detail, "err", s.Error)
	m.Progress(s)
	m.notes.append(Entry{At: s.End, Step: &s})
}

// waiting counts the time that f takes as spent waiting for AWS.
func (m *move) waiting(f func()) {
	start := m.Clock.Now()
	f()
	m.step.waited += m.Clock.Now().Sub(start)
}

// first is the first text that is not empty.
func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
