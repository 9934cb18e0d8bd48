package api

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/warmstandby/warmstandby/internal/todo/decode"
)

// Request is what a handler gets to see of an invocation.
type Request struct {
	// Body is the body of an HTTP request, or the payload of a direct invocation.
	Body []byte

	// Query holds the query parameters of an HTTP request. It is nil in a direct invocation.
	Query map[string][]string

	// Origin is the web origin whose script sent an HTTP request. It is empty if the client is no browser.
	Origin string
}

// event is the part of an API Gateway REST proxy event that the functions use. Everything else in it is API Gateway's
// to change.
type event struct {
	HTTPMethod      *string             `json:"httpMethod"`
	RequestContext  json.RawMessage     `json:"requestContext"`
	Headers         map[string]string   `json:"headers"`
	Query           map[string]string   `json:"queryStringParameters"`
	MultiQuery      map[string][]string `json:"multiValueQueryStringParameters"`
	Body            string              `json:"body"`
	IsBase64Encoded bool                `json:"isBase64Encoded"`
}

// parse tells the two kinds of invocation apart. The method is empty in a direct one.
func parse(payload []byte) (r Request, method string, err error) {
	if !isEvent(payload) {
		return Request{Body: payload}, "", nil
	}
	var e event
	if err := json.Unmarshal(payload, &e); err != nil {
		return Request{}, "", fmt.Errorf("the event must be an API Gateway proxy event: %w", err)
	}
	if e.HTTPMethod == nil || *e.HTTPMethod == "" {
		return Request{}, "", errors.New("the event must have an httpMethod, as those of API Gateway REST APIs do")
	}
	body, err := e.body()
	if err != nil {
		return Request{}, "", err
	}
	return Request{Body: body, Query: e.query(), Origin: e.origin()}, *e.HTTPMethod, nil
}

// isEvent tells whether payload comes from an API. No field of a direct invocation has one of the names.
func isEvent(payload []byte) bool {
	var probe struct {
		HTTPMethod     json.RawMessage `json:"httpMethod"`
		RequestContext json.RawMessage `json:"requestContext"`
	}
	return json.Unmarshal(payload, &probe) == nil && (probe.HTTPMethod != nil || probe.RequestContext != nil)
}

// body is the body as the client sent it.
func (e event) body() ([]byte, error) {
	if !e.IsBase64Encoded {
		return []byte(e.Body), nil
	}
	body, err := base64.StdEncoding.DecodeString(e.Body)
	if err != nil {
		return nil, fmt.Errorf("the event's body must be base64 as its isBase64Encoded says: %w", err)
	}
	return body, nil
}

// query is every value of every query parameter. Events made by hand often have the single values only.
func (e event) query() map[string][]string {
	if e.MultiQuery != nil {
		return e.MultiQuery
	}
	query := make(map[string][]string, len(e.Query))
	for name, value := range e.Query {
		query[name] = []string{value}
	}
	return query
}

// origin is the Origin header, which API Gateway passes on in the case that it came in.
func (e event) origin() string {
	for name, value := range e.Headers {
		if strings.EqualFold(name, "Origin") {
			return value
		}
	}
	return ""
}

// object reads the body, which must be a JSON object with the fields given.
func (r Request) object(fields ...decode.Field) error {
	if err := decode.Object(r.Body, fields...); err != nil {
		return invalid{err}
	}
	return nil
}
