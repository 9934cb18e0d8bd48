package series

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/mattn/go-isatty"

	"github.com/warmstandby/warmstandby/internal/rehearsal/scenario"
)

// view shows a scenario while it is played: on a terminal a panel below the lines, elsewhere the lines only. It can be used by
// several goroutines.
type view struct {
	mu     sync.Mutex
	w      io.Writer
	size   func() (columns, rows int) // of the terminal; nil if it is none
	paint  painter
	began  time.Time
	panel  panel
	drawn  []string // of the panel, as it is on the screen
	hidden bool
}

// newView returns a view on w, which may be nil.
func newView(w io.Writer, name string, seed uint64, regions []string) *view {
	if w == nil {
		w = io.Discard
	}
	v := &view{w: w, began: time.Now(), panel: newPanel(name, seed, regions)}
	if file, ok := w.(*os.File); ok && isatty.IsTerminal(file.Fd()) && os.Getenv("TERM") != "dumb" {
		v.size = func() (int, int) { return terminalSize(file) }
		v.paint = os.Getenv("NO_COLOR") == ""
	}
	return v
}

// happened shows a line, with the time since the beginning.
func (v *view) happened(what string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.panel.latest = what
	line := fmt.Sprintf("%6s  %s", clock(time.Since(v.began)), what)
	if columns, _ := v.terminal(); v.size != nil {
		line = shorten(line, columns)
	}
	v.redraw(line + "\n")
}

// show shows how things stand.
func (v *view) show(l scenario.Live) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.size == nil || v.hidden {
		return
	}
	v.panel.add(l)
	v.redraw("")
}

// end takes the panel away.
func (v *view) end() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.erase()
	v.hidden = true
}

// aside takes the panel away while somebody approves.
func (v *view) aside(approve scenario.Approver) scenario.Approver {
	return func(ctx context.Context, a scenario.Approval) (bool, error) {
		v.end()
		defer func() {
			v.mu.Lock()
			defer v.mu.Unlock()
			v.hidden = false
		}()
		return approve(ctx, a)
	}
}

// terminal is the terminal's size, or a usual one where it is not known.
func (v *view) terminal() (columns, rows int) {
	if v.size != nil {
		columns, rows = v.size()
	}
	if columns <= 0 || rows <= 0 {
		return 80, 24
	}
	return columns, rows
}

// redraw replaces the panel by a text and the panel below it, in one write, so that nothing flickers.
func (v *view) redraw(text string) {
	if v.size == nil {
		fmt.Fprint(v.w, text)
		return
	}
	columns, rows := v.terminal()
	var b strings.Builder
	b.WriteString(v.erasing(columns))
	b.WriteString(text)
	v.drawn = nil
	if lines := v.panel.lines(columns, v.paint); !v.hidden && rows > len(lines)+1 {
		v.drawn = lines
		b.WriteString(strings.Join(lines, "\n"))
	}
	fmt.Fprint(v.w, b.String())
}

// erase takes the panel away.
func (v *view) erase() {
	if columns, _ := v.terminal(); len(v.drawn) > 0 {
		fmt.Fprint(v.w, v.erasing(columns))
		v.drawn = nil
	}
}

// erasing is what takes the panel away. A terminal that has become narrower has wrapped its lines.
func (v *view) erasing(columns int) string {
	if len(v.drawn) == 0 {
		return ""
	}
	rows := -1
	for _, line := range v.drawn {
		rows += max((width(line)+columns-1)/columns, 1)
	}
	up := ""
	if rows > 0 {
		up = fmt.Sprintf("\x1b[%dA", rows)
	}
	return up + "\r\x1b[J"
}

// clock is a time as minutes and seconds.
func clock(d time.Duration) string {
	return fmt.Sprintf("%d:%04.1f", int(d.Minutes()), (d % time.Minute).Truncate(100*time.Millisecond).Seconds())
}

// shorten leaves out the end of a line that is too long.
func shorten(line string, columns int) string {
	line = strings.ReplaceAll(line, "\n", " ")
	if runes := []rune(line); len(runes) > columns {
		return string(runes[:columns-1]) + "…"
	}
	return line
}

// width is how many columns a line takes, without its colours.
func width(line string) int {
	n := 0
	for {
		before, after, coloured := strings.Cut(line, "\x1b[")
		n += utf8.RuneCountInString(before)
		if !coloured {
			return n
		}
		_, line, _ = strings.Cut(after, "m")
	}
}
