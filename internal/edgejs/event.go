package edgejs

import "slices"

// Event is what CloudFront passes to a function when a viewer's request arrives.
type Event struct {
	// Version is the version of the event's structure, "1.0".
	Version string `json:"version"`
	// Context says which distribution the request is for.
	Context Context `json:"context"`
	// Viewer is who sent the request.
	Viewer Viewer `json:"viewer"`
	// Request is the request as it arrived.
	Request Request `json:"request"`
}

// Context is the part of an [Event] that names the distribution and the request.
type Context struct {
	// DistributionDomainName is the distribution's cloudfront.net name.
	DistributionDomainName string `json:"distributionDomainName"`
	// DistributionID is the distribution's ID.
	DistributionID string `json:"distributionId"`
	// EventType is "viewer-request".
	EventType string `json:"eventType"`
	// RequestID is CloudFront's ID for the request.
	RequestID string `json:"requestId"`
}

// Viewer is the client that sent a request.
type Viewer struct {
	// IP is the viewer's address.
	IP string `json:"ip"`
}

// Request is an HTTP request without its body, which functions do not see.
type Request struct {
	// Method is the HTTP method. Functions cannot change it.
	Method string `json:"method"`
	// URI is the path, without the query string.
	URI string `json:"uri"`
	// Querystring are the query's parameters, not decoded.
	Querystring map[string]Value `json:"querystring"`
	// Headers are the headers by lower-case name, without Cookie.
	Headers map[string]Value `json:"headers"`
	// Cookies are the cookies by name.
	Cookies map[string]Value `json:"cookies"`
}

// Value is a header, a cookie or a parameter.
type Value struct {
	// Value is the value, the first one if there are more.
	Value string `json:"value"`
	// Attributes are a response cookie's attributes, such as "Secure; Path=/".
	Attributes string `json:"attributes,omitempty"`
	// MultiValue are all values, if there is more than one.
	MultiValue []Value `json:"multiValue,omitempty"`
}

// equal reports whether v and w are the same value. No further values and an empty list of them are.
func (v Value) equal(w Value) bool {
	return v.Value == w.Value && v.Attributes == w.Attributes && slices.EqualFunc(v.MultiValue, w.MultiValue, Value.equal)
}

// Response is a response that a function made.
type Response struct {
	// StatusCode is the HTTP status.
	StatusCode int `json:"statusCode"`
	// StatusDescription is the text beside the status.
	StatusDescription string `json:"statusDescription,omitempty"`
	// Headers are the headers by lower-case name.
	Headers map[string]Value `json:"headers,omitempty"`
	// Cookies are the cookies to set, by name.
	Cookies map[string]Value `json:"cookies,omitempty"`
	// Body is the body. It is nil for an empty one.
	Body *Body `json:"body,omitempty"`
}

// Body is the body of a [Response].
type Body struct {
	// Encoding is "text" or "base64".
	Encoding string `json:"encoding"`
	// Data is the body in that encoding.
	Data string `json:"data"`
}

// Result is what a run came to. Either Request or Response is set.
type Result struct {
	// Request is the request to forward. It is nil if the function answered the viewer itself.
	Request *Request
	// Response is the function's own answer. It is nil if the request is to be forwarded.
	Response *Response
	// Origins is the function's choice of origins for Request.
	Origins Origins
	// Logs are the lines written with console.log.
	Logs []string
}

// Origins is where a request goes. The zero value is the cache behaviour's own origin.
type Origins struct {
	// IDs are the origins' IDs in the distribution: one that was selected, or the two of an origin group, the first being
	// asked first.
	IDs []string
	// FailoverOn are the statuses of the first origin for which the second one is asked. It is empty unless there are two.
	FailoverOn []int
}
