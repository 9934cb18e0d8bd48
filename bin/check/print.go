package main

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// columns is the width that the output fits in.
const columns = 100

// The widths of the table of stacks, besides the name, which gets what is left and at most what it needs.
const (
	regionWidth   = 14
	numberWidth   = 10
	mostNameWidth = columns - 2 - regionWidth - 2 - 3*(numberWidth+1)
)

// printer writes a report for people. A buffer does not fail.
type printer struct{ *bytes.Buffer }

// report writes r. Acknowledged findings are counted, and listed if verbose.
func (p printer) report(r report, verbose bool) {
	fmt.Fprintf(p, "Cloud assembly %s\n\n", r.Assembly)
	p.stacks(r)
	if !r.Validated {
		p.WriteString("\n")
		p.wrap("", "CDK's validation left no report: it was off during synthesis, or found nothing at all.")
	}
	if len(r.Findings) == 0 {
		p.WriteString("\nNo findings.\n")
	} else {
		fmt.Fprintf(p, "\n%s\n", count(len(r.Findings), "finding"))
		p.findings(r.Findings)
	}
	if len(r.Acknowledged) == 0 {
		return
	}
	fmt.Fprintf(p, "\n%s acknowledged with a reason", count(len(r.Acknowledged), "finding"))
	if verbose {
		p.WriteString("\n")
		p.findings(r.Acknowledged)
		return
	}
	p.WriteString(" (--verbose lists them)\n")
	p.counts(r.Acknowledged)
}

// stacks writes the table of stacks.
func (p printer) stacks(r report) {
	total := count(len(r.Stacks), "stack")
	width := len(total)
	for _, s := range r.Stacks {
		width = max(width, utf8.RuneCountInString(s.Name))
	}
	width = min(width, mostNameWidth)
	row := func(name, region, resources, template, assets string) {
		fmt.Fprintf(p, "  %-*s  %-*s %*s %*s %*s\n", width, shorten(name, width), regionWidth, region,
			numberWidth, resources, numberWidth, template, numberWidth, assets)
	}
	row("Stack", "Region", "Resources", "Template", "Assets")
	for _, s := range r.Stacks {
		row(s.Name, cmp.Or(s.Region, "any"), fmt.Sprint(s.Resources), size(s.TemplateBytes), fmt.Sprint(s.Assets))
	}
	t := r.Totals
	row(total, "", fmt.Sprint(t.Resources), size(t.TemplateBytes), fmt.Sprint(t.Assets))
}

// findings writes findings; those of one rule in one place together.
func (p printer) findings(findings []finding) {
	for i, f := range findings {
		if i == 0 || !f.together(findings[i-1]) {
			p.heading(f)
		}
		p.wrap("    - ", f.Message)
		if last := i == len(findings)-1 || !f.together(findings[i+1]); last && f.Reason != "" {
			p.wrap("    acknowledged: ", f.Reason)
		}
	}
}

// together reports whether both findings are of one rule in one place, and acknowledged for the same reason.
func (f finding) together(g finding) bool {
	return f.Source == g.Source && f.Rule == g.Rule && f.Reason == g.Reason && slices.Equal(f.Where, g.Where)
}

// heading writes which rule a finding is of, and where.
func (p printer) heading(f finding) {
	title := f.Rule
	if f.Source != "rules" {
		title = fmt.Sprintf("%s (%s, %s)", f.Rule, f.Source, f.Severity)
	}
	fmt.Fprintf(p, "\n  %s\n", title)
	for _, where := range f.Where {
		fmt.Fprintf(p, "    at %s\n", where)
	}
}

// counts writes how many findings each rule has.
func (p printer) counts(findings []finding) {
	byRule := make(map[string]int)
	for _, f := range findings {
		byRule[f.Rule]++
	}
	for _, rule := range slices.Sorted(maps.Keys(byRule)) {
		fmt.Fprintf(p, "  %4d  %s\n", byRule[rule], rule)
	}
}

// wrap writes text in lines that fit, the first after a prefix and the others indented as far. A word that does not fit has a
// line to itself.
func (p printer) wrap(prefix, text string) {
	line, start := prefix, true
	for _, word := range strings.Fields(text) {
		if !start && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > columns {
			p.WriteString(line + "\n")
			line, start = strings.Repeat(" ", len(prefix)), true
		}
		if !start {
			line += " "
		}
		line, start = line+word, false
	}
	p.WriteString(line + "\n")
}

// shorten leaves out the beginning of a name that is too long; its end tells more.
func shorten(name string, width int) string {
	runes := []rune(name)
	if len(runes) <= width {
		return name
	}
	return "…" + string(runes[len(runes)-width+1:])
}

// size is a number of bytes in the unit in which CloudFormation's limit is given.
func size(n int) string { return fmt.Sprintf("%.1f kB", float64(n)/1000) }

// count is a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
