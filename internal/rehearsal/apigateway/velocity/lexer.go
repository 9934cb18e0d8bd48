package velocity

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// reader goes through a template's text.
type reader struct {
	text string
	at   int
}

// errorf is an error that names the line.
func (r *reader) errorf(format string, args ...any) error {
	return fmt.Errorf("line %d: %w", 1+strings.Count(r.text[:r.at], "\n"), fmt.Errorf(format, args...))
}

func (r *reader) done() bool { return r.at >= len(r.text) }

// peek is the next byte, or 0 at the end.
func (r *reader) peek() byte {
	if r.done() {
		return 0
	}
	return r.text[r.at]
}

// accept skips word if it is next.
func (r *reader) accept(word string) bool {
	if !strings.HasPrefix(r.text[r.at:], word) {
		return false
	}
	r.at += len(word)
	return true
}

func (r *reader) expect(word string) error {
	r.space()
	if !r.accept(word) {
		return r.errorf("expected %q, got %q", word, r.rest())
	}
	return nil
}

// space skips blanks and line ends.
func (r *reader) space() {
	for strings.ContainsRune(" \t\r\n", rune(r.peek())) && !r.done() {
		r.at++
	}
}

// lineEnd skips the rest of a line if nothing but blanks is on it.
func (r *reader) lineEnd() {
	rest := strings.TrimLeft(r.text[r.at:], " \t\r")
	if strings.HasPrefix(rest, "\n") {
		r.at = len(r.text) - len(rest) + 1
	}
}

// rest is the beginning of what is left, for messages.
func (r *reader) rest() string {
	rest := r.text[r.at:]
	if len(rest) > 20 {
		rest = rest[:20]
	}
	for !utf8.ValidString(rest) && rest != "" {
		rest = rest[:len(rest)-1]
	}
	return rest
}

// name is an identifier. Inside a reference's path it may have hyphens, as header names do.
func (r *reader) name(hyphens bool) string {
	start := r.at
	for !r.done() && (isLetter(r.peek()) || r.at > start && isMore(r.peek(), hyphens)) {
		r.at++
	}
	return r.text[start:r.at]
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }

func isMore(c byte, hyphens bool) bool { return isDigit(c) || hyphens && c == '-' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// str is a string in single or double quotes. In double quotes Velocity would replace references, which is not known here.
func (r *reader) str() (string, error) {
	quote := r.peek()
	end := strings.IndexByte(r.text[r.at+1:], quote)
	if end < 0 {
		return "", r.errorf("the string %s has no end", r.rest())
	}
	s := r.text[r.at+1 : r.at+1+end]
	if quote == '"' && strings.ContainsAny(s, "$#\\") {
		return "", r.errorf("references and escapes in the string %q are not known", s)
	}
	r.at += end + 2
	return s, nil
}
