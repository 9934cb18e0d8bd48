package endpoint

import (
	"net/http"
	"reflect"
	"strings"

	"github.com/aws/smithy-go/encoding/cbor"

	"github.com/warmstandby/warmstandby/internal/awssim/sigv4"
)

// rpcCBOR is the protocol of newer SDKs for CloudWatch (Smithy 2.0, "Smithy RPC v2 CBOR protocol"): the path names the
// operation.
type rpcCBOR struct {
	query queryCompatible
}

func (rpcCBOR) family() sigv4.Protocol { return sigv4.JSON }

func (rpcCBOR) speaks(r *request) bool { return r.Header.Get("Smithy-Protocol") == "rpc-v2-cbor" }

func (rpcCBOR) decode(_ *service, r *request) (string, map[string]any, *Error) {
	_, name, _ := strings.Cut(r.URL.Path, "/operation/")
	if len(r.body) == 0 {
		return name, map[string]any{}, nil
	}
	value, err := cbor.Decode(r.body)
	if err != nil {
		return name, nil, failure(http.StatusBadRequest, "SerializationException", "%v", err)
	}
	input, ok := fromCBOR(value).(map[string]any)
	if !ok {
		return name, nil, failure(http.StatusBadRequest, "SerializationException", "the request is no map")
	}
	return name, input, nil
}

func (rpcCBOR) unknown(string) *Error {
	return failure(http.StatusNotFound, "UnknownOperationException", "The operation is not known")
}

func (p rpcCBOR) answer(w *reply, _ *service, _ *operation, out any) {
	value := cbor.Value(cbor.Map{})
	if out != nil {
		value = toCBOR(reflect.ValueOf(out))
	}
	p.send(w, w.status, value)
}

func (p rpcCBOR) fail(w *reply, e *Error) {
	status := e.Status
	if status == http.StatusForbidden {
		status = http.StatusBadRequest
	}
	p.send(w, status, cbor.Map{"__type": cbor.String(p.query.shape(w, e)), "message": cbor.String(e.Message)})
}

func (rpcCBOR) send(w *reply, status int, value cbor.Value) {
	w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
	w.send(status, "X-Amzn-Requestid", "application/cbor", cbor.Encode(value))
}

// queryCompatible has the names of error shapes by their codes in the query protocol, for services that once spoke only that
// (Smithy 2.0, "awsQueryCompatible trait").
type queryCompatible map[string]string

// shape is the name of the error's shape. Clients learn the code from a header.
func (q queryCompatible) shape(w *reply, e *Error) string {
	if q == nil {
		return e.Code
	}
	w.Header().Set("X-Amzn-Query-Error", e.Code+";"+e.fault())
	if shape, ok := q[e.Code]; ok {
		return shape
	}
	return e.Code
}

// fromCBOR turns a decoded value into what bind reads.
func fromCBOR(v cbor.Value) any {
	switch v := v.(type) {
	case cbor.Map:
		m := make(map[string]any, len(v))
		for name, member := range v {
			m[name] = fromCBOR(member)
		}
		return m
	case cbor.List:
		l := make([]any, len(v))
		for i, member := range v {
			l[i] = fromCBOR(member)
		}
		return l
	case cbor.String:
		return string(v)
	case cbor.Bool:
		return bool(v)
	case *cbor.Tag:
		return fromTag(v)
	}
	if f, err := cbor.AsFloat64(v); err == nil {
		return f
	}
	return nil
}

// fromTag reads a time; nothing else is tagged here.
func fromTag(t *cbor.Tag) any {
	at, err := cbor.AsTime(t)
	if err != nil {
		return nil
	}
	return at
}

// epochTag marks a number as seconds since 1970 (RFC 8949, section 3.4.2).
const epochTag = 1

// toCBOR writes a value of the kinds that answers have; structs by the names in their json tags.
func toCBOR(v reflect.Value) cbor.Value {
	if s, ok := v.Interface().(stamp); ok {
		return &cbor.Tag{ID: epochTag, Value: cbor.Float64(s.seconds())}
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return &cbor.Nil{}
		}
		return toCBOR(v.Elem())
	case reflect.Struct:
		return structToCBOR(v)
	case reflect.Slice:
		l := make(cbor.List, v.Len())
		for i := range l {
			l[i] = toCBOR(v.Index(i))
		}
		return l
	case reflect.Map:
		m := make(cbor.Map, v.Len())
		for name, member := range v.Seq2() {
			m[name.String()] = toCBOR(member)
		}
		return m
	case reflect.Float64:
		return cbor.Float64(v.Float())
	case reflect.Int:
		if v.Int() >= 0 {
			return cbor.Uint(v.Int())
		}
		return cbor.NegInt(-v.Int())
	case reflect.Bool:
		return cbor.Bool(v.Bool())
	}
	return cbor.String(v.String())
}

func structToCBOR(v reflect.Value) cbor.Value {
	m := cbor.Map{}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if strings.HasSuffix(f.Tag.Get("json"), ",omitempty") && empty(v.Field(i)) {
			continue
		}
		m[wireName(f)] = toCBOR(v.Field(i))
	}
	return m
}

// empty is what encoding/json leaves out with omitempty.
func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}
