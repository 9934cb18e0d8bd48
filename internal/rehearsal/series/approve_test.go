package series

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/internal/rehearsal/scenario"
)

var waiting = scenario.Approval{Pipeline: "Shop-failover", Region: "us-east-2", Stage: "Approve", Action: "Decide", Text: "go\nlag 0.1 s"}

func TestAsk(t *testing.T) {
	for answer, want := range map[string]bool{"yes\n": true, " YES \n": true, "yes": true, "y\n": false, "no\n": false, "\n": false} {
		var shown bytes.Buffer
		got, err := Ask(&shown, strings.NewReader(answer))(t.Context(), waiting)
		if got != want || err != nil {
			t.Errorf("%q: got %t, %v", answer, got, err)
		}
		if text := shown.String(); !strings.Contains(text, "Shop-failover in us-east-2 waits for approval: Decide\n\ngo\nlag 0.1 s\n") {
			t.Errorf("shows %q", text)
		}
	}
	if _, err := Ask(io.Discard, strings.NewReader(""))(t.Context(), waiting); !errors.Is(err, io.EOF) {
		t.Errorf("got %v when nobody can answer", err)
	}
}

func TestAskSeveralTimes(t *testing.T) {
	approve := Ask(io.Discard, strings.NewReader("yes\nno\n"))
	for _, want := range []bool{true, false} {
		if got, err := approve(t.Context(), waiting); got != want || err != nil {
			t.Errorf("got %t, %v", got, err)
		}
	}
}

func TestAskIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	defer w.Close()
	approve := Ask(writer(func(p []byte) { cancel() }), r)
	if _, err := approve(ctx, waiting); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

type writer func([]byte)

func (w writer) Write(p []byte) (int, error) { w(p); return len(p), nil }

func TestCommand(t *testing.T) {
	tests := []struct {
		command string
		want    bool
		failure string
		printed string
	}{
		{"true", true, "", ""},
		{"false", false, "", ""},
		{"exit 3", false, "", ""},
		{"cat", true, "", "go\nlag 0.1 s\n"},
		{"grep -q 'lag 0.1'", true, "", ""},
		{"no-such-command-here", false, "run no-such-command-here to approve: ", ""},
		{"kill -9 $$", false, "to approve: signal: killed", ""},
	}
	for _, test := range tests {
		var printed bytes.Buffer
		got, err := Command(test.command, &printed)(t.Context(), waiting)
		if got != test.want || (err == nil) != (test.failure == "") || (err != nil && !strings.Contains(err.Error(), test.failure)) {
			t.Errorf("%s: got %t, %v", test.command, got, err)
		}
		if test.printed != "" && printed.String() != test.printed {
			t.Errorf("%s printed %q", test.command, &printed)
		}
	}
}

func TestCommandIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	approve := Command("echo started; sleep 60", writer(func([]byte) { cancel() }))
	if _, err := approve(ctx, waiting); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
