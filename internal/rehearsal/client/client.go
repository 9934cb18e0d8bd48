// Package client calls a rehearsal's application from outside: its HTTP APIs and token endpoints as clients do, and its
// functions as the AWS CLI does, with the AWS SDK. It retries nothing, so that what came back is what was answered.
package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
)

// RegionHeader is the header of every answer of the application that names the Region which served.
const RegionHeader = topology.ServedRegionHeader

// timeout bounds one request. It is longer than what the edge may take: two attempts at each of two origins, and a function's
// time.
const timeout = 60 * time.Second

// maxBody is how much of an answer is read, in bytes. The application's answers have less than a kilobyte.
const maxBody = 1 << 20

// Client calls one rehearsal. Its methods can be called concurrently.
type Client struct {
	endpoints endpoints.Endpoints
	http      *http.Client
	lambda    map[string]*lambda.Client // by Region
}

// New returns a Client for the application at e in the Regions given, which keeps up to the number of idle connections given to
// each address.
func New(e endpoints.Endpoints, regions []string, connections int) *Client {
	c := &Client{
		endpoints: e,
		http: &http.Client{
			Timeout: timeout,
			Transport: &http.Transport{
				MaxIdleConns:        0, // no limit over all addresses
				MaxIdleConnsPerHost: connections,
				IdleConnTimeout:     timeout,
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		lambda: make(map[string]*lambda.Client),
	}
	for _, region := range regions {
		c.lambda[region] = lambda.New(lambda.Options{
			Region:       region,
			BaseEndpoint: aws.String(e.AWS.Endpoint),
			Credentials:  credentials.NewStaticCredentialsProvider(e.AWS.AccessKeyID, e.AWS.SecretAccessKey, ""),
			HTTPClient:   c.http,
			Retryer:      aws.NopRetryer{},
		})
	}
	return c
}

// Close closes the connections that are idle. Requests must have been answered before.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Request is an HTTP request to the application.
type Request struct {
	// URL is what is requested.
	URL string

	// Method is the HTTP method.
	Method string

	// Token is the access token, as it comes from the token endpoint. Default: none is sent.
	Token string

	// Body is sent as JSON. Default: none.
	Body string
}

// Do sends r.
func (c *Client) Do(ctx context.Context, r Request) Answer {
	request, err := http.NewRequestWithContext(ctx, r.Method, r.URL, strings.NewReader(r.Body))
	if err != nil {
		return Answer{Err: err}
	}
	if r.Body != "" {
		request.Header.Set("Content-Type", "application/json")
	} else {
		// net/http would send a request without a body again, unasked, when an idle connection breaks under it. It does not
		// if it cannot know that this body is empty. Without an encoding it would take 200 ms to find that out, and if the
		// machine is busy for longer than that, it would say that there is a body.
		request.Body, request.GetBody = io.NopCloser(strings.NewReader("")), nil
		request.TransferEncoding = []string{"identity"}
	}
	if r.Token != "" {
		request.Header.Set("Authorization", r.Token)
	}
	return c.send(request)
}

// Token asks a Region's token endpoint for an access token, for the Region's own client unless with names another one. The
// scope may be empty, for all that the client may have.
func (c *Client) Token(ctx context.Context, region string, with endpoints.Client, scope string) Answer {
	form := url.Values{"grant_type": {"client_credentials"}}
	if scope != "" {
		form.Set("scope", scope)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoints.Token[region], strings.NewReader(form.Encode()))
	if err != nil {
		return Answer{Err: err}
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(with.ID, with.Secret)
	return c.send(request)
}

func (c *Client) send(request *http.Request) Answer {
	response, err := c.http.Do(request)
	if err != nil {
		return Answer{Err: err}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	return Answer{Status: response.StatusCode, Header: response.Header, Body: body, Err: err}
}

// Invoke invokes a function of a Region and returns the HTTP response that it would have given to API Gateway. What Lambda
// refuses, and what the function does not survive, is an error.
func (c *Client) Invoke(ctx context.Context, region, function, payload string) Answer {
	output, err := c.lambda[region].Invoke(ctx, &lambda.InvokeInput{FunctionName: &function, Payload: []byte(payload)})
	if err != nil {
		return Answer{Err: err}
	}
	if output.FunctionError != nil {
		return Answer{Err: functionError{*output.FunctionError, string(output.Payload)}}
	}
	var proxied struct {
		StatusCode int               `json:"statusCode"`
		Headers    map[string]string `json:"headers"`
		Body       string            `json:"body"`
	}
	if err := json.Unmarshal(output.Payload, &proxied); err != nil {
		return Answer{Err: fmt.Errorf("read the function's answer %.200q: %w", output.Payload, err)}
	}
	header := make(http.Header)
	for name, value := range proxied.Headers {
		header.Set(name, value)
	}
	return Answer{Status: proxied.StatusCode, Header: header, Body: []byte(proxied.Body)}
}

// GetFunction asks Lambda for a function of a Region. The answer's body is a JSON object with its functionName and state.
func (c *Client) GetFunction(ctx context.Context, region, function string) Answer {
	output, err := c.lambda[region].GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &function})
	if err != nil {
		return Answer{Err: err}
	}
	if output.Configuration == nil {
		return Answer{Err: errors.New("the answer has no Configuration")}
	}
	body, err := json.Marshal(map[string]string{
		"functionName": aws.ToString(output.Configuration.FunctionName),
		"state":        string(output.Configuration.State),
	})
	return Answer{Status: http.StatusOK, Body: body, Err: err}
}

// functionError is an invocation that failed inside the function or its runtime.
type functionError struct{ kind, payload string }

func (e functionError) Error() string { return fmt.Sprintf("function error %s: %s", e.kind, e.payload) }

// ErrorCode is the kind of function error, as AWS's errors have a code.
func (e functionError) ErrorCode() string { return "function error " + e.kind }

// AccessToken returns an access token of a Region's own client.
func (c *Client) AccessToken(ctx context.Context, region string) (string, error) {
	answer := c.Token(ctx, region, c.endpoints.Clients[region], "")
	var body struct {
		AccessToken string `json:"access_token"`
	}
	if answer.Err != nil || answer.Status != http.StatusOK || json.Unmarshal(answer.Body, &body) != nil || body.AccessToken == "" {
		return "", fmt.Errorf("the token endpoint of %s gave no token: %s", region, answer.Brief())
	}
	return body.AccessToken, nil
}
