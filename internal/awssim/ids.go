package awssim

import "fmt"

const (
	digits   = "0123456789"
	hexits   = "0123456789abcdef"
	lower    = "abcdefghijklmnopqrstuvwxyz0123456789"
	upper    = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	alphanum = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	base32   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" // the characters of an access key id
)

// newID returns n characters of the alphabet.
func (s *State) newID(n int, alphabet string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[s.random.IntN(len(alphabet))]
	}
	return string(b)
}

// newUUID returns an identifier in the form of a version 4 UUID.
func (s *State) newUUID() string {
	h := s.newID(32, hexits)
	return fmt.Sprintf("%s-%s-4%s-%c%s-%s", h[:8], h[8:12], h[13:16], "89ab"[s.random.IntN(4)], h[17:20], h[20:])
}

// NewUUID returns an identifier in the form of a version 4 UUID.
func (s *State) NewUUID() string { return s.newUUID() }
