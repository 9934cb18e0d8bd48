package endpoint

import (
	"encoding/xml"
	"net/http"

	"github.com/warmstandby/warmstandby/internal/awssim/sigv4"
)

// ec2Query is EC2's form of the query protocol: answers have no element for the result, and errors another shape (Smithy 2.0,
// "AWS EC2 query protocol").
type ec2Query struct{ query }

func (p ec2Query) family() sigv4.Protocol { return p.query.family() }

func (p ec2Query) answer(w *reply, _ *service, op *operation, out any) {
	body, err := xml.Marshal(struct {
		XMLName   xml.Name
		RequestID string `xml:"requestId"`
		Result    any
	}{xml.Name{Space: p.namespace, Local: op.name + "Response"}, w.requestID, inline{out}})
	if err != nil {
		p.fail(w, asError(err))
		return
	}
	w.send(w.status, "X-Amzn-Requestid", "text/xml", body)
}

func (p ec2Query) fail(w *reply, e *Error) {
	type detail struct{ Code, Message string }
	body, err := xml.Marshal(struct {
		XMLName   xml.Name `xml:"Response"`
		Error     detail   `xml:"Errors>Error"`
		RequestID string
	}{Error: detail{e.Code, e.Message}, RequestID: w.requestID})
	if err != nil {
		panic(err) // texts always can be written
	}
	w.send(e.Status, "X-Amzn-Requestid", "text/xml", body)
}

func (ec2Query) unknown(name string) *Error {
	return failure(http.StatusBadRequest, "InvalidAction", "The action %s is not valid for this web service.", name)
}

// inline writes a struct's members without an element around them.
type inline struct{ value any }

// MarshalXML writes the members.
func (i inline) MarshalXML(e *xml.Encoder, _ xml.StartElement) error {
	members, ok := i.value.(interface{ members() []member })
	if !ok {
		return nil
	}
	for _, m := range members.members() {
		if err := e.EncodeElement(m.value, xml.StartElement{Name: xml.Name{Local: m.name}}); err != nil {
			return err
		}
	}
	return nil
}

// member is an element of an answer.
type member struct {
	name  string
	value any
}
