package apigateway

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
)

// event is what a function gets, version 1.0 of the payload format. See "Input format of a Lambda function for proxy integration"
// in https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html.
type event struct {
	Resource                        string              `json:"resource"`
	Path                            string              `json:"path"`
	HTTPMethod                      string              `json:"httpMethod"`
	Headers                         map[string]string   `json:"headers"`
	MultiValueHeaders               map[string][]string `json:"multiValueHeaders"`
	QueryStringParameters           map[string]string   `json:"queryStringParameters"`
	MultiValueQueryStringParameters map[string][]string `json:"multiValueQueryStringParameters"`
	PathParameters                  map[string]string   `json:"pathParameters"`
	StageVariables                  map[string]string   `json:"stageVariables"`
	RequestContext                  requestContext      `json:"requestContext"`
	Body                            *string             `json:"body"`
	IsBase64Encoded                 bool                `json:"isBase64Encoded"`
}

type requestContext struct {
	ResourceID        string      `json:"resourceId"`
	Authorizer        *principal  `json:"authorizer,omitempty"`
	ResourcePath      string      `json:"resourcePath"`
	HTTPMethod        string      `json:"httpMethod"`
	ExtendedRequestID string      `json:"extendedRequestId"`
	RequestTime       string      `json:"requestTime"`
	Path              string      `json:"path"`
	AccountID         string      `json:"accountId"`
	Protocol          string      `json:"protocol"`
	Stage             string      `json:"stage"`
	DomainPrefix      string      `json:"domainPrefix"`
	RequestTimeEpoch  json.Number `json:"requestTimeEpoch"`
	RequestID         string      `json:"requestId"`
	Identity          identity    `json:"identity"`
	DomainName        string      `json:"domainName"`
	DeploymentID      string      `json:"deploymentId"`
	APIID             string      `json:"apiId"`
}

type principal struct {
	Claims map[string]string `json:"claims"`
}

// identity has null for what only IAM authorization knows.
type identity struct {
	CognitoIdentityPoolID         *string `json:"cognitoIdentityPoolId"`
	AccountID                     *string `json:"accountId"`
	CognitoIdentityID             *string `json:"cognitoIdentityId"`
	Caller                        *string `json:"caller"`
	SourceIP                      string  `json:"sourceIp"`
	PrincipalOrgID                *string `json:"principalOrgId"`
	AccessKey                     *string `json:"accessKey"`
	CognitoAuthenticationType     *string `json:"cognitoAuthenticationType"`
	CognitoAuthenticationProvider *string `json:"cognitoAuthenticationProvider"`
	UserARN                       *string `json:"userArn"`
	UserAgent                     *string `json:"userAgent"`
	User                          *string `json:"user"`
}

func (x *exchange) event() []byte {
	e := event{
		Resource: x.route.path, Path: x.path, HTTPMethod: x.request.Method,
		Headers: singles(x.headers), MultiValueHeaders: x.headers,
		QueryStringParameters: singles(x.query), MultiValueQueryStringParameters: orNull(x.query),
		PathParameters: orNull(x.pathParameters), StageVariables: orNull(x.api.definition.variables),
		RequestContext: x.requestContext(),
	}
	if len(x.body) > 0 {
		body := string(x.body)
		if e.IsBase64Encoded = x.api.definition.isBinary(x.headers.Get("Content-Type")); e.IsBase64Encoded {
			body = base64.StdEncoding.EncodeToString(x.body)
		}
		e.Body = &body
	}
	data, _ := json.Marshal(e) // texts and numbers always encode
	return data
}

func (x *exchange) requestContext() requestContext {
	d := x.api.definition
	c := requestContext{
		ResourceID: x.route.resourceID, ResourcePath: x.route.path, HTTPMethod: x.request.Method,
		ExtendedRequestID: x.extendedID, RequestTime: x.requestTime(), Path: x.value("context.path"),
		AccountID: d.account, Protocol: x.request.Proto, Stage: d.stage, DomainPrefix: d.id,
		RequestTimeEpoch: json.Number(x.value("context.requestTimeEpoch")), RequestID: x.requestID,
		Identity: identity{SourceIP: x.sourceIP}, DomainName: d.DomainName(), DeploymentID: d.deployment, APIID: d.id,
	}
	if agent := x.userAgent(); agent != "" {
		c.Identity.UserAgent = &agent
	}
	if x.claims != nil {
		c.Authorizer = &principal{x.claims}
	}
	return c
}

// singles has the last value of each name. It is nil if there are none, which is null in the event.
func singles[M ~map[string][]string](values M) map[string]string {
	if len(values) == 0 {
		return nil
	}
	single := make(map[string]string, len(values))
	for name, all := range values {
		single[name] = last(all)
	}
	return single
}

// orNull is m, or null in the event if it is empty.
func orNull[M ~map[string]V, V any](m M) M {
	if len(m) == 0 {
		return nil
	}
	return m
}

// isBinary tells whether the API takes the first media type of a header for binary.
func (d *Definition) isBinary(header string) bool {
	name := mediaType(header)
	major, _, _ := strings.Cut(name, "/")
	return slices.ContainsFunc(d.binaryTypes, func(binary string) bool {
		binary = strings.ToLower(binary)
		return binary == "*/*" || name != "" && (binary == name || binary == major+"/*")
	})
}
