package arpio

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// WriteText writes the result for people.
func (r Result) WriteText(w io.Writer) {
	fmt.Fprintf(w, "%s in %s\n", r.Bus, r.Region)
	for i, e := range r.Events {
		fmt.Fprintf(w, "\n%d. %s %s\n", i+1, e.Type, printable(e.Subject))
		if e.Refused != "" {
			fmt.Fprintf(w, "   refused by the bus: %s\n", printable(e.Refused))
		}
		for _, m := range e.Rules {
			if m.Matched {
				fmt.Fprintf(w, "   matched  %s\n", m.Rule)
				continue
			}
			fmt.Fprintf(w, "   not      %s: %s\n", m.Rule, printable(m.Why))
		}
	}
	fmt.Fprintln(w, "\nRules")
	for _, rule := range r.Rules {
		fmt.Fprintf(w, "  %s: %d matched, %d invocations, %d failed, %d to the dead-letter queue\n",
			rule.Rule, rule.Matched, rule.Invocations, rule.Failed, rule.DeadLetters)
		for _, target := range rule.Targets {
			fmt.Fprintf(w, "    to %s\n", target)
		}
	}
	fmt.Fprintf(w, "\nAutomations: %d\n", len(r.Executions))
	for _, e := range r.Executions {
		fmt.Fprintf(w, "  %-9s %s %s %s\n", e.Status, e.Document, parametersText(e.Parameters), printable(e.Failure))
	}
	if r.Error != "" {
		fmt.Fprintf(w, "\nIt ended early: %s\n", printable(r.Error))
	}
}

// parametersText is the parameters of an execution in a line.
func parametersText(parameters map[string][]string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		parts = append(parts, name+"="+printable(strings.Join(parameters[name], ",")))
	}
	return strings.Join(parts, " ")
}

// printable is a text from an event, which may have anything in it, as a terminal may show it.
func printable(text string) string {
	const most = 600
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '?'
		}
		return r
	}, text)
}

// WriteText writes the result for people.
func (r FailoverResult) WriteText(w io.Writer) {
	fmt.Fprintf(w, "A recovery of %d resources, in %d events, dealt with in %.1fs\n", resources, r.Events, r.Seconds)
	for _, c := range r.Checks {
		if c.OK {
			fmt.Fprintf(w, "  ok    %s\n", c.Name)
			continue
		}
		fmt.Fprintf(w, "  FAIL  %s\n        expected  %s\n        got       %s\n", c.Name, printable(c.Expected), printable(c.Got))
	}
	if r.Error != "" {
		fmt.Fprintf(w, "\nIt ended early: %s\n", printable(r.Error))
	}
}
