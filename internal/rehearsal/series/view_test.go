package series

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/scenario"
)

var regions = []string{"us-east-1", "us-east-2"}

// moment is how things stand in the middle of a move.
func moment(elapsed time.Duration) scenario.Live {
	return scenario.Live{
		Elapsed: elapsed, Glance: rehearsal.Glance{Writer: "us-east-2", Active: "us-east-1", Fenced: true, Lag: new(1500 * time.Millisecond)},
		Traffic: map[string]scenario.Traffic{"us-east-1": {Reads: 70, Failed: 3}, "us-east-2": {Writes: 30}, "": {Failed: 9}},
	}
}

func TestPanel(t *testing.T) {
	p := newPanel("region-loss", 42, regions)
	p.latest = "pipeline stage Move"
	for i := range 100 {
		p.add(moment(time.Duration(i) * time.Second))
	}
	for _, columns := range []int{40, 80, 200} {
		text := strings.Join(p.lines(columns, false), "\n")
		for line := range strings.Lines(text) {
			if n := width(strings.TrimSuffix(line, "\n")); n > columns {
				t.Errorf("%d columns in %d: %q", n, columns, line)
			}
		}
		if strings.Contains(text, "\x1b") {
			t.Errorf("there are colours:\n%s", text)
		}
	}
	text := strings.Join(p.lines(80, false), "\n")
	for _, part := range []string{
		"1:39.0  region-loss, seed 42  pipeline stage Move", "us-east-1  active ", "us-east-2  writer", "reads     70/s  writes     0/s", "failed     3/s",
		"WRITES FENCED   lag 1.50 s   answered by no Region 9/s", "█",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("does not show %q:\n%s", part, text)
		}
	}
	if plain, painted := p.lines(80, false), p.lines(80, true); strings.Join(plain, "\n") == strings.Join(painted, "\n") {
		t.Error("nothing is coloured")
	} else {
		for i := range plain {
			if width(plain[i]) != width(painted[i]) {
				t.Errorf("colours take columns: %q", painted[i])
			}
		}
	}
	p.now.Glance.Writer, p.now.Glance.Active = "", ""
	if text := strings.Join(p.lines(80, false), "\n"); !strings.Contains(text, "NO WRITER") || strings.Count(text, "standby") != 2 {
		t.Errorf("got\n%s", text)
	}
}

func TestViewInLines(t *testing.T) {
	var b bytes.Buffer
	v := newView(&b, "drill", 1, regions)
	v.show(moment(0))
	v.happened("pipeline stage Move")
	v.end()
	if got := b.String(); got != "0:00.0  pipeline stage Move\n" {
		t.Errorf("got %q", got)
	}
	newView(nil, "drill", 1, regions).happened("nobody sees it")
}

// screen is a terminal of 80 columns, as far as a view needs it: a cursor that goes up, and the rest of the screen cleared.
func screen(t *testing.T, output string) string {
	t.Helper()
	lines := []string{""}
	for len(output) > 0 {
		switch up, rest, ok := cursorUp(output); {
		case ok:
			lines, output = lines[:len(lines)-up], rest
			lines[len(lines)-1] = "" // what follows is always a return and a clearing
		case strings.HasPrefix(output, "\r\x1b[J"):
			lines[len(lines)-1], output = "", output[4:]
		case output[0] == '\n':
			lines, output = append(lines, ""), output[1:]
		default:
			lines[len(lines)-1] += output[:1]
			output = output[1:]
		}
	}
	return strings.Join(lines, "\n")
}

func cursorUp(output string) (up int, rest string, ok bool) {
	if !strings.HasPrefix(output, "\x1b[") {
		return 0, "", false
	}
	for i, r := range output[2:] {
		switch {
		case r >= '0' && r <= '9':
			up = 10*up + int(r-'0')
		case r == 'A':
			return up, output[i+3:], true
		default:
			return 0, "", false
		}
	}
	return 0, "", false
}

func TestViewOnTerminal(t *testing.T) {
	var b bytes.Buffer
	v := newView(&b, "drill", 1, regions)
	v.size = func() (int, int) { return 80, 24 }
	for i := range 5 {
		v.show(moment(time.Duration(i) * time.Second))
	}
	v.happened("pipeline stage Move")
	v.show(moment(6 * time.Second))
	got := screen(t, b.String())
	if n := strings.Count(got, "WRITES FENCED"); n != 1 || !strings.HasPrefix(got, "0:00.0  pipeline stage Move\n──") {
		t.Errorf("%d panels:\n%s", n, got)
	}
	v.end()
	v.show(moment(7 * time.Second))
	if got := screen(t, b.String()); got != "0:00.0  pipeline stage Move\n" {
		t.Errorf("after the end there is\n%s", got)
	}
	if strings.Contains(b.String(), "?25") || strings.Contains(b.String(), "?1049") {
		t.Error("the cursor or the screen is changed, and would have to be restored")
	}
}

func TestViewOnSmallTerminal(t *testing.T) {
	var b bytes.Buffer
	v := newView(&b, "drill", 1, regions)
	v.size = func() (int, int) { return 30, 5 }
	v.show(moment(0))
	v.happened(strings.Repeat("long ", 20))
	if got := b.String(); strings.Contains(got, "FENCED") || width(strings.TrimSpace(got)) > 30 {
		t.Errorf("got %q", got)
	}
}

func TestTerminalBecomesNarrower(t *testing.T) {
	var b bytes.Buffer
	v := newView(&b, "drill", 1, regions)
	columns := 80
	v.size = func() (int, int) { return columns, 24 }
	v.show(moment(0))
	before := len(v.drawn)
	columns = 40
	b.Reset()
	v.show(moment(time.Second))
	if up, _, ok := cursorUp(b.String()); !ok || up <= before-1 {
		t.Errorf("goes up %d rows, which does not count wrapped lines", up)
	}
}

func TestAside(t *testing.T) {
	var b bytes.Buffer
	v := newView(&b, "drill", 1, regions)
	v.size = func() (int, int) { return 80, 24 }
	v.show(moment(0))
	approve := v.aside(func(context.Context, scenario.Approval) (bool, error) {
		v.show(moment(time.Second))
		if got := screen(t, b.String()); got != "" {
			t.Errorf("while somebody decides there is\n%s", got)
		}
		return true, nil
	})
	if yes, err := approve(t.Context(), scenario.Approval{}); !yes || err != nil {
		t.Errorf("got %t, %v", yes, err)
	}
	v.show(moment(2 * time.Second))
	if !strings.Contains(screen(t, b.String()), "FENCED") {
		t.Error("is not shown again")
	}
}
