package cloudfront

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/edgejs"
	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

// function is a CloudFront Function for viewer requests.
type function struct {
	code  *edgejs.Function
	store edgejs.Store
}

// newFunction makes the function that a behaviour is associated with. It is nil without one.
func newFunction(associations []functionAssociationProperties, cfg Config) (*function, error) {
	if len(associations) == 0 {
		return nil, nil
	}
	if len(associations) > 1 || associations[0].EventType != "viewer-request" {
		return nil, errors.New("FunctionAssociations are modelled for one function of the EventType viewer-request only")
	}
	arn := associations[0].FunctionARN
	resolved, found := cfg.Functions[arn]
	if !found {
		return nil, fmt.Errorf("there is no function %s", arn)
	}
	var p functionProperties
	if err := properties.Decode("AWS::CloudFront::Function", resolved, &p); err != nil {
		return nil, err
	}
	f, err := p.function(cfg)
	if err != nil {
		return nil, fmt.Errorf("function %s: %w", arn, err)
	}
	return f, nil
}

// function is the function that p describes.
func (p functionProperties) function(cfg Config) (*function, error) {
	if !p.AutoPublish {
		return nil, errors.New("AutoPublish is false, so that the function is never live")
	}
	if p.FunctionConfig.Runtime != "cloudfront-js-2.0" {
		return nil, fmt.Errorf("Runtime %s is not modelled, only cloudfront-js-2.0 is", p.FunctionConfig.Runtime)
	}
	f := &function{}
	var err error
	if f.code, err = edgejs.New(p.FunctionCode); err != nil {
		return nil, err
	}
	associated := p.FunctionConfig.KeyValueStoreAssociations
	if len(associated) > 1 {
		return nil, fmt.Errorf("a function can have one key value store, got %d", len(associated))
	}
	for _, a := range associated {
		if f.store = cfg.Stores[a.KeyValueStoreARN]; f.store == nil {
			return nil, fmt.Errorf("there is no key value store %s", a.KeyValueStoreARN)
		}
	}
	return f, nil
}

// functionTimeout is how long a function may take. CloudFront allows a fraction of a millisecond of computation, which a
// busy machine cannot measure.
const functionTimeout = time.Second

// run runs f for a viewer's request.
func (f *function) run(x *exchange, r *originRequest) (edgejs.Result, error) {
	ctx, cancel := context.WithTimeout(x.r.Context(), functionTimeout)
	defer cancel()
	result, err := f.code.Run(ctx, edgejs.Event{
		Version: "1.0",
		Context: edgejs.Context{
			DistributionDomainName: x.d.domainName,
			DistributionID:         x.d.id,
			EventType:              "viewer-request",
			RequestID:              x.id,
		},
		Viewer:  edgejs.Viewer{IP: x.viewerIP()},
		Request: r.view(x.r.Host),
	}, f.store)
	for _, line := range result.Logs {
		x.d.functionLog.write(x.id + " " + line + "\n")
	}
	return result, err
}

// chosen are the origins that a function chose: the behaviour's own ones if it did not.
func (x *exchange) chosen(choice edgejs.Origins) (target, error) {
	if len(choice.IDs) == 0 {
		return x.behavior.target, nil
	}
	t := target{failoverOn: choice.FailoverOn}
	for _, id := range choice.IDs {
		o, found := x.d.origins[id]
		if !found {
			return target{}, fmt.Errorf("the distribution has no origin %q", id)
		}
		t.origins = append(t.origins, o)
	}
	return t, nil
}

// failFunction answers for a function that failed: 503 ("HTTP 503 status code (function execution error)"). That an origin
// which the distribution does not have counts as this is inferred.
func (x *exchange) failFunction(err error) {
	x.d.functionLog.write(x.id + " " + strings.ReplaceAll(err.Error(), "\n", " ") + "\n")
	x.result = "FunctionExecutionError"
	x.fail(http.StatusServiceUnavailable, x.result,
		"The CloudFront function associated with the CloudFront distribution is invalid or could not run.")
}

// answer gives the viewer a function's own response.
func (x *exchange) answer(response *edgejs.Response) {
	header, err := newHeader(response.Headers)
	body, invalid := decodeBody(response.Body)
	if response.StatusCode < 200 || response.StatusCode > 599 {
		invalid = fmt.Errorf("the statusCode %d is not one of a response", response.StatusCode)
	}
	if err := errors.Join(err, invalid); err != nil {
		x.failFunction(err)
		return
	}
	for name, cookie := range response.Cookies {
		for _, c := range each(cookie) {
			header.Add("Set-Cookie", strings.TrimSuffix(name+"="+c.Value+"; "+c.Attributes, "; "))
		}
	}
	x.result = "FunctionGeneratedResponse"
	maps.Copy(x.w.Header(), header)
	x.w.Header().Set("Server", "CloudFront")
	x.stamp()
	x.w.WriteHeader(response.StatusCode)
	_, _ = io.WriteString(x.w, body) // a viewer that has gone needs no answer
}

// each are the single values of v.
func each(v edgejs.Value) []edgejs.Value {
	if len(v.MultiValue) == 0 {
		return []edgejs.Value{v}
	}
	return v.MultiValue
}

// decodeBody is the text of a body.
func decodeBody(body *edgejs.Body) (string, error) {
	switch {
	case body == nil:
		return "", nil
	case body.Encoding == "text":
		return body.Data, nil
	case body.Encoding == "base64":
		data, err := base64.StdEncoding.DecodeString(body.Data)
		return string(data), err
	default:
		return "", fmt.Errorf("the encoding %q of the body is not text or base64", body.Encoding)
	}
}
