package endpoint

import (
	"encoding/xml"
	"strconv"
	"time"
)

// stamp is a time in an answer: seconds since 1970 in JSON and CBOR, a text of RFC 3339 in XML, to the millisecond.
type stamp time.Time

// stampOf returns the stamp of a time, or nil if the time is zero.
func stampOf(t time.Time) *stamp {
	if t.IsZero() {
		return nil
	}
	s := stamp(t)
	return &s
}

// seconds since 1970.
func (s stamp) seconds() float64 { return float64(time.Time(s).UnixMilli()) / 1e3 }

// MarshalJSON writes seconds.
func (s stamp) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, s.seconds(), 'f', -1, 64), nil
}

// MarshalXML writes a text.
func (s stamp) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	return e.EncodeElement(time.Time(s).UTC().Format("2006-01-02T15:04:05.000Z"), start)
}
