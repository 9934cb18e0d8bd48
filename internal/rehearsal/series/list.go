package series

import (
	"fmt"
	"io"

	"github.com/warmstandby/warmstandby/internal/rehearsal/scenario"
)

// Names are the names of the scenarios.
func Names() []string {
	var names []string
	for _, s := range scenario.All() {
		names = append(names, s.Name)
	}
	return names
}

// Open are the names of the scenarios in which something else than the pipelines can move the application.
func Open() []string {
	var names []string
	for _, s := range scenario.All() {
		if s.Open {
			names = append(names, s.Name)
		}
	}
	return names
}

// WriteList explains the scenarios.
func WriteList(w io.Writer) {
	const format = "%-17s %-6s %s\n"
	for _, s := range scenario.All() {
		fmt.Fprintf(w, format, s.Name, "what", s.About)
		fmt.Fprintf(w, format, "", "must", s.Must)
	}
}
