package page

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/failover/report/reporttest"
)

//go:embed checks.js
var checks string

// both are what every page has; more is what a rehearsal's has, too.
var (
	both = []string{
		"h1", "#verdict strong", ".figures > div", ".figures .value data", "nav a", "svg.chart", "svg.chart .bar", "svg.chart .mark line", "svg.chart .mark text",
		"svg.chart .tick", "svg.chart .axis", "#steps", "table.steps tbody tr", "#lost", "#remaining", "ol li", "#reproduce", "p.approval", "footer",
	}
	more = []string{
		".expectations tbody tr", "svg.chart path.area", "svg.chart path.line", "svg.chart .area.s-first", "svg.chart .area.s-second", "svg.chart .area.s-failed",
		"svg.chart .bar.s-refused", "svg.chart .shade", "svg.chart .key", "#losses tbody tr", "#calls", "pre code", "details.timetable summary", "table.answered tbody tr",
		"table.recoveries tbody tr",
	}
)

// TestEverythingIsThere opens pages in every way that people may.
func TestEverythingIsThere(t *testing.T) {
	for name, test := range map[string]struct {
		report    report.Report
		selectors []string
	}{
		"rehearsal": {rehearsal(), slices.Concat(both, more)},
		"run":       {reporttest.Run(), both},
	} {
		for _, h := range []how{
			{scheme: "light", width: 1280},
			{scheme: "dark", width: 1280},
			{scheme: "light", width: 390},
			{scheme: "dark", width: 390},
			{scheme: "light", width: 320},
		} {
			t.Run(fmt.Sprintf("%s %s %d", name, h.scheme, h.width), func(t *testing.T) {
				b := open(t, test.report, h)
				b.none("checks.drawn("+list(test.selectors)+")", "not drawn")
				b.none("checks.pale()", "too pale")
				b.none("checks.faint()", "too faint")
				b.none("checks.wide()", "too wide")
				b.none("checks.structure()", "structure")
				b.none("performance.getEntriesByType('resource').map(function (e) { return e.name; })", "loaded")
			})
		}
	}
}

// TestHostilePage runs no script of others.
func TestHostilePage(t *testing.T) {
	r := rehearsal()
	evil := `"><script>document.title = "evil"</script><img src=x onerror="document.title = 'evil'"></title></style>` + strings.Repeat("long", 300)
	r.Application, r.Reason, r.Remaining, r.Rehearsal.Scenario = evil, evil, []string{evil}, evil
	r.Rehearsal.Regions[0], r.Rehearsal.Faults[0].Label, r.Rehearsal.Reproduce.Command = evil, evil, evil
	r.Rehearsal.Verdict.Expectations[0].Must, r.Moves[0].Region, r.Moves[0].Steps[0].Detail = evil, evil, evil
	b := open(t, r, how{scheme: "light", width: 390})
	if title := ask[string](b, "document.title"); title == "evil" {
		t.Error("a script of others ran")
	}
	if n := ask[int](b, "document.scripts.length + document.images.length"); n != 1 {
		t.Errorf("%d scripts and images, want 1", n)
	}
	b.none("checks.wide()", "too wide")
}

// TestPainted looks at the image itself: each style has left its colour.
func TestPainted(t *testing.T) {
	for _, scheme := range []string{"light", "dark"} {
		b := open(t, rehearsal(), how{scheme: scheme, width: 1280})
		data, err := chromedp.Run(b.ctx, chromedp.Screenshot(chromedp.CSS("svg.chart")))
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"first", "second", "failed", "refused", "muted", "text"} {
			var c color.RGBA
			hex := ask[string](b, "getComputedStyle(document.body).getPropertyValue('--"+name+"').trim()")
			if _, err := fmt.Sscanf(hex, "#%02x%02x%02x", &c.R, &c.G, &c.B); err != nil {
				t.Fatalf("%q: %v", hex, err)
			}
			if n := pixels(img, c); n < 50 {
				t.Errorf("%s: %d pixels have the colour of %s", scheme, n, name)
			}
		}
	}
}

// pixels counts those of a colour.
func pixels(img image.Image, c color.RGBA) int {
	n, bounds := 0, img.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			r, g, b, _ := img.At(x, y).RGBA()
			if byte(r>>8) == c.R && byte(g>>8) == c.G && byte(b>>8) == c.B {
				n++
			}
		}
	}
	return n
}

// TestFigures compares what a reader of the page sees with the JSON form.
func TestFigures(t *testing.T) {
	for name, r := range map[string]report.Report{"rehearsal": rehearsal(), "run": reporttest.Run()} {
		var data any
		if err := json.Unmarshal(r.JSON(), &data); err != nil {
			t.Fatal(err)
		}
		b := open(t, r, how{scheme: "light", width: 1280})
		figures := ask[[]struct {
			Pointer string  `json:"pointer"`
			Value   float64 `json:"value"`
			Text    string  `json:"text"`
		}](b, "checks.figures()")
		if len(figures) < 30 {
			t.Errorf("%s: %d figures", name, len(figures))
		}
		for _, f := range figures {
			want, err := reporttest.Figure(data, f.Pointer)
			if err != nil || f.Value < want-1e-9 || f.Value > want+1e-9 || f.Text == "" {
				t.Errorf("%s: %s is %v (%q), the JSON has %v (%v)", name, f.Pointer, f.Value, f.Text, want, err)
			}
		}
	}
}

