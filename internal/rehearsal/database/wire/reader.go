package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// errMalformed is why a packet is refused that ends too early, or holds what it must not.
var errMalformed = errors.New("malformed packet")

// reader takes a packet apart. Once something is missing, ok is false and everything that is read is empty.
type reader struct {
	rest []byte
	ok   bool
}

func newReader(b []byte) *reader { return &reader{b, true} }

// bytes is the next n bytes, which must not be changed.
func (r *reader) bytes(n uint64) []byte {
	if !r.ok || n > uint64(len(r.rest)) {
		r.ok, r.rest = false, nil
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) uint8() byte {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) uint16() uint16 {
	if b := r.bytes(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

func (r *reader) uint32() uint32 {
	if b := r.bytes(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// terminated is a string up to the next zero byte, which is skipped.
func (r *reader) terminated() []byte {
	end := bytes.IndexByte(r.rest, 0)
	if end < 0 {
		r.ok, r.rest = false, nil
		return nil
	}
	b := r.bytes(uint64(end))
	r.bytes(1)
	return b
}

// lengthEncoded is a string after its length, which has one to nine bytes itself.
func (r *reader) lengthEncoded() []byte {
	var n uint64
	switch first := r.uint8(); first {
	case 0xfb, 0xff: // NULL, and an error: neither is a length
		r.ok, r.rest = false, nil
	case 0xfc:
		n = uint64(r.uint16())
	case 0xfd:
		b := r.bytes(3)
		if b != nil {
			n = uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16
		}
	case 0xfe:
		if b := r.bytes(8); b != nil {
			n = binary.LittleEndian.Uint64(b)
		}
	default:
		n = uint64(first)
	}
	return r.bytes(n)
}

// appendLengthEncoded appends a string of less than 64 KiB after its length.
func appendLengthEncoded(b []byte, s []byte) []byte {
	if len(s) < 0xfb {
		b = append(b, byte(len(s)))
	} else {
		b = binary.LittleEndian.AppendUint16(append(b, 0xfc), uint16(len(s)))
	}
	return append(b, s...)
}

func appendTerminated(b []byte, s string) []byte {
	return append(append(b, s...), 0)
}
