package chart

import "fmt"

// thick is the height of a bar.
const thick = 15.0

// States are what was the case, as a band that changes.
type States struct {
	// Name names the lane.
	Name string

	// States are what was the case, in order.
	States []State
}

// State is what was the case from one time to another.
type State struct {
	From, To float64

	// Label says what.
	Label string

	// Style is how it looks; an empty one leaves the band empty.
	Style Style
}

func (s States) height() float64 { return thick }

func (s States) draw(c *canvas, top float64) {
	c.name(top, s.Name)
	for _, state := range s.States {
		c.bar(top, state)
		if room := c.x(state.To) - c.x(state.From); room > letter*float64(len([]rune(state.Label)))+8 {
			c.text("label", c.x(state.From)+5, top+11.5, state.Label)
		}
	}
}

// bar draws a bar, which can be seen however short it is.
func (c *canvas) bar(top float64, s State) {
	from, to := c.x(s.From), c.x(s.To)
	fill := "none"
	class := "bar"
	if s.Style != "" {
		fill, class = fmt.Sprintf("url(#fill-%s)", s.Style), fmt.Sprintf("bar s-%s", s.Style)
	}
	fmt.Fprintf(c, `<rect class="%s" fill="%s" x="%s" y="%s" width="%s" height="%s"><title>%s</title></rect>`,
		class, fill, n(from), n(top), n(max(to-from, 2)), n(thick), escape(s.Label))
}

// Bars are what was done, one row for each thing.
type Bars struct {
	// Name names the lane.
	Name string

	// Rows are the things, in order.
	Rows []Row
}

// Row is one thing, which may have been done several times.
type Row struct {
	Name string
	Bars []State
}

func (b Bars) height() float64 { return line + float64(len(b.Rows))*(thick+3) }

func (b Bars) draw(c *canvas, top float64) {
	c.name(top, b.Name)
	for i, row := range b.Rows {
		y := top + line + float64(i)*(thick+3)
		c.text("tick end", gutter-6, y+11, short(row.Name))
		fmt.Fprintf(c, `<path class="grid" d="M%s %sH%s"/>`, n(gutter), n(y+thick+1.5), n(width-margin))
		for _, bar := range row.Bars {
			c.bar(y, bar)
			c.beside(y, bar)
		}
	}
}

// beside writes a bar's label right of it, or left where there is no room.
func (c *canvas) beside(top float64, s State) {
	if end := max(c.x(s.To), c.x(s.From)+2); end+letter*float64(len([]rune(s.Label))) < width {
		c.text("label", end+4, top+11, s.Label)
		return
	}
	c.text("label end", c.x(s.From)-4, top+11, s.Label)
}
