package chart

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// tall is the height of a lane of areas or lines.
const tall = 78.0

// Areas are amounts that add up, such as requests per second by outcome, one on top of the other.
type Areas struct {
	// Name names the lane.
	Name string

	// At are the times at which the parts begin, and Width is how long each one is.
	At    []float64
	Width float64

	// Series are the amounts, from the bottom to the top.
	Series []Series
}

// Series are amounts, one for each part of the time.
type Series struct {
	Name   string
	Style  Style
	Values []float64
}

func (a Areas) height() float64 { return max(tall, line*float64(len(a.Series)+1)+2) }

func (a Areas) draw(c *canvas, top float64) {
	c.name(top, a.Name)
	for i, s := range a.Series {
		c.key(top+11+line*float64(i+1), s.Style, "area", s.Name)
	}
	scale := niceMax(a.total())
	bottom := top + a.height()
	y := func(v float64) float64 { return bottom - a.height()*v/scale }
	for _, share := range []float64{0, 0.5, 1} {
		c.grid(y(scale*share), strconv.FormatFloat(scale*share, 'f', -1, 64))
	}
	below := make([]float64, len(a.At))
	for _, s := range a.Series {
		above := make([]float64, len(a.At))
		for i := range a.At {
			above[i] = below[i] + s.Values[i]
		}
		if path := a.outline(c, below, above, y); path != "" {
			fmt.Fprintf(c, `<path class="area s-%s" fill="url(#fill-%s)" d="%s"/>`, s.Style, s.Style, path)
		}
		below = above
	}
}

// total is the highest sum.
func (a Areas) total() float64 {
	highest := 0.0
	for i := range a.At {
		sum := 0.0
		for _, s := range a.Series {
			sum += s.Values[i]
		}
		highest = max(highest, sum)
	}
	return highest
}

// outline goes round the parts that have an amount, each run of them by itself: forth along the top and back along the bottom.
func (a Areas) outline(c *canvas, below, above []float64, y func(float64) float64) string {
	var b strings.Builder
	for i := 0; i < len(a.At); i++ {
		if above[i] <= below[i] {
			continue
		}
		from := i
		fmt.Fprintf(&b, "M%s %s", n(c.x(a.At[i])), n(y(below[i])))
		for ; i < len(a.At) && above[i] > below[i]; i++ {
			if i == from || above[i] != above[i-1] {
				fmt.Fprintf(&b, "V%s", n(y(above[i])))
			}
			fmt.Fprintf(&b, "H%s", n(c.x(a.At[i]+a.Width)))
		}
		for back := i - 1; back >= from; back-- {
			if back == i-1 || below[back] != below[back+1] {
				fmt.Fprintf(&b, "V%s", n(y(below[back])))
			}
			fmt.Fprintf(&b, "H%s", n(c.x(a.At[back])))
		}
		b.WriteString("Z")
	}
	return b.String()
}

// niceMax is a round figure that is not below a value, for the top of a scale.
func niceMax(v float64) float64 {
	if v <= 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(v)))
	for _, factor := range []float64{1, 2, 3, 4, 5, 6, 8, 10} {
		if v <= factor*unit {
			return factor * unit
		}
	}
	return 10 * unit
}
