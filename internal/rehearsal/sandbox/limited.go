package sandbox

import "bytes"

// limited keeps the beginning of what is written to it.
type limited struct{ buffer bytes.Buffer }

// Write takes everything and keeps what there is room for.
func (l *limited) Write(p []byte) (int, error) {
	l.buffer.Write(p[:min(len(p), MaxOutput-l.buffer.Len())])
	return len(p), nil
}

// String is what was kept.
func (l *limited) String() string { return l.buffer.String() }
