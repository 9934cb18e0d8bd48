package endpoint

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim/sigv4"
)

// query is the AWS Query protocol: a form that names the Action, and XML in return (Smithy 2.0, "AWS Query protocol").
type query struct {
	namespace string // of the answers' XML
}

func (query) family() sigv4.Protocol { return sigv4.Query }

func (query) speaks(r *request) bool {
	return r.URL.Query().Has("Action") ||
		strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded")
}

func (query) decode(_ *service, r *request) (string, map[string]any, *Error) {
	form, err := url.ParseQuery(string(r.body))
	if err != nil {
		return "", nil, failure(http.StatusBadRequest, "MalformedQueryString", "%v", err)
	}
	for name, values := range r.URL.Query() {
		if len(form[name]) == 0 {
			form[name] = values
		}
	}
	if !form.Has("Action") {
		return "", nil, failure(http.StatusBadRequest, "MissingAction", "Request is missing an Action")
	}
	input, ok := formTree(form)
	if !ok {
		return "", nil, failure(http.StatusBadRequest, "MalformedQueryString", "a parameter has a value and members")
	}
	return form.Get("Action"), input, nil
}

func (query) unknown(name string) *Error {
	return failure(http.StatusBadRequest, "InvalidAction", "Could not find operation %s", name)
}

func (q query) answer(w *reply, _ *service, op *operation, out any) {
	type metadata struct {
		RequestID string `xml:"RequestId"`
	}
	body, err := xml.Marshal(struct {
		XMLName  xml.Name
		Result   any
		Metadata metadata `xml:"ResponseMetadata"`
	}{
		XMLName:  xml.Name{Space: q.namespace, Local: op.name + "Response"},
		Result:   named{op.name + "Result", out},
		Metadata: metadata{w.requestID},
	})
	if err != nil {
		q.fail(w, asError(err))
		return
	}
	w.send(w.status, "X-Amzn-Requestid", "text/xml", body)
}

func (q query) fail(w *reply, e *Error) {
	w.send(e.Status, "X-Amzn-Requestid", "text/xml", xmlError(q.namespace, w.requestID, e))
}

// xmlError is an error's answer in XML.
func xmlError(namespace, requestID string, e *Error) []byte {
	type detail struct {
		Type    string
		Code    string
		Message string
	}
	body, err := xml.Marshal(struct {
		XMLName   xml.Name
		Error     detail
		RequestID string `xml:"RequestId"`
	}{
		XMLName:   xml.Name{Space: namespace, Local: "ErrorResponse"},
		Error:     detail{e.fault(), e.Code, e.Message},
		RequestID: requestID,
	})
	if err != nil {
		panic(err) // texts always can be written
	}
	return body
}

// named is a value in an element of that name; there is no element if there is no value.
type named struct {
	name  string
	value any
}

// MarshalXML writes the value in its element.
func (n named) MarshalXML(e *xml.Encoder, _ xml.StartElement) error {
	if n.value == nil {
		return nil
	}
	return e.EncodeElement(n.value, xml.StartElement{Name: xml.Name{Local: n.name}})
}

// node is a part of a form: a value, or members by name.
type node struct {
	value   *string
	members map[string]*node
}

// formTree takes names such as Filters.Filter.1.Name apart. It says whether that is possible.
func formTree(form url.Values) (map[string]any, bool) {
	root := &node{members: map[string]*node{}}
	for name, values := range form {
		at := root
		for part := range strings.SplitSeq(name, ".") {
			if at.value != nil {
				return nil, false
			}
			next, ok := at.members[part]
			if !ok {
				next = &node{members: map[string]*node{}}
				at.members[part] = next
			}
			at = next
		}
		if len(at.members) > 0 || at.value != nil || len(values) == 0 {
			return nil, false
		}
		at.value = &values[0]
	}
	return root.object(), true
}

func (n *node) object() map[string]any {
	m := make(map[string]any, len(n.members))
	for name, member := range n.members {
		m[name] = member.tree()
	}
	return m
}

// tree turns members that are numbered into a list, and drops the name that stands before the numbers.
func (n *node) tree() any {
	if n.value != nil {
		return *n.value
	}
	if indexes, ok := n.indexes(); ok {
		return n.list(indexes)
	}
	if len(n.members) == 1 {
		for _, only := range n.members {
			if indexes, ok := only.indexes(); ok && only.value == nil {
				return only.list(indexes)
			}
		}
	}
	return n.object()
}

func (n *node) list(indexes []int) []any {
	values := make([]any, len(indexes))
	for i, index := range indexes {
		values[i] = n.members[strconv.Itoa(index)].tree()
	}
	return values
}

// indexes are the numbers of a list's members, in order. It says whether all members are numbered.
func (n *node) indexes() ([]int, bool) {
	indexes := make([]int, 0, len(n.members))
	for name := range n.members {
		i, err := strconv.Atoi(name)
		if err != nil || strconv.Itoa(i) != name {
			return nil, false
		}
		indexes = append(indexes, i)
	}
	slices.Sort(indexes)
	return indexes, len(indexes) > 0
}
