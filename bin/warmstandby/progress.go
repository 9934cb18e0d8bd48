package main

import (
	"fmt"
	"io"
	"os"

	"github.com/mattn/go-isatty"
)

// progressWidth is how much of a line is shown in place. A longer one would wrap on a common terminal, and stay.
const progressWidth = 79

// progress shows what is going on: on a terminal in place, else in lines. It is used by one goroutine at a time.
type progress struct {
	w       io.Writer
	inPlace bool
	shown   string
}

// newProgress returns a progress that writes to w.
func newProgress(w io.Writer) *progress {
	file, ok := w.(*os.File)
	return &progress{w: w, inPlace: ok && isatty.IsTerminal(file.Fd())}
}

// show shows a line, unless it is shown already.
func (p *progress) show(line string) {
	if line == p.shown {
		return
	}
	p.shown = line
	if !p.inPlace {
		fmt.Fprintln(p.w, line)
		return
	}
	if runes := []rune(line); len(runes) > progressWidth {
		line = string(runes[:progressWidth-1]) + "…"
	}
	fmt.Fprintf(p.w, "\r%s%s", line, clearRest)
}

// clearRest clears a terminal's line from the cursor to its end.
const clearRest = "\x1b[K"

// clear takes away what is shown in place, so that other output can follow.
func (p *progress) clear() {
	if p.inPlace && p.shown != "" {
		fmt.Fprint(p.w, "\r", clearRest)
	}
	p.shown = ""
}
