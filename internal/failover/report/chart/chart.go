package chart

import (
	"fmt"
	"strings"
)

// Sizes of the image, in its own units.
const (
	width   = 1120.0 // of everything
	gutter  = 158.0  // left of the lanes, for their names
	margin  = 14.0   // right of the lanes
	between = 14.0   // from one lane to the next
	axis    = 26.0   // of the time axis below the lanes
	line    = 15.0   // of a line of text
	letter  = 6.3    // of a letter, about
)

// Style is how something looks. The page has the colours.
type Style string

// The styles. Each one has its pattern or its dashes.
const (
	First   Style = "first"   // of the first Region, plain
	Second  Style = "second"  // of the second Region, striped
	Failed  Style = "failed"  // of what went wrong, crossed
	Refused Style = "refused" // of what is held back on purpose, dotted
	Done    Style = "done"    // of what was done, plain
	Plain   Style = "plain"   // of a line
	Dashed  Style = "dashed"  // of another line
)

// Chart is an image. Times are milliseconds since its axis begins.
type Chart struct {
	// Title names the image, and Description says what is to be seen, for those who do not see it.
	Title       string
	Description string

	// Length is the length of the time axis.
	Length float64

	// Marks are the times that cross all lanes, and Lanes what is below them.
	Marks []Mark
	Lanes []Lane
}

// Mark is a time at which something happened.
type Mark struct {
	// At is when, and End when it was over; 0 if it has no length.
	At, End float64

	// Label says what, in a few words.
	Label string

	// Style is how the mark looks.
	Style Style
}

// Lane is a part of the image: [Areas], [Lines], [States] or [Bars].
type Lane interface {
	height() float64
	draw(c *canvas, top float64)
}

// SVG is the image, with the classes that the page styles.
func (c Chart) SVG() string {
	p := &canvas{length: max(c.Length, 1)}
	rows := p.labelRows(c.Marks)
	top := line*float64(rows.count) + 8
	bottom := top
	for _, l := range c.Lanes {
		bottom += l.height() + between
	}
	fmt.Fprintf(p, `<svg class="chart" role="img" aria-labelledby="chart-title chart-description" viewBox="0 0 %s %s" `+
		`data-left="%s" data-right="%s" data-length="%s">`, n(width), n(bottom+axis), n(gutter), n(width-margin), n(p.length))
	fmt.Fprintf(p, `<title id="chart-title">%s</title><desc id="chart-description">%s</desc>`, escape(c.Title), escape(c.Description))
	p.WriteString(patterns)
	p.shades(c.Marks, top, bottom)
	p.timeAxis(top, bottom)
	y := top
	for _, l := range c.Lanes {
		p.WriteString("<g>")
		l.draw(p, y)
		p.WriteString("</g>")
		y += l.height() + between
	}
	p.marks(c.Marks, rows, bottom)
	fmt.Fprintf(p, `<line class="cursor" x1="0" x2="0" y1="%s" y2="%s" visibility="hidden"/></svg>`, n(top), n(bottom))
	return p.String()
}

// patterns are what fills areas. The class of each says which colours.
var patterns = "<defs>" +
	pattern(First, 6, "") +
	pattern(Second, 6, `<rect class="wash" width="6" height="6"/><rect class="ink" width="3.4" height="6"/>`) +
	pattern(Failed, 5, `<rect class="wash" width="5" height="5"/><path class="hatch" d="M0 0H5M0 0V5"/>`) +
	pattern(Refused, 6, `<rect class="wash" width="6" height="6"/><circle class="ink" cx="3" cy="3" r="1.7"/>`) +
	pattern(Done, 6, "") +
	"</defs>"

// pattern is a square that repeats itself, turned by 45 degrees.
func pattern(s Style, size int, content string) string {
	if content == "" {
		content = fmt.Sprintf(`<rect class="ink" width="%d" height="%d"/>`, size, size)
	}
	return fmt.Sprintf(`<pattern id="fill-%s" class="s-%s" width="%d" height="%d" patternUnits="userSpaceOnUse" `+
		`patternTransform="rotate(45)">%s</pattern>`, s, s, size, size, content)
}

// rows are the lines of text that the marks' labels are on, so that none covers another.
type rows struct {
	of    []int
	count int
}

// labelRows gives each mark's label the first line that has room for it.
func (c *canvas) labelRows(marks []Mark) rows {
	var ends []float64 // of each row's last label
	r := rows{of: make([]int, len(marks))}
	for i, m := range marks {
		start, end := c.labelSpan(m)
		row := 0
		for row < len(ends) && ends[row] > start {
			row++
		}
		if row == len(ends) {
			ends = append(ends, 0)
		}
		ends[row], r.of[i] = end, row
	}
	r.count = len(ends)
	return r
}

// labelSpan is where a mark's label begins and ends: right of the mark, or left of it where there is no room.
func (c *canvas) labelSpan(m Mark) (start, end float64) {
	x, long := c.x(m.At), letter*float64(len([]rune(short(m.Label))))+12
	if x+long > width {
		return x - long, x
	}
	return x, x + long
}

// marks draws the marks and their labels.
func (c *canvas) marks(marks []Mark, r rows, bottom float64) {
	for i, m := range marks {
		x, y := c.x(m.At), line*float64(r.of[i])+11
		fmt.Fprintf(c, `<g class="mark s-%s"><title>%s</title>`, m.Style, escape(m.Label))
		fmt.Fprintf(c, `<line x1="%s" x2="%s" y1="%s" y2="%s"/>`, n(x), n(x), n(y-9), n(bottom))
		if start, _ := c.labelSpan(m); start < x {
			c.text("label end", x-5, y, short(m.Label))
		} else {
			c.text("label", x+5, y, short(m.Label))
		}
		c.WriteString("</g>")
	}
}

// shades draws how long marks last, behind everything else.
func (c *canvas) shades(marks []Mark, top, bottom float64) {
	for _, m := range marks {
		if m.End > m.At {
			fmt.Fprintf(c, `<rect class="shade s-%s" x="%s" y="%s" width="%s" height="%s"/>`, m.Style, n(c.x(m.At)), n(top), n(c.x(m.End)-c.x(m.At)), n(bottom-top))
		}
	}
}

// short is a label that fits.
func short(label string) string {
	if letters := []rune(strings.Join(strings.Fields(label), " ")); len(letters) > 60 {
		return string(letters[:59]) + "…"
	}
	return strings.Join(strings.Fields(label), " ")
}
