package cloudfront

import (
	"cmp"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// LogFields are the fields of an access log's lines, in order: those of standard logging that a rehearsal can fill. Left out
// are cs(Referer), cs(User-Agent), cs(Cookie), cs-bytes, ssl-protocol, ssl-cipher, fle-status, fle-encrypted-fields and the
// range's bounds. sc-bytes counts the body only.
var LogFields = []string{
	"date", "time", "x-edge-location", "sc-bytes", "c-ip", "cs-method", "cs(Host)", "cs-uri-stem", "sc-status", "cs-uri-query",
	"x-edge-result-type", "x-edge-request-id", "x-host-header", "cs-protocol", "time-taken", "x-forwarded-for",
	"x-edge-response-result-type", "cs-protocol-version", "c-port", "time-to-first-byte", "x-edge-detailed-result-type",
	"sc-content-type", "sc-content-len",
}

// log writes the exchange's line.
func (x *exchange) log() {
	if x.d.accessLog == nil {
		return
	}
	end := x.d.now()
	first := end
	status := "000" // the viewer left before there was a response
	if x.w.status != 0 {
		first, status = x.w.first, strconv.Itoa(x.w.status)
	}
	_, port, _ := net.SplitHostPort(x.r.RemoteAddr)
	since := func(t time.Time) string { return fmt.Sprintf("%.3f", t.Sub(x.start).Seconds()) }
	utc := end.UTC()
	fields := []string{
		utc.Format(time.DateOnly), utc.Format(time.TimeOnly), EdgeLocation, strconv.FormatInt(x.w.bytes, 10), x.viewerIP(),
		x.r.Method, x.d.domainName, x.r.URL.EscapedPath(), status, x.r.URL.RawQuery,
		x.result, x.id, x.r.Host, x.scheme(), since(end), strings.Join(x.r.Header.Values("X-Forwarded-For"), ", "),
		x.result, x.r.Proto, port, since(first), cmp.Or(x.detail, x.result),
		x.w.Header().Get("Content-Type"), x.w.Header().Get("Content-Length"),
	}
	for i, field := range fields {
		fields[i] = cmp.Or(encode(field), "-")
	}
	x.d.accessLog.write(strings.Join(fields, "\t") + "\n")
}

// encode escapes what may not stand in a field ("Standard log file format").
func encode(field string) string {
	var b strings.Builder
	for _, c := range []byte(field) {
		if c <= ' ' || c >= 127 || strings.IndexByte("<>\"#%{}|\\^~[]`'", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// recorder is a [http.ResponseWriter] that remembers what the access log tells.
type recorder struct {
	http.ResponseWriter
	now    func() time.Time
	status int // 0 before there is one
	first  time.Time
	bytes  int64
}

// WriteHeader remembers the status and when it was known.
func (w *recorder) WriteHeader(status int) {
	w.status, w.first = status, w.now()
	w.ResponseWriter.WriteHeader(status)
}

// Write counts the body.
func (w *recorder) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// lineWriter writes whole lines for several goroutines. Nil writes none.
type lineWriter struct {
	mutex sync.Mutex
	w     io.Writer
}

// newLineWriter is nil for nil.
func newLineWriter(w io.Writer) *lineWriter {
	if w == nil {
		return nil
	}
	return &lineWriter{w: w}
}

// writeHeader writes the two lines that access logs begin with.
func (l *lineWriter) writeHeader() {
	l.write("#Version: 1.0\n#Fields: " + strings.Join(LogFields, " ") + "\n")
}

// write writes a line. A log that cannot be written does not keep viewers from being served.
func (l *lineWriter) write(line string) {
	if l == nil {
		return
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	_, _ = io.WriteString(l.w, line)
}
