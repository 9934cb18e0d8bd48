package cloudfront_test

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzRequest sends what a viewer may send through a function that changes nothing. It gets to the origin as it came, or is
// refused by CloudFront.
func FuzzRequest(f *testing.F) {
	for _, seed := range [][3]string{
		{"/", "", ""},
		{"/v1?id=1&id=2&b", "a=1; b; =c", "x"},
		{"/%2F/../é?%zz=%&&=", ";;=;", "\t"},
		{"/a?__proto__=1&constructor", "toString=1", "é"},
		{"//host/a", "", ""},
		{"/?a=\xff", "\xff=\xff", "\xff"},
		{"/a;b", "a=1,2", ""},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	pri := serve(f, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Seen-Cookie", r.Header.Get("Cookie"))
		w.Header().Set("X-Seen-A", r.Header.Get("X-A"))
		_, _ = io.WriteString(w, r.RequestURI)
	})
	e := newEdge(f, pri, refuse, transform(""))
	f.Fuzz(func(t *testing.T, target, cookie, header string) {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(
			"GET " + target + " HTTP/1.1\r\nHost: example.com\r\nX-A: " + header + "\r\nCookie: " + cookie + "\r\n\r\n")))
		if err != nil || len(r.Header) > 2 || !strings.HasPrefix(r.URL.Path, "/") || !utf8.ValidString(header) {
			return
		}
		r.RemoteAddr = "192.0.2.1:4711"
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		got := w.Result()
		if r.ContentLength != 0 || got.StatusCode == http.StatusRequestEntityTooLarge {
			return
		}
		want := "/prod" + r.URL.EscapedPath()
		if r.URL.RawQuery != "" { // a question mark alone is no query
			want += "?" + r.URL.RawQuery
		}
		if seen := text(t, got); got.StatusCode != 200 || seen != want {
			t.Errorf("got %d %q, want %q", got.StatusCode, seen, want)
		}
		if seen := got.Header.Get("X-Seen-Cookie"); seen != r.Header.Get("Cookie") {
			t.Errorf("the cookie is %q, want %q", seen, r.Header.Get("Cookie"))
		}
		if seen := got.Header.Get("X-Seen-A"); seen != r.Header.Get("X-A") {
			t.Errorf("the header is %q, want %q", seen, r.Header.Get("X-A"))
		}
	})
}