// TestTable adds up what the table below the image says.
func TestTable(t *testing.T) {
	r := rehearsal()
	want := make([]int, 6)
	for _, bucket := range r.Rehearsal.Timeline.Buckets {
		for i, n := range []int{
			bucket.Reads["us-east-1"], bucket.Reads["us-east-2"], report.Requests{Failures: bucket.ReadFailures}.Failed(),
			bucket.Writes["us-east-1"], bucket.Writes["us-east-2"], report.Requests{Failures: bucket.WriteFailures}.Failed(),
		} {
			want[i] += n
		}
	}
	b := open(t, r, how{scheme: "light", width: 1280})
	if got := ask[[]int](b, "checks.sums()"); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestKeyboard walks through the page, and through the timeline.
func TestKeyboard(t *testing.T) {
	b := open(t, rehearsal(), how{scheme: "light", width: 1280})
	stops := ask[[]string](b, "checks.stops()")
	if len(stops) < 10 || !strings.Contains(stops[0], "Skip to the report") {
		t.Fatalf("stops: %q", stops)
	}
	for i, want := range stops {
		b.do(chromedp.KeyEvent(kb.Tab))
		if got := ask[string](b, "checks.stop()"); got != want {
			t.Fatalf("stop %d is %q, want %q", i+1, got, want)
		}
	}
	b.do(chromedp.Focus(chromedp.CSS("#image")), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.PageDown))
	readout := ask[string](b, "document.getElementById('readout').textContent")
	first := rehearsal().Rehearsal.Timeline.Buckets[11]
	if want := fmt.Sprintf("reads by us-east-1 %d", first.Reads["us-east-1"]); !strings.Contains(readout, want) || !strings.Contains(readout, "writer us-east-1") {
		t.Errorf("read-out %q, want %q", readout, want)
	}
	b.none("checks.drawn(['#readout', '.cursor'])", "not drawn")
	b.do(chromedp.KeyEvent(kb.End))
	if readout := ask[string](b, "document.getElementById('readout').textContent"); !strings.Contains(readout, "writer us-east-2") {
		t.Errorf("read-out at the end: %q", readout)
	}
}

// TestPointer reads what is below the pointer.
func TestPointer(t *testing.T) {
	b := open(t, rehearsal(), how{scheme: "light", width: 1280})
	at := ask[[]float64](b, `(function () {
		var chart = document.querySelector('svg.chart');
		chart.scrollIntoView();
		var box = chart.getBoundingClientRect(), unit = box.width / chart.viewBox.baseVal.width, d = chart.dataset;
		return [box.left + unit * (Number(d.left) + (d.right - d.left) * 30050 / d.length), box.top + box.height / 3];
	})()`)
	b.do(chromedp.MouseEvent(chromedp.MouseMoved, at[0], at[1]))
	if got := ask[string](b, "document.getElementById('readout').textContent"); !strings.HasPrefix(got, "30 s: reads by us-east-2 ") || !strings.Contains(got, "writes refused at the edge yes") {
		t.Errorf("read-out %q", got)
	}
}

// TestPaper prints pages.
func TestPaper(t *testing.T) {
	b := open(t, rehearsal(), how{media: "print", scheme: "dark", width: 1040})
	b.none("checks.drawn(['svg.chart', '#verdict', '.figures .value', '#losses tbody tr', 'article details table', 'p.approval', 'ol li', 'pre code', '.expectations tr', 'table.recoveries tr'])", "not printed")
	b.none("checks.wide()", "too wide")
	b.none("checks.pale()", "too pale")
	if n := ask[int](b, "['nav', 'summary', '.timetable', '.skip'].filter(function (s) { return document.querySelector(s).checkVisibility(); }).length"); n != 0 {
		t.Errorf("%d things are printed that nobody can use on paper", n)
	}
	data, err := chromedp.Run(b.ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
	if err != nil {
		t.Fatal(err)
	}
	if pages := bytes.Count(data, []byte("/Type /Page\n")); !bytes.HasPrefix(data, []byte("%PDF-")) || pages < 2 || pages > 12 {
		t.Errorf("%d bytes, %d pages", len(data), pages)
	}
}

// TestScreenReader asks the browser what it tells screen readers.
func TestScreenReader(t *testing.T) {
	b := open(t, rehearsal(), how{scheme: "light", width: 1280})
	tree, err := chromedp.Run(b.ctx, func(ctx context.Context, target *chromedp.Target) (accessibility.GetFullAXTreeResult, error) {
		return cdp.Call(ctx, target, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	})
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]string)
	for _, n := range tree.Nodes {
		if n.Role != nil && n.Name != nil && !n.Ignored {
			seen[text(n.Role)+" "+text(n.Name)] = text(n.Description)
		}
	}
	for _, want := range []string{
		"navigation Contents", "main ", "region Timeline", "heading Shop: rehearsal of region-loss", "image Timeline of us-east-1 and us-east-2",
		"table All lost writes, oldest first", "group Timeline, image", "columnheader Waited for AWS", "rowheader writes", "table Moves as clients saw them", "heading What remains to be done", "heading How to reproduce it",
	} {
		if _, ok := seen[want]; !ok {
			t.Errorf("nothing is told of %q", want)
		}
	}
	if got := seen["image Timeline of us-east-1 and us-east-2"]; !strings.Contains(got, "After 18.0 s: us-east-1 lost.") {
		t.Errorf("the image is described as %q", got)
	}
}

// text is the text of a value of the accessibility tree.
func text(v *accessibility.Value) string {
	var s string
	if v == nil || json.Unmarshal(v.Value, &s) != nil {
		return ""
	}
	return s
}

// list is a list of texts as a script has it.
func list(texts []string) string {
	data, _ := json.Marshal(texts) // texts: it cannot fail
	return string(data)
}
