package endpoint

import (
	"encoding/xml"
	"net/http"

	"github.com/warmstandby/warmstandby/internal/awssim/sigv4"
)

// restXML is the REST protocol with XML (Smithy 2.0, "AWS restXml protocol"): method and path name the operation. What has XML in
// its request reads it itself, see readXML.
type restXML struct {
	namespace string // of errors
}

func (restXML) family() sigv4.Protocol { return sigv4.Query }

func (restXML) speaks(*request) bool { return true }

func (restXML) decode(s *service, r *request) (string, map[string]any, *Error) {
	op, input := s.route(r)
	if op == nil {
		return r.Method + " " + r.URL.EscapedPath(), nil, nil
	}
	return op.name, input, nil
}

func (restXML) unknown(name string) *Error {
	return failure(http.StatusNotFound, "InvalidAction", "Could not find operation %s", name)
}

func (p restXML) answer(w *reply, _ *service, _ *operation, out any) {
	p.write(w, out, "X-Amzn-Requestid", p.fail)
}

func (p restXML) fail(w *reply, e *Error) {
	w.send(e.Status, "X-Amzn-Requestid", "text/xml", xmlError(p.namespace, w.requestID, e))
}

// write writes what an operation returned: bytes as they are, nothing, or a struct with an XMLName.
func (restXML) write(w *reply, out any, idHeader string, fail func(*reply, *Error)) {
	body, ok := out.([]byte)
	if !ok && out != nil {
		var err error
		if body, err = xml.Marshal(out); err != nil {
			fail(w, asError(err))
			return
		}
		body = append([]byte(xml.Header), body...)
	}
	w.send(w.status, idHeader, "application/xml", body)
}

// s3XML is restXML as S3 speaks it: errors have their own shape, and the request id its own header ("Error responses" in the
// S3 API reference).
type s3XML struct{ restXML }

func (s3XML) family() sigv4.Protocol { return sigv4.S3 }

func (s3XML) unknown(string) *Error {
	return failure(http.StatusMethodNotAllowed, "MethodNotAllowed", "The specified method is not allowed against this resource.")
}

const s3RequestID = "X-Amz-Request-Id"

func (p s3XML) answer(w *reply, _ *service, _ *operation, out any) {
	p.write(w, out, s3RequestID, p.fail)
}

func (s3XML) fail(w *reply, e *Error) {
	var body []byte
	if w.request.Method != http.MethodHead {
		var err error
		body, err = xml.Marshal(struct {
			XMLName   xml.Name `xml:"Error"`
			Code      string
			Message   string
			RequestID string `xml:"RequestId"`
			HostID    string `xml:"HostId"`
		}{Code: e.Code, Message: e.Message, RequestID: w.requestID, HostID: "awssim"})
		if err != nil {
			panic(err) // texts always can be written
		}
	}
	w.send(e.Status, s3RequestID, "application/xml", body)
}
