package chart_test

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/internal/failover/report/chart"
)

// sample is a chart with lanes of every kind, ten seconds long.
func sample() chart.Chart {
	return chart.Chart{
		Title: "Title", Description: "Description", Length: 10_000,
		Marks: []chart.Mark{{At: 2000, End: 8000, Label: "lost", Style: chart.Failed}, {At: 9900, Label: "first write in us-east-2", Style: chart.Done}},
		Lanes: []chart.Lane{
			chart.Areas{Name: "Reads", Width: 5000, At: []float64{0, 5000}, Series: []chart.Series{
				{Name: "a", Style: chart.First, Values: []float64{3, 0}}, {Name: "b", Style: chart.Second, Values: []float64{1, 4}},
			}},
			chart.Lines{Name: "Latency", Log: true, Lines: []chart.Line{{Name: "median", Style: chart.Plain, Points: []chart.Point{{0, 1}, {5000, 100}, {6000, math.NaN()}, {10_000, 10}}}}},
			chart.States{Name: "Writer", States: []chart.State{{From: 0, To: 5000, Label: "us-east-1", Style: chart.First}, {From: 5000, To: 10_000, Label: "none"}}},
			chart.Bars{Name: "Steps", Rows: []chart.Row{{Name: "fence", Bars: []chart.State{{From: 1000, To: 1001, Label: "1 ms", Style: chart.Refused}}}}},
		},
	}
}

// wellFormed reads the image as XML, and returns its text.
func wellFormed(t *testing.T, svg string) string {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	var text strings.Builder
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return text.String()
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		if data, ok := token.(xml.CharData); ok {
			text.Write(data)
			text.WriteByte('\n')
		}
	}
}

func TestSVG(t *testing.T) {
	svg := sample().SVG()
	text := wellFormed(t, svg)
	for _, want := range []string{"Title", "Description", "Reads", "Latency", "100 ms", "Writer", "us-east-1", "none", "fence", "1 ms", "lost", "10 s", "median"} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("the image does not say %q", want)
		}
	}
	if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
		t.Error("the image has a number that is none")
	}
}

// TestOneAxis has the same time at the same place in every lane.
func TestOneAxis(t *testing.T) {
	svg := sample().SVG()
	// The axis is from 158 to 1106, so that second 5 is at 632 and second 2 at 347.6.
	for what, want := range map[string]string{
		"areas":  `<path class="area s-first" fill="url(#fill-first)" d="M158 `,
		"half":   `H632`,
		"line":   `<path class="line s-plain" d="M158 `,
		"states": `<rect class="bar" fill="none" x="632"`,
		"mark":   `<line x1="347.6" x2="347.6"`,
		"shade":  `<rect class="shade s-failed" x="347.6"`,
		"bar":    `x="252.8"`,
		"axis":   `<text class="tick middle" x="632"`,
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("%s: lacks %s", what, want)
		}
	}
	if !regexp.MustCompile(`d="M158 [\d.]+L632 [\d.]+M1106 [\d.]+"`).MatchString(svg) {
		t.Error("the line is not broken where nothing was measured")
	}
}

// TestAreas stacks amounts: the second series is as high above the first as its own amount.
func TestAreas(t *testing.T) {
	svg := sample().SVG()
	outline := regexp.MustCompile(`<path class="area s-(\w+)" fill="[^"]*" d="([^"]*)"`).FindAllStringSubmatch(svg, -1)
	if len(outline) != 2 || !strings.HasSuffix(outline[1][2], "Z") {
		t.Fatalf("got %v", outline)
	}
	ys := func(path string) []float64 {
		var all []float64
		for _, m := range regexp.MustCompile(`(?:^M[\d.]+ |V)([\d.]+)`).FindAllStringSubmatch(path, -1) {
			v, _ := strconv.ParseFloat(m[1], 64)
			all = append(all, v)
		}
		return all
	}
	first, second := ys(outline[0][2]), ys(outline[1][2])
	if zero, top := first[0], first[1]; math.Abs((zero-top)-0.75*78) > 0.2 || second[0] != top || math.Abs(zero-second[1]-78) > 0.2 {
		t.Errorf("first %v, second %v", first, second)
	}
}

// TestMarksDoNotOverlap gives labels that are close to each other lines of their own.
func TestMarksDoNotOverlap(t *testing.T) {
	c := chart.Chart{Length: 1000, Marks: []chart.Mark{
		{At: 100, Label: "the first label", Style: chart.Failed}, {At: 110, Label: "the second label", Style: chart.Done}, {At: 600, Label: "the third label", Style: chart.Done},
	}}
	ys := regexp.MustCompile(`<text class="label[^"]*" x="[^"]*" y="([^"]*)"`).FindAllStringSubmatch(c.SVG(), -1)
	if len(ys) != 3 || ys[0][1] == ys[1][1] || ys[0][1] != ys[2][1] {
		t.Errorf("labels at %v", ys)
	}
}

// TestThin draws no more points than can be told apart, and none of the peaks is lost.
func TestThin(t *testing.T) {
	line := chart.Line{Name: "lag", Style: chart.Plain, Steps: true}
	for i := range 100_000 {
		value := 1.0
		if i == 77_777 {
			value = 1000
		}
		line.Points = append(line.Points, chart.Point{At: float64(i), Value: value})
	}
	svg := chart.Chart{Length: 100_000, Lanes: []chart.Lane{chart.Lines{Name: "Lag", Lines: []chart.Line{line}}}}.SVG()
	path := regexp.MustCompile(`class="line s-plain" d="(M158 [^"]*)"`).FindStringSubmatch(svg)
	if path == nil || len(path[1]) > 8000 || strings.Count(path[1], "V") != 2 {
		t.Errorf("got %.200v", path)
	}
}

// TestHostile has texts and numbers that are not meant well.
func TestHostile(t *testing.T) {
	evil := "</text><script>alert(1)</script>\x00\x1b\xff\" onload=\"x"
	inf := math.Inf(1)
	c := chart.Chart{
		Title: evil, Description: evil, Length: math.NaN(),
		Marks: []chart.Mark{{At: inf, End: -inf, Label: evil, Style: chart.Failed}},
		Lanes: []chart.Lane{
			chart.Areas{Name: evil, Width: inf, At: []float64{math.NaN()}, Series: []chart.Series{{Name: evil, Style: chart.First, Values: []float64{inf}}}},
			chart.Lines{Name: evil, Log: true, Lines: []chart.Line{{Name: evil, Style: chart.Plain, Points: []chart.Point{{inf, inf}, {1, -5}}}}},
			chart.States{Name: evil, States: []chart.State{{To: 1, Label: evil}}},
			chart.Bars{Name: evil, Rows: []chart.Row{{Name: evil, Bars: []chart.State{{From: 5, To: 1, Label: evil}}}}},
		},
	}
	for _, length := range []float64{inf, -inf, -1, 1e300} {
		wellFormed(t, chart.Chart{Length: length, Lanes: c.Lanes}.SVG())
	}
	svg := c.SVG()
	wellFormed(t, svg)
	if strings.Contains(svg, "<script") || strings.Contains(svg, `" onload`) || strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
		t.Errorf("got %s", svg)
	}
}

func TestLongAxis(t *testing.T) {
	for length, want := range map[float64]string{0: "0 s", 400: "0.1 s", 90_000: "80 s", 600_000: "10:00", 86_400_000: "1440:00"} {
		if text := wellFormed(t, chart.Chart{Length: length}.SVG()); !strings.Contains(text, want+"\n") {
			t.Errorf("%g ms: the axis lacks %q: %q", length, want, text)
		}
	}
}
