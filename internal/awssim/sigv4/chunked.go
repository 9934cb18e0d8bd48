package sigv4

import (
	"bytes"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
)

// maxLine bounds the line in front of a chunk and the lines of the trailer.
const maxLine = 4096

// chunks decodes a payload in aws-chunked encoding: see "Transferring Payload in Multiple Chunks" and "Including Trailing
// Headers" in the S3 API reference.
type chunks struct {
	*authorization
	key      []byte // nil if chunks are not signed
	previous string // the signature before this one
	rest     []byte
}

// decode returns the payload and the trailer, which is nil if the encoding has none.
func (c *chunks) decode(trailer bool) ([]byte, http.Header, error) {
	var payload []byte
	for {
		chunk, err := c.chunk()
		if err != nil {
			return nil, nil, err
		}
		if len(chunk) == 0 {
			break
		}
		payload = append(payload, chunk...)
	}
	if trailer {
		headers, err := c.trailer()
		return payload, headers, err
	}
	if len(c.rest) > 0 && string(c.rest) != "\r\n" {
		return nil, nil, c.bad("there is something after the last chunk")
	}
	return payload, nil, nil
}

func (c *chunks) bad(what string) error {
	return c.fail(BadPayload, "The request body is not aws-chunked as announced: %s", what)
}

// line takes a line up to its end, which is CR LF.
func (c *chunks) line() (string, error) {
	end := bytes.Index(c.rest[:min(len(c.rest), maxLine)], []byte("\r\n"))
	if end < 0 {
		return "", c.bad("a line does not end")
	}
	line := string(c.rest[:end])
	c.rest = c.rest[end+2:]
	return line, nil
}

// chunk takes one chunk; the last one is empty.
func (c *chunks) chunk() ([]byte, error) {
	line, err := c.line()
	if err != nil {
		return nil, err
	}
	digits, extension, _ := strings.Cut(line, ";")
	size, err := strconv.ParseUint(digits, 16, 32)
	if err != nil {
		return nil, c.bad("a chunk has no size")
	}
	if size > uint64(len(c.rest)) {
		return nil, c.bad("a chunk is shorter than its size")
	}
	data := c.rest[:size]
	c.rest = c.rest[size:]
	if size > 0 {
		var ok bool
		if c.rest, ok = bytes.CutPrefix(c.rest, []byte("\r\n")); !ok {
			return nil, c.bad("a chunk is longer than its size")
		}
	}
	if c.key == nil {
		return data, nil
	}
	signature, ok := strings.CutPrefix(extension, "chunk-signature=")
	if !ok {
		return nil, c.bad("a chunk is not signed")
	}
	return data, c.check(signature, "AWS4-HMAC-SHA256-PAYLOAD", hash(nil)+"\n"+hash(data))
}

// check compares the next signature in the chain.
func (c *chunks) check(signature, algorithm, hashes string) error {
	text := strings.Join([]string{algorithm, c.stamp, c.scope, c.previous, hashes}, "\n")
	c.previous = hex.EncodeToString(mac(c.key, text))
	if !equal(c.previous, signature) {
		return c.fail(Mismatch, "")
	}
	return nil
}

// trailer takes the headers after the last chunk.
func (c *chunks) trailer() (http.Header, error) {
	headers := http.Header{}
	signature := ""
	var signed strings.Builder
	for len(c.rest) > 0 {
		line, err := c.line()
		if err != nil {
			return nil, err
		}
		if line == "" {
			break
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, c.bad("a line of the trailer is no header")
		}
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		if name == "x-amz-trailer-signature" {
			signature = value
			continue
		}
		headers.Add(name, value)
		signed.WriteString(name + ":" + value + "\n")
	}
	if len(c.rest) > 0 {
		return nil, c.bad("there is something after the trailer")
	}
	if c.key == nil {
		return headers, nil
	}
	return headers, c.check(signature, "AWS4-HMAC-SHA256-TRAILER", hash([]byte(signed.String())))
}
