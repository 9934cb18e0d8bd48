package database

import (
	"bufio"
	"errors"
	"sync"

	"github.com/warmstandby/warmstandby/internal/rehearsal/database/wire"
)

// relay passes on what an authenticated client and the server behind say. Packets go through unchanged in both
// directions, but for those commands that the endpoint answers itself or that the server would not understand.
type relay struct {
	session *session
	back    *backend

	frame         wire.Frame          // the command that is being read; its memory is used again
	preparedWrite bool                // whether PREPARE has given a name to a statement that writes
	writes        map[uint32]struct{} // the prepared statements that write, by number

	mu      sync.Mutex // guards what follows, and writes
	out     *bufio.Writer
	onReply func(first []byte) // is called with the beginning of the next response, before it is passed on
}

func newRelay(s *session, back *backend) *relay {
	return &relay{
		session: s,
		back:    back,
		writes:  map[uint32]struct{}{},
		out:     bufio.NewWriterSize(s.client, bufferSize),
	}
}

// run passes on packets until either side ends.
func (r *relay) run() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer r.session.raw.Close()
		r.passResponses()
	}()
	r.passCommands()
	r.back.Close()
	<-done
}

// passCommands passes on commands until the client ends.
func (r *relay) passCommands() {
	for {
		var err error
		r.frame, err = wire.ReadFrame(r.session.reader, r.frame, wire.MaxPayload)
		if errors.Is(err, wire.ErrTooLarge) {
			_ = r.refuse(errPacketTooLarge)
		}
		if err != nil {
			return
		}
		frame, refusal := r.inspect(r.frame)
		if refusal != nil {
			err = r.refuse(refusal)
		} else {
			_, err = r.back.Write(frame)
		}
		if err != nil || len(r.frame.Payload()) > 0 && r.frame.Payload()[0] == comQuit {
			return
		}
	}
}

// expect has a function called with the beginning of the next response.
func (r *relay) expect(onReply func(first []byte)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.onReply = onReply
}

// refuse answers a command.
func (r *relay) refuse(e *wire.Error) error {
	seq := byte(1)
	if len(r.frame) >= wire.HeaderSize {
		seq = r.frame.Seq() + 1
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := writeFrame(r.out, seq, e.Append); err != nil {
		return err
	}
	return r.out.Flush()
}

// passResponses passes on responses until the server behind ends.
func (r *relay) passResponses() {
	for {
		if _, err := r.back.reader.Peek(wire.HeaderSize); err != nil {
			return
		}
		if err := r.passBuffered(); err != nil {
			return
		}
	}
}

// passBuffered passes on the packets that have been read ahead, of which the first has at least its header, and what is
// missing of the last one.
func (r *relay) passBuffered() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.back.reader.Buffered() >= wire.HeaderSize {
		if err := r.passPacket(); err != nil {
			return err
		}
	}
	return r.out.Flush()
}

// passPacket passes on a packet whose header has been read ahead.
func (r *relay) passPacket() error {
	header, err := r.back.reader.Peek(wire.HeaderSize)
	if err != nil {
		return err
	}
	size := wire.HeaderSize + wire.PayloadLen(header)
	if r.onReply != nil {
		first, err := r.back.reader.Peek(min(size, wire.HeaderSize+5))
		if err != nil {
			return err
		}
		onReply := r.onReply
		r.onReply = nil
		onReply(first[wire.HeaderSize:])
	}
	return r.pass(size)
}

// pass passes on n bytes, as they come.
func (r *relay) pass(n int) error {
	for n > 0 {
		if _, err := r.back.reader.Peek(1); err != nil {
			return err
		}
		there, _ := r.back.reader.Peek(min(n, r.back.reader.Buffered()))
		if _, err := r.out.Write(there); err != nil {
			return err
		}
		n -= len(there)
		_, _ = r.back.reader.Discard(len(there))
	}
	return nil
}
