package client

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// Answer is what came back.
type Answer struct {
	// Status is the HTTP status, 0 if there was no answer.
	Status int

	// Header are the headers. It is nil if there was no answer.
	Header http.Header

	// Body is the body.
	Body []byte

	// Err says why there was no answer, or not a whole one.
	Err error
}

// Region is the Region that served, if the answer says so.
func (a Answer) Region() string { return a.Header.Get(RegionHeader) }

// String is the answer on one line.
func (a Answer) String() string {
	if a.Err != nil {
		return oneLine(a.Err.Error())
	}
	parts := []string{fmt.Sprint(a.Status)}
	if region := a.Region(); region != "" {
		parts = append(parts, "from "+region)
	}
	var compact bytes.Buffer
	if json.Compact(&compact, a.Body) == nil {
		return strings.Join(append(parts, compact.String()), " ")
	}
	return oneLine(strings.Join(append(parts, string(a.Body)), " "))
}

// Brief is the answer as short as it can be: of a problem document only the detail.
func (a Answer) Brief() string {
	var problem struct {
		Detail string `json:"detail"`
	}
	if a.Err != nil || json.Unmarshal(a.Body, &problem) != nil || problem.Detail == "" {
		return strings.Replace(a.String(), " from ", " ", 1)
	}
	return oneLine(fmt.Sprint(a.Status, " ", a.Region(), " ", problem.Detail))
}

// oneLine is s with single spaces between its words.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
