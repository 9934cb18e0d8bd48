package runtimeapi_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/internal/rehearsal/runtimeapi"
)

// writes keeps what is written, call by call.
type writes []string

func (w *writes) Write(p []byte) (int, error) {
	*w = append(*w, string(p))
	return len(p), nil
}

func FuzzLines(f *testing.F) {
	long := bytes.Repeat([]byte("x"), runtimeapi.MaxLine)
	f.Add([]byte("a\nb"), []byte("c\n\nd"))
	f.Add([]byte(""), []byte("\n"))
	f.Add(long, []byte("y\nz"))
	f.Add([]byte("a\n"), append(append(long, long...), 'y', '\n'))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		var got writes
		runtimeapi.WriteLines(&got, "> ", first, second)
		var text strings.Builder
		for _, w := range got {
			line, ok := strings.CutPrefix(w, "> ")
			if !ok || strings.Count(line, "\n") != 1 || !strings.HasSuffix(line, "\n") || len(line) > runtimeapi.MaxLine+1 {
				t.Errorf("wrote %.40q…, want one line after the prefix", w)
			}
			text.WriteString(strings.TrimSuffix(line, "\n"))
		}
		want := strings.ReplaceAll(string(first)+string(second), "\n", "")
		if text.String() != want {
			t.Errorf("wrote %d bytes without line ends, want %d", text.Len(), len(want))
		}
	})
}
