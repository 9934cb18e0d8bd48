package operator

import (
	"fmt"
	"io"
	"strings"
	"sync"
)

// Tell writes an error for the operator, in a line for each thing that is wrong.
func Tell(w io.Writer, err error) {
	for line := range strings.Lines(err.Error()) {
		if line = strings.TrimSpace(line); line != "" {
			fmt.Fprintf(w, "warmstandby: %s\n", line)
		}
	}
}

// shared is a writer for several goroutines.
type shared struct {
	mu sync.Mutex
	w  io.Writer
}

// Write writes, and nobody else meanwhile.
func (s *shared) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(b)
}
