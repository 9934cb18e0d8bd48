package apigateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// answer is what a function's output says. See "Output format of a Lambda function for proxy integration" in
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html.
type answer struct {
	status  int
	header  http.Header
	body    string
	encoded bool
}

// output is the JSON of an answer. API Gateway refuses other fields.
type output struct {
	StatusCode        any              `json:"statusCode"`
	Headers           map[string]any   `json:"headers"`
	MultiValueHeaders map[string][]any `json:"multiValueHeaders"`
	Body              *string          `json:"body"`
	IsBase64Encoded   bool             `json:"isBase64Encoded"`
}

// parseOutput reads a function's output. It returns an error if that is no answer.
func parseOutput(data []byte) (*answer, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	decoder.UseNumber()
	if trimmed := bytes.TrimSpace(data); len(trimmed) == 0 || trimmed[0] != '{' {
		return nil, errors.New("the output must be a JSON object")
	}
	var o output
	if err := decoder.Decode(&o); err != nil {
		return nil, fmt.Errorf("read the output: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("the output must be one JSON object")
	}
	status, err := o.status()
	if err != nil {
		return nil, err
	}
	header, err := o.header()
	if err != nil {
		return nil, err
	}
	a := &answer{status: status, header: header, encoded: o.IsBase64Encoded}
	if o.Body != nil {
		a.body = *o.Body
	}
	return a, nil
}

// status is the statusCode, a number or a text, or 200 without one.
func (o *output) status() (int, error) {
	if o.StatusCode == nil {
		return http.StatusOK, nil
	}
	text, _ := asText(o.StatusCode)
	status, err := strconv.Atoi(text)
	if err != nil || status < 200 || status > 599 {
		return 0, fmt.Errorf("statusCode must be a number from 200 to 599, got %v", o.StatusCode)
	}
	return status, nil
}

// header joins headers and multiValueHeaders. What is in both is taken from the latter once.
func (o *output) header() (http.Header, error) {
	header := make(http.Header)
	for _, name := range slices.Sorted(maps.Keys(o.MultiValueHeaders)) {
		for _, value := range o.MultiValueHeaders[name] {
			if err := add(header, name, value); err != nil {
				return nil, err
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o.Headers)) {
		if text, ok := headerValue(o.Headers[name]); ok && slices.Contains(header.Values(name), text) {
			continue
		}
		if err := add(header, name, o.Headers[name]); err != nil {
			return nil, err
		}
	}
	return header, nil
}

func add(header http.Header, name string, value any) error {
	text, ok := headerValue(value)
	if !ok {
		return fmt.Errorf("the header %s must be a string, got %v", name, value)
	}
	if !validHeader(name, text) {
		return fmt.Errorf("the header %q must have a name and value that HTTP allows, got %q", name, text)
	}
	header.Add(name, text)
	return nil
}

// headerValue is a header as text. API Gateway takes strings and booleans.
func headerValue(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

// validHeader follows RFC 9110, section 5.
func validHeader(name, value string) bool {
	return name != "" &&
		!strings.ContainsFunc(name, func(c rune) bool { return c <= ' ' || c >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c) }) &&
		!strings.ContainsFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f })
}

// remapped are the headers of a function that API Gateway renames, because it sets them itself. See "Amazon API Gateway important
// notes" in the developer guide.
var remapped = []string{"Connection", "Content-Length", "Date", "Server"}

func (a *answer) response() *response {
	out := newResponse(a.status)
	out.header, out.body = a.header, []byte(a.body)
	out.header.Del("Transfer-Encoding")
	for _, name := range remapped {
		if values := out.header.Values(name); len(values) > 0 {
			out.header["x-amzn-Remapped-"+name] = values
			out.header.Del(name)
		}
	}
	if out.header.Get("Content-Type") == "" {
		out.header.Set("Content-Type", jsonType)
	}
	return out
}
