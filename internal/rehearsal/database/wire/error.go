package wire

import (
	"encoding/binary"
	"fmt"
)

// Error is an error that a server reports: ERR_Packet.
type Error struct {
	Number  uint16
	State   string // five characters of the SQL standard
	Message string
}

// Error describes the error as MySQL's own client does.
func (e *Error) Error() string {
	return fmt.Sprintf("ERROR %d (%s): %s", e.Number, e.State, e.Message)
}

// Append appends the packet's payload to b.
func (e *Error) Append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint16(append(b, HeaderError), e.Number)
	b = append(append(b, '#'), e.State...)
	return append(b, e.Message...)
}

// ParseError reads an error. One that cannot be read is an error, too.
func ParseError(payload []byte) error {
	r := newReader(payload)
	header := r.uint8()
	e := &Error{Number: r.uint16(), State: "HY000"}
	if !r.ok || header != HeaderError {
		return fmt.Errorf("read server error: %w", errMalformed)
	}
	if len(r.rest) > 0 && r.rest[0] == '#' {
		r.bytes(1)
		e.State = string(r.bytes(5))
	}
	e.Message = string(r.rest)
	if !r.ok {
		return fmt.Errorf("read server error: %w", errMalformed)
	}
	return e
}
