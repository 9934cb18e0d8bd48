package restapi

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
)

// someFunction and somePool stand for constructs that validation only compares with nil.
type (
	someFunction struct{ awslambda.IFunction }
	somePool     struct{ awscognito.IUserPool }
)

// valid is an API with one route that needs a token.
func valid() Props {
	return Props{
		UserPools: []awscognito.IUserPool{somePool{}},
		Routes:    []Route{{Path: "/v1", Method: "POST", Handler: someFunction{}, Scopes: []string{"api/write"}}},
	}
}

func public(method, path string) Route {
	return Route{Path: path, Method: method, Handler: someFunction{}, Public: true}
}

func TestPropsValidate(t *testing.T) {
	tests := map[string]struct {
		change func(*Props)
		want   []string // parts of the error; none means valid
	}{
		"required only":      {change: func(*Props) {}},
		"public only":        {change: func(p *Props) { p.Routes, p.UserPools = []Route{public("GET", "/")}, nil }},
		"every optional":     {change: everyOptional},
		"methods of a path":  {change: func(p *Props) { p.Routes = append(p.Routes, public("GET", "/v1")) }},
		"one variable twice": {change: func(p *Props) { p.Routes = append(p.Routes, public("GET", "/a/{x}"), public("GET", "/a/{x}/b")) }},
		"variables apart":    {change: func(p *Props) { p.Routes = append(p.Routes, public("GET", "/a/{x}"), public("GET", "/b/{y}")) }},
		"all that is left":   {change: func(p *Props) { p.Routes = append(p.Routes, public("GET", "/a/{proxy+}")) }},
		"all origins":        {change: func(p *Props) { p.AllowOrigins = []string{"*"} }},

		"fails without routes":            {func(p *Props) { p.Routes = nil }, []string{"Routes must have at least one"}},
		"fails without pools":             {func(p *Props) { p.UserPools = nil }, []string{"UserPools is required"}},
		"fails on pools without use":      {func(p *Props) { p.Routes = []Route{public("GET", "/")} }, []string{"UserPools has no effect"}},
		"fails on a nil pool":             {func(p *Props) { p.UserPools = append(p.UserPools, nil) }, []string{"UserPools has a nil pool"}},
		"fails on a route twice":          {func(p *Props) { p.Routes = append(p.Routes, p.Routes[0]) }, []string{"Routes[1] is POST /v1, which an earlier route is"}},
		"fails on two variables":          {func(p *Props) { p.Routes = append(p.Routes, public("GET", "/a/{x}"), public("GET", "/a/{y}/b")) }, []string{"Routes[2] (GET /a/{y}/b): Path has {y} where an earlier route has {x}"}},
		"fails on a variable and a proxy": {func(p *Props) { p.Routes = append(p.Routes, public("GET", "/{x}"), public("GET", "/{x+}")) }, []string{"Path has {x+} where an earlier route has {x}"}},
		"fails on a stage name":           {func(p *Props) { p.StageName = "v1.0" }, []string{"StageName must be", `got "v1.0"`}},
		"fails on a long stage name":      {func(p *Props) { p.StageName = strings.Repeat("s", 129) }, []string{"at most 128"}},
		"fails on a negative rate":        {func(p *Props) { p.ThrottleRate = -1 }, []string{"ThrottleRate must be at least 1 request a second, got -1"}},
		"fails on a negative burst":       {func(p *Props) { p.ThrottleBurst = -5 }, []string{"ThrottleBurst must be at least 1 request, got -5"}},
		"fails on all origins and one":    {func(p *Props) { p.AllowOrigins = []string{"*", "https://a.example"} }, []string{`AllowOrigins has "*"`}},
		"fails on an origin with a path":  {func(p *Props) { p.AllowOrigins = []string{"https://a.example/"} }, []string{`got "https://a.example/"`}},
		"fails on a host":                 {func(p *Props) { p.AllowOrigins = []string{"a.example"} }, []string{`got "a.example"`}},
		"fails on a quoted origin":        {func(p *Props) { p.AllowOrigins = []string{"https://a'"} }, []string{"AllowOrigins must be like"}},
		"fails on CloudFront's web ACL":   {func(p *Props) { p.WebACLArn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/b" }, []string{"WebACLArn must be like", "global/webacl"}},
		"fails on a web ACL's name":       {func(p *Props) { p.WebACLArn = "guard" }, []string{`got "guard"`}},
		"fails on a snapshot":             {func(p *Props) { p.RemovalPolicy = awscdk.RemovalPolicy_SNAPSHOT }, []string{"RETAIN or DESTROY, got SNAPSHOT"}},
		"fails with everything at once": {
			func(p *Props) { *p = Props{Routes: []Route{{}}, StageName: "/", ThrottleRate: -1} },
			[]string{"Routes[0]", "Path must start", "Method must be", "Handler is required", "Scopes is required", "UserPools", "StageName", "ThrottleRate"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := valid()
			tt.change(&p)
			wantError(t, p.validate(), tt.want)
		})
	}
}

func everyOptional(p *Props) {
	p.StageName = "live_2-b"
	p.ThrottleRate, p.ThrottleBurst = 1, 1
	p.AllowOrigins = []string{"https://a.example", "http://localhost:8080"}
	p.WebACLArn = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/guard/6d1f"
	p.RemovalPolicy = awscdk.RemovalPolicy_DESTROY
}

func TestRouteValidate(t *testing.T) {
	object := &awsapigateway.JsonSchema{Type: awsapigateway.JsonSchemaType_OBJECT}
	tests := map[string]struct {
		change func(*Route)
		want   []string
	}{
		"a body":          {change: func(r *Route) { r.Body = object }},
		"a body deleted":  {change: func(r *Route) { r.Body, r.Method = object, "DELETE" }},
		"a query":         {change: func(r *Route) { r.RequiredQuery = []string{"id", "page.size"} }},
		"the root":        {change: func(r *Route) { r.Path = "/" }},
		"a long path":     {change: func(r *Route) { r.Path = "/v1/orders/{id}/lines/{line}" }},
		"open to anybody": {change: func(r *Route) { r.Public, r.Scopes = true, nil }},

		"fails on a relative path":       {func(r *Route) { r.Path = "v1" }, []string{`Path must start with a slash, got "v1"`}},
		"fails on a trailing slash":      {func(r *Route) { r.Path = "/v1/" }, []string{"no slash at its end"}},
		"fails on an empty segment":      {func(r *Route) { r.Path = "/v1//x" }, []string{"no empty segment"}},
		"fails on a space":               {func(r *Route) { r.Path = "/v 1" }, []string{`got "v 1"`}},
		"fails on half a variable":       {func(r *Route) { r.Path = "/v1/{id" }, []string{`got "{id"`}},
		"fails on a proxy in the middle": {func(r *Route) { r.Path = "/{all+}/x" }, []string{"which must be its last segment"}},
		"fails on a small method":        {func(r *Route) { r.Method = "get" }, []string{`Method must be one of GET, HEAD, POST, PUT, PATCH, DELETE, got "get"`}},
		"fails on a preflight":           {func(r *Route) { r.Method = "OPTIONS" }, []string{`got "OPTIONS"`}},
		"fails without a handler":        {func(r *Route) { r.Handler = nil }, []string{"Routes[3] (POST /v1): Handler is required"}},
		"fails without scopes":           {func(r *Route) { r.Scopes = nil }, []string{"Scopes is required"}},
		"fails on an empty scope":        {func(r *Route) { r.Scopes = []string{""} }, []string{"Scopes has an empty scope"}},
		"fails on scopes of a public":    {func(r *Route) { r.Public = true }, []string{"Scopes has no effect on a public route"}},
		"fails on a query with a space":  {func(r *Route) { r.RequiredQuery = []string{"a b"} }, []string{"RequiredQuery must be", `got "a b"`}},
		"fails on an empty query":        {func(r *Route) { r.RequiredQuery = []string{""} }, []string{"RequiredQuery must be"}},
		"fails on a body of a GET":       {func(r *Route) { r.Body, r.Method = object, "GET" }, []string{"Body cannot be required of a GET"}},
		"fails on a body of a HEAD":      {func(r *Route) { r.Body, r.Method = object, "HEAD" }, []string{"Body cannot be required of a HEAD"}},
		"fails on a newer schema": {
			func(r *Route) { r.Body = &awsapigateway.JsonSchema{Schema: awsapigateway.JsonSchemaVersion_DRAFT7} },
			[]string{"Body must be a schema of draft 4", "got DRAFT7"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := valid().Routes[0]
			tt.change(&r)
			wantError(t, r.validate(3), tt.want)
		})
	}
}

// wantError fails the test unless err says every one of parts, or is nil if there are none.
func wantError(t *testing.T, err error, parts []string) {
	t.Helper()
	if len(parts) == 0 && err != nil {
		t.Fatalf("refused: %v", err)
	}
	for _, part := range parts {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("error %v does not say %q", err, part)
		}
	}
}
