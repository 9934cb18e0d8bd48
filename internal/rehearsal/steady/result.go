package steady

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/warmstandby/warmstandby/internal/rehearsal/traffic"
)

// Result is what came of the scenario.
type Result struct {
	// OK is true only if everything was answered as specified.
	OK bool `json:"ok"`

	// Interrupted is true if the scenario was stopped before its end. It is not OK then.
	Interrupted bool `json:"interrupted"`

	// Checks are the checks in the order in which they were made.
	Checks []Check `json:"checks"`

	// Load is how the load went; absent if none was asked for, or if there was no token to offer it with.
	Load *traffic.Report `json:"load,omitempty"`
}

// Check is one thing that was asked for.
type Check struct {
	// Where is what was asked: "tokens", "functions in us-east-1", "edge", "API in us-east-2" and so on.
	Where string `json:"where"`

	// Name says in a few words what must happen. Where and Name together are unique.
	Name string `json:"name"`

	// OK reports whether it happened.
	OK bool `json:"ok"`

	// Sent is what was sent, without tokens and secrets.
	Sent string `json:"sent"`

	// Expected is what should have come back.
	Expected string `json:"expected"`

	// Got is what came back, or why nothing was sent.
	Got string `json:"got"`

	// Wrong lists how Got differs from Expected. It is empty if the check is OK.
	Wrong []string `json:"wrong"`

	// Milliseconds is how long it took, with the time that was spent waiting for replication.
	Milliseconds float64 `json:"milliseconds"`

	brief string // what came back, in few words
}

// Failed is how many checks are not OK.
func (r Result) Failed() int {
	n := 0
	for _, c := range r.Checks {
		if !c.OK {
			n++
		}
	}
	return n
}

// columns is the width that texts fit in.
const columns = 100

// WriteText writes the result for people, in lines of at most 100 columns.
func (r Result) WriteText(w io.Writer) {
	where := ""
	for _, c := range r.Checks {
		if c.Where != where {
			where = c.Where
			fmt.Fprintf(w, "%s\n", capital(where))
		}
		c.writeText(w)
	}
	fmt.Fprintf(w, "\n%d checks, %d failed\n", len(r.Checks), r.Failed())
	if r.Load != nil {
		fmt.Fprintln(w)
		r.Load.WriteText(w)
	}
	if r.Interrupted {
		fmt.Fprintln(w, "\nInterrupted before the end.")
	}
}

// writeText writes what came in one line, and all there is to know if that was wrong.
func (c Check) writeText(w io.Writer) {
	if c.OK {
		const nameWidth = 46
		fmt.Fprintf(w, "  ok    %-*s  %s\n", nameWidth, shorten(c.Name, nameWidth), shorten(c.brief, columns-8-nameWidth-2))
		return
	}
	fmt.Fprintf(w, "  FAIL  %s\n", shorten(c.Name, columns-8))
	wrap(w, "        sent      ", c.Sent)
	wrap(w, "        expected  ", c.Expected)
	wrap(w, "        got       ", c.Got)
	for _, wrong := range c.Wrong {
		wrap(w, "        wrong     ", wrong)
	}
}

// most is how many lines of a text are worth reading.
const most = 6

// wrap writes text in lines that fit, the first after a prefix and the others indented as far.
func wrap(w io.Writer, prefix, text string) {
	width := columns - len(prefix)
	rest := []rune(text)
	for range most {
		if len(rest) <= width {
			fmt.Fprintf(w, "%s%s\n", prefix, string(rest))
			return
		}
		end := width
		if space := strings.LastIndexByte(string(rest[:width]), ' '); space > 0 {
			end = utf8.RuneCountInString(string(rest[:width])[:space])
		}
		fmt.Fprintf(w, "%s%s\n", prefix, string(rest[:end]))
		rest = []rune(strings.TrimPrefix(string(rest[end:]), " "))
		prefix = strings.Repeat(" ", len(prefix))
	}
	fmt.Fprintf(w, "%s…\n", prefix)
}

// shorten leaves out the end of a text that is too long.
func shorten(s string, width int) string {
	if runes := []rune(s); len(runes) > width {
		return string(runes[:width-1]) + "…"
	}
	return s
}

// capital is s with a capital first letter; all of these are ASCII.
func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
