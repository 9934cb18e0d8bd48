package report

import (
	"bytes"
	"embed"
	"fmt"
	"html"
	"html/template"
	"strconv"
	"strings"

	"github.com/warmstandby/warmstandby/internal/failover"
)

//go:embed page.html page.css page.js
var files embed.FS

// pages is the template of the page. The style sheet and the script are parts of it.
var pages = template.Must(template.New("page.html").Funcs(template.FuncMap{
	"clock": clock, "count": countFigure, "seconds": secondsFigure, "duration": duration, "does": does, "add": add,
	"style":  func() template.CSS { return template.CSS(text("page.css")) }, //nolint:gosec // our own
	"script": func() template.JS { return template.JS(text("page.js")) },    //nolint:gosec // our own
}).ParseFS(files, "page.html"))

// HTML is the report as a page: one file that needs no other, nor a network. Each figure's element has the attribute data-figure,
// a JSON Pointer (RFC 6901) to the same figure in the report's JSON form, and has its exact value. A pointer to several numbers means
// their sum, and * any member. All that others wrote is escaped.
func (r Report) HTML() []byte {
	var b bytes.Buffer
	if err := pages.Execute(&b, r.view()); err != nil { // the text is better than nothing when a report is needed
		return fmt.Appendf(nil, "<!DOCTYPE html><title>Report</title><p>The page could not be drawn: %s<pre>%s</pre>",
			html.EscapeString(err.Error()), html.EscapeString(r.Markdown()))
	}
	return b.Bytes()
}

// text is an embedded file.
func text(name string) string {
	data, _ := files.ReadFile(name) // the compiler has put it there
	return string(data)
}

// secondsFigure is a number of seconds in the page.
func secondsFigure(pointer string, v float64) template.HTML {
	return figureElement(pointer, strconv.FormatFloat(v, 'f', -1, 64), duration(v))
}

// countFigure is a whole number in the page.
func countFigure(pointer string, v int) template.HTML {
	return figureElement(pointer, strconv.Itoa(v), strconv.Itoa(v))
}

func figureElement(pointer, value, text string) template.HTML {
	return template.HTML(fmt.Sprintf(`<data data-figure="%s" value="%s">%s</data>`, html.EscapeString(pointer), value, text)) //nolint:gosec // escaped
}

// pointerTo is the JSON Pointer to a member of what another one points to.
func pointerTo(parent string, member string) string {
	return parent + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(member)
}

func add(a, b int) int { return a + b }

// does says what a step does.
func does(s failover.Step) string {
	return map[failover.Step]string{
		failover.StepLease:   "take the lease",
		failover.StepAssess:  "observe and decide",
		failover.StepFence:   "refuse writes at the edge",
		failover.StepDrain:   "let what is in flight end",
		failover.StepPromote: "ask for the writer",
		failover.StepWriter:  "wait for the writer",
		failover.StepReady:   "wait for the proxy, write through the function",
		failover.StepShift:   "route to the target, see it answer",
		failover.StepRelease: "accept writes, see them arrive",
		failover.StepDrop:    "drop the lease",
		failover.StepPutBack: "undo the fence",
		failover.StepVerify:  "read and write once more",
	}[s]
}
