package wire

import (
	"errors"
	"io"
	"slices"
)

const (
	// HeaderSize is how many bytes of a frame precede its payload.
	HeaderSize = 4

	// MaxPayload is the length at which a packet is continued in another frame.
	MaxPayload = 1<<24 - 1
)

// ErrTooLarge is why a packet is refused that is longer than its reader allows.
var ErrTooLarge = errors.New("packet is too large")

// Frame is a packet with its header: the payload's length in three bytes, and a sequence number.
type Frame []byte

// NewFrame is a frame with room for a payload of about size bytes, which is to be appended. Seal completes it.
func NewFrame(seq byte, size int) Frame {
	f := make(Frame, HeaderSize, HeaderSize+size)
	f[3] = seq
	return f
}

// Seal writes the payload's length into the header. The payload must be shorter than [MaxPayload].
func (f Frame) Seal() Frame {
	n := len(f) - HeaderSize
	f[0], f[1], f[2] = byte(n), byte(n>>8), byte(n>>16)
	return f
}

// Seq is the packet's sequence number, which starts with 0 for each command.
func (f Frame) Seq() byte { return f[3] }

// Payload is the packet without its header.
func (f Frame) Payload() []byte { return f[HeaderSize:] }

// PayloadLen is the length of the payload that follows a header, which has to be complete.
func PayloadLen(header []byte) int {
	return int(header[0]) | int(header[1])<<8 | int(header[2])<<16
}

// ReadFrame reads the next packet into buf, which it grows when it has to, and returns it. A packet of limit bytes or
// more is [ErrTooLarge]; so is one that would be continued in another frame.
func ReadFrame(r io.Reader, buf Frame, limit int) (Frame, error) {
	buf = slices.Grow(buf[:0], HeaderSize)[:HeaderSize]
	if _, err := io.ReadFull(r, buf); err != nil {
		return buf, err
	}
	n := PayloadLen(buf)
	if n >= min(limit, MaxPayload) {
		return buf, ErrTooLarge
	}
	buf = slices.Grow(buf, n)[:HeaderSize+n]
	_, err := io.ReadFull(r, buf[HeaderSize:])
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF // the header has promised a payload
	}
	return buf, err
}
