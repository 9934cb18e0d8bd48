package endpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim/sigv4"
)

// jsonRPC is the AWS JSON protocol: the header X-Amz-Target names the operation (Smithy 2.0, "AWS JSON 1.0 protocol" and
// "AWS JSON 1.1 protocol").
type jsonRPC struct {
	version string // 1.0 or 1.1

	// query is set for services that spoke the query protocol before.
	query queryCompatible
}

func (jsonRPC) family() sigv4.Protocol { return sigv4.JSON }

func (jsonRPC) speaks(r *request) bool { return r.Header.Get("X-Amz-Target") != "" }

func (jsonRPC) decode(_ *service, r *request) (string, map[string]any, *Error) {
	_, name, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	input, failed := readJSON(r.body)
	return name, input, failed
}

func (jsonRPC) unknown(string) *Error {
	return &Error{Status: http.StatusBadRequest, Code: "UnknownOperationException"}
}

func (p jsonRPC) answer(w *reply, _ *service, _ *operation, out any) {
	if out == nil {
		out = struct{}{}
	}
	body, err := json.Marshal(out)
	if err != nil {
		p.fail(w, asError(err))
		return
	}
	w.send(w.status, "X-Amzn-Requestid", p.contentType(), body)
}

func (p jsonRPC) fail(w *reply, e *Error) {
	members := map[string]string{"__type": p.query.shape(w, e)}
	if e.Message != "" {
		members["message"] = e.Message
	}
	status := e.Status
	if status == http.StatusForbidden || status == http.StatusNotFound {
		status = http.StatusBadRequest // RPC services answer all that is the caller's fault with 400
	}
	w.send(status, "X-Amzn-Requestid", p.contentType(), errorJSON(members, e))
}

func (p jsonRPC) contentType() string { return "application/x-amz-json-" + p.version }

// restJSON is the REST protocol with JSON (Smithy 2.0, "AWS restJson1 protocol"): method and path name the operation.
type restJSON struct{}

func (restJSON) family() sigv4.Protocol { return sigv4.RESTJSON }

func (restJSON) speaks(*request) bool { return true }

func (restJSON) decode(s *service, r *request) (string, map[string]any, *Error) {
	op, input := s.route(r)
	if op == nil {
		return r.Method + " " + r.URL.EscapedPath(), nil, nil
	}
	if op.raw {
		return op.name, input, nil
	}
	body, failed := readJSON(r.body)
	maps.Copy(body, input)
	return op.name, body, failed
}

func (restJSON) unknown(string) *Error {
	return failure(http.StatusNotFound, "UnknownOperationException", "Unable to determine service/operation name to be authorized")
}

func (p restJSON) answer(w *reply, _ *service, _ *operation, out any) {
	body, ok := out.([]byte)
	if !ok && out != nil {
		var err error
		if body, err = json.Marshal(out); err != nil {
			p.fail(w, asError(err))
			return
		}
	}
	w.send(w.status, "X-Amzn-Requestid", "application/json", body)
}

func (restJSON) fail(w *reply, e *Error) {
	w.Header().Set("X-Amzn-Errortype", e.Code)
	members := map[string]string{"message": e.Message}
	w.send(e.Status, "X-Amzn-Requestid", "application/json", errorJSON(members, e))
}

// errorJSON is an error's members, with its further fields.
func errorJSON(members map[string]string, e *Error) []byte {
	maps.Copy(members, e.Fields)
	body, err := json.Marshal(members)
	if err != nil {
		panic(err) // texts always can be written
	}
	return body
}

// readJSON reads an object; an empty body is an empty one.
func readJSON(body []byte) (map[string]any, *Error) {
	input := map[string]any{}
	if len(bytes.TrimSpace(body)) == 0 {
		return input, nil
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	err := d.Decode(&input)
	if err == nil && input == nil {
		err = errors.New("null is no object")
	}
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("more follows the object")
		}
	}
	if err != nil {
		return map[string]any{}, failure(http.StatusBadRequest, "SerializationException", "%v", err)
	}
	return input, nil
}
