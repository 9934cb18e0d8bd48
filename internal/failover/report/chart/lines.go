package chart

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Lines are measurements of a duration, in milliseconds.
type Lines struct {
	// Name names the lane.
	Name string

	// Log has a logarithmic scale, from a millisecond.
	Log bool

	// Lines are what was measured.
	Lines []Line
}

// Line is one measurement over time.
type Line struct {
	Name  string
	Style Style

	// Points are the measurements in order. Where a value is not a number, the line is broken.
	Points []Point

	// Steps says that a value lasts until the next one.
	Steps bool
}

// Point is a value at a time.
type Point struct{ At, Value float64 }

func (l Lines) height() float64 { return tall }

func (l Lines) draw(c *canvas, top float64) {
	c.name(top, l.Name)
	for i, s := range l.Lines {
		c.key(top+11+line*float64(i+1), s.Style, "line", s.Name)
	}
	scale := l.scale()
	y := func(v float64) float64 { return top + tall*(1-scale.share(v)) }
	for _, v := range scale.ticks {
		c.grid(y(v), durationLabel(v))
	}
	for _, s := range l.Lines {
		if path := s.path(c, y); path != "" {
			fmt.Fprintf(c, `<path class="line s-%s" d="%s"/>`, s.Style, path)
		}
	}
}

// scale says how high a value is, of 1, and which values are labelled.
type scale struct {
	share func(float64) float64
	ticks []float64
}

func (l Lines) scale() scale {
	highest := 0.0
	for _, s := range l.Lines {
		for _, p := range s.Points {
			if !math.IsNaN(p.Value) && !math.IsInf(p.Value, 0) {
				highest = max(highest, p.Value)
			}
		}
	}
	if !l.Log {
		top := niceMax(highest)
		return scale{func(v float64) float64 { return min(max(v/top, 0), 1) }, []float64{0, top / 2, top}}
	}
	decades := max(math.Ceil(math.Log10(max(highest, 1))-1e-9), 2)
	s := scale{share: func(v float64) float64 { return min(max(math.Log10(max(v, 1))/decades, 0), 1) }}
	for d := 0.0; d <= decades; d++ {
		s.ticks = append(s.ticks, math.Pow(10, d))
	}
	return s
}

// path goes through the points. Of several at one place only the highest is kept, since nobody could tell them apart.
func (s Line) path(c *canvas, y func(float64) float64) string {
	var b strings.Builder
	pen, last := false, 0.0
	for _, p := range s.thin(c) {
		switch x, high := c.x(p.At), y(p.Value); {
		case math.IsNaN(p.Value) && pen && s.Steps:
			fmt.Fprintf(&b, "H%s", n(x))
			pen = false
		case math.IsNaN(p.Value):
			pen = false
		case !pen:
			fmt.Fprintf(&b, "M%s %s", n(x), n(high))
			pen, last = true, high
		case s.Steps:
			fmt.Fprintf(&b, "H%s", n(x))
			if high != last {
				fmt.Fprintf(&b, "V%s", n(high))
			}
			last = high
		default:
			fmt.Fprintf(&b, "L%s %s", n(x), n(high))
		}
	}
	return b.String()
}

// thin leaves out points that would be at the same place as a higher one.
func (s Line) thin(c *canvas) []Point {
	var points []Point
	for _, p := range s.Points {
		last := len(points) - 1
		if last < 0 || math.Floor(c.x(points[last].At)) != math.Floor(c.x(p.At)) || math.IsNaN(points[last].Value) != math.IsNaN(p.Value) {
			points = append(points, p)
		} else if p.Value > points[last].Value {
			points[last] = p
		}
	}
	return points
}

// durationLabel is a number of milliseconds, in milliseconds or seconds.
func durationLabel(ms float64) string {
	if ms >= 1000 {
		return strconv.FormatFloat(ms/1000, 'f', -1, 64) + " s"
	}
	return strconv.FormatFloat(ms, 'f', -1, 64) + " ms"
}
