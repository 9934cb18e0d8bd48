package series

import (
	"fmt"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal/scenario"
)

// panel is both Regions as they are.
type panel struct {
	title   string
	regions []string
	latest  string // what happened last
	now     scenario.Live
	curve   map[string][]int // answers in a second that succeeded, by Region, once a second
	counted time.Duration    // when that was done last
}

func newPanel(name string, seed uint64, regions []string) panel {
	return panel{title: fmt.Sprintf("%s, seed %d", name, seed), regions: regions, curve: make(map[string][]int)}
}

// add takes note of how things stand.
func (p *panel) add(l scenario.Live) {
	p.now = l
	if l.Elapsed < p.counted+time.Second {
		return
	}
	p.counted = l.Elapsed
	for _, region := range p.regions {
		t := l.Traffic[region]
		p.curve[region] = append(p.curve[region], t.Reads+t.Writes)
	}
}

// columnsMax is how wide the panel gets at most, so that the eye finds what belongs together.
const columnsMax = 100

// lines are the panel, for so many columns.
func (p *panel) lines(columns int, paint painter) []string {
	columns = min(columns, columnsMax)
	half := (columns - 2) / 2
	rule := paint.grey(strings.Repeat("─", columns))
	lines := []string{
		rule,
		shorten(fmt.Sprintf("%s  %s  %s", clock(p.now.Elapsed), p.title, p.latest), columns),
	}
	var sides [][]string
	for _, region := range p.regions {
		sides = append(sides, p.side(region, half, paint))
	}
	for i := range sides[0] {
		row := sides[0][i]
		for _, side := range sides[1:] {
			row += strings.Repeat(" ", max(half+2-width(row), 2)) + side[i]
		}
		lines = append(lines, row)
	}
	return append(lines, p.edge(columns, paint), rule)
}

// side is one Region.
func (p *panel) side(region string, columns int, paint painter) []string {
	t := p.now.Traffic[region]
	failed := shorten(fmt.Sprintf("failed %5d/s", t.Failed), columns)
	if t.Failed > 0 {
		failed = paint.red(failed)
	}
	return []string{
		paint.bold(shorten(region+"  "+p.role(region), columns)),
		shorten(fmt.Sprintf("reads %6d/s  writes %5d/s", t.Reads, t.Writes), columns),
		failed,
		paint.green(p.spark(region, columns)),
	}
}

// role is what a Region is.
func (p *panel) role(region string) string {
	var roles []string
	if p.now.Glance.Writer == region {
		roles = append(roles, "writer")
	}
	if p.now.Glance.Active == region {
		roles = append(roles, "active")
	}
	if len(roles) == 0 {
		return "standby"
	}
	return strings.Join(roles, ", ")
}

// edge is what is neither Region's.
func (p *panel) edge(columns int, paint painter) string {
	text := "writes accepted"
	if p.now.Glance.Fenced {
		text = "WRITES FENCED"
	}
	text += fmt.Sprintf("   lag %s   answered by no Region %d/s", lag(p.now.Glance.Lag), p.now.Traffic[""].Failed)
	if p.now.Glance.Writer == "" {
		text += "   NO WRITER"
	}
	text = shorten(text, columns)
	if p.now.Glance.Fenced || p.now.Glance.Writer == "" {
		return paint.yellow(text)
	}
	return text
}

func lag(d *time.Duration) string {
	if d == nil {
		return "-"
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}

// spark is the latest traffic of a Region as a curve, a second in each column.
func (p *panel) spark(region string, columns int) string {
	heights := []rune("▁▂▃▄▅▆▇█")
	most := 1
	for _, r := range p.regions {
		for _, n := range p.curve[r] {
			most = max(most, n)
		}
	}
	counts := p.curve[region]
	var b strings.Builder
	for _, n := range counts[max(len(counts)-columns, 0):] {
		b.WriteRune(heights[n*(len(heights)-1)/most])
	}
	return b.String()
}

// painter colours texts, or leaves them as they are.
type painter bool

func (p painter) with(code, text string) string {
	if !p || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p painter) bold(text string) string   { return p.with("1", text) }
func (p painter) red(text string) string    { return p.with("31", text) }
func (p painter) green(text string) string  { return p.with("32", text) }
func (p painter) yellow(text string) string { return p.with("33", text) }
func (p painter) grey(text string) string   { return p.with("90", text) }
