package endpoint

import (
	"encoding/base64"
	"strconv"
)

// page returns the items that follow the token, at most size of them, and the token of the rest: empty at the end. It says
// whether the token is one that page made. Tokens are positions: what is added or deleted between two pages may be seen
// twice or not at all.
func page[T any](items []T, token string, size int) (part []T, next string, ok bool) {
	start := 0
	if token != "" {
		if start, ok = position(token); !ok || start > len(items) {
			return nil, "", false
		}
	}
	if len(items)-start <= size {
		return items[start:], "", true
	}
	end := start + size
	return items[start:end], base64.StdEncoding.EncodeToString([]byte("from " + strconv.Itoa(end))), true
}

// position reads a token.
func position(token string) (int, bool) {
	text, err := base64.StdEncoding.DecodeString(token)
	if err != nil || len(text) < 6 || string(text[:5]) != "from " {
		return 0, false
	}
	n, err := strconv.Atoi(string(text[5:]))
	return n, err == nil && n >= 0
}
