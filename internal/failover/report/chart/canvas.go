package chart

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
)

// canvas is an image that is being drawn.
type canvas struct {
	strings.Builder
	length float64
}

// x is where a time is. What is before or after the axis is at its ends.
func (c *canvas) x(at float64) float64 {
	return gutter + (width-margin-gutter)*min(max(at/c.length, 0), 1)
}

func (c *canvas) text(class string, x, y float64, text string) {
	fmt.Fprintf(c, `<text class="%s" x="%s" y="%s">%s</text>`, class, n(x), n(y), escape(text))
}

// name writes a lane's name into the gutter, and below it what belongs to it.
func (c *canvas) name(top float64, name string) {
	c.text("name", 0, top+11, name)
}

// key writes what a style stands for into the gutter.
func (c *canvas) key(y float64, s Style, sample, name string) {
	if sample == "line" {
		fmt.Fprintf(c, `<path class="line s-%s" d="M0 %sh16"/>`, s, n(y-3.5))
	} else {
		fmt.Fprintf(c, `<rect class="area s-%s" x="0.5" y="%s" width="15" height="9" fill="url(#fill-%s)"/>`, s, n(y-8.5), s)
	}
	c.text("key", 21, y, short(name))
}

// grid draws a line across a lane, with the value that it stands for.
func (c *canvas) grid(y float64, label string) {
	fmt.Fprintf(c, `<path class="grid" d="M%s %sH%s"/>`, n(gutter), n(y), n(width-margin))
	c.text("tick end", gutter-6, y+3.5, label)
}

// timeAxis draws the axis below the lanes, and its lines behind them.
func (c *canvas) timeAxis(top, bottom float64) {
	step := timeStep(c.length)
	for at := 0.0; at <= c.length; at += step {
		x := c.x(at)
		fmt.Fprintf(c, `<path class="grid" d="M%s %sV%s"/>`, n(x), n(top), n(bottom))
		c.text("tick middle", x, bottom+12, timeLabel(at, c.length))
	}
	fmt.Fprintf(c, `<path class="axis" d="M%s %sH%s"/>`, n(gutter), n(bottom), n(width-margin))
}

// timeStep is the distance of the axis's labels: a round figure, of which about ten fit.
func timeStep(length float64) float64 {
	steps := []float64{100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000}
	for _, s := range steps {
		if length <= 12*s {
			return s
		}
	}
	hours := math.Ceil(length / 12 / 3_600_000)
	return hours * 3_600_000
}

// timeLabel is a time since the axis began, in seconds, or in minutes and seconds where it is a long one.
func timeLabel(at, length float64) string {
	if length < 120_000 {
		return strconv.FormatFloat(at/1000, 'f', -1, 64) + " s"
	}
	seconds := int(math.Round(at / 1000))
	return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
}

// n is a number as SVG has it, to a tenth.
func n(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "0"
	}
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
}

// escape makes text harmless between tags and in attributes. What XML has no place for is left out.
func escape(text string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0xFFFE || r == 0xFFFF {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "�")))
}
