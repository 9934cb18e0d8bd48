package sigv4

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// canonical is the canonical request, the text whose hash is signed: see "Create a signed AWS API request" in the IAM user
// guide.
func (a *authorization) canonical(r *http.Request, payloadHash string) string {
	var b strings.Builder
	line := func(parts ...string) {
		for _, p := range parts {
			b.WriteString(p)
		}
		b.WriteByte('\n')
	}
	line(r.Method)
	line(canonicalPath(sentPath(r), a.service == s3Service))
	line(canonicalQuery(r.URL.RawQuery))
	for _, name := range a.signedHeaders {
		line(name, ":", headerValue(r, name))
	}
	line()
	line(strings.Join(a.signedHeaders, ";"))
	b.WriteString(payloadHash)
	return b.String()
}

// sentPath is the path as the client encoded it.
func sentPath(r *http.Request) string {
	if path, _, _ := strings.Cut(r.RequestURI, "?"); strings.HasPrefix(path, "/") {
		return path
	}
	return r.URL.EscapedPath()
}

// canonicalPath encodes a path that is encoded once already: for S3 the same way again, for other services once more, after
// taking out empty and relative parts.
func canonicalPath(path string, s3 bool) string {
	if !s3 {
		return encode(normalise(path), true)
	}
	plain, err := url.PathUnescape(path)
	if err != nil {
		plain = path
	}
	return encode(plain, true)
}

// normalise takes out empty, "." and ".." parts, as RFC 3986 does for relative ones.
func normalise(path string) string {
	var parts []string
	for part := range strings.SplitSeq(path, "/") {
		switch part {
		case "", ".":
		case "..":
			parts = parts[:max(len(parts)-1, 0)]
		default:
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return "/"
	}
	clean := "/" + strings.Join(parts, "/")
	if strings.HasSuffix(path, "/") || strings.HasSuffix(path, "/.") || strings.HasSuffix(path, "/..") {
		clean += "/"
	}
	return clean
}

// canonicalQuery encodes and sorts the parameters of a query but for the signature itself.
func canonicalQuery(raw string) string {
	var pairs [][2]string
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		k, v, _ := strings.Cut(pair, "=")
		if k = reencode(k); k != "X-Amz-Signature" {
			pairs = append(pairs, [2]string{k, reencode(v)})
		}
	}
	slices.SortFunc(pairs, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	var b strings.Builder
	for i, p := range pairs {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(p[0] + "=" + p[1])
	}
	return b.String()
}

// reencode brings one part of a query into AWS's encoding. What cannot be decoded is taken as it stands.
func reencode(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		s = plain
	}
	return encode(s, false)
}

// encode encodes all bytes but the unreserved characters of RFC 3986 and, if slash is true, the slash.
func encode(s string, slash bool) string {
	const hexDigits = "0123456789ABCDEF"
	var b strings.Builder
	b.Grow(len(s))
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
			c == '-' || c == '.' || c == '_' || c == '~' || slash && c == '/' {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hexDigits[c>>4])
		b.WriteByte(hexDigits[c&0xf])
	}
	return b.String()
}

// headerValue is the canonical value of a signed header: several values joined by commas, each without outer spaces and with
// single inner ones. net/http keeps Host, and sometimes Content-Length, outside of Header.
func headerValue(r *http.Request, name string) string {
	values := r.Header.Values(name)
	switch {
	case name == "host":
		values = []string{r.Host}
	case name == "content-length" && len(values) == 0:
		values = []string{strconv.FormatInt(r.ContentLength, 10)}
	}
	cleaned := make([]string, len(values))
	for i, v := range values {
		cleaned[i] = collapse(v)
	}
	return strings.Join(cleaned, ",")
}

// collapse trims s and makes every run of spaces one space.
func collapse(s string) string {
	s = strings.TrimSpace(s)
	if !strings.Contains(s, "  ") {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if s[i] != ' ' || s[i-1] != ' ' {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
