package apigateway

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAuthorizer(t *testing.T) {
	for name, test := range map[string]struct {
		headers   []string
		status    int
		detail    string
		errorType string
		kind      string
	}{
		"a token":                         {[]string{"Authorization: good"}, 200, "", "", ""},
		"a bearer token":                  {[]string{"Authorization: bearer  good"}, 200, "", "", ""},
		"fails without a token":           {nil, 401, `"Unauthorized"`, "UnauthorizedException", "UNAUTHORIZED"},
		"fails on an empty token":         {[]string{"Authorization: Bearer "}, 401, `"Unauthorized"`, "UnauthorizedException", "UNAUTHORIZED"},
		"fails on a forged token":         {[]string{"Authorization: forged"}, 401, `"Unauthorized"`, "UnauthorizedException", "UNAUTHORIZED"},
		"fails on an identity token":      {[]string{"Authorization: identity"}, 401, `"Unauthorized"`, "UnauthorizedException", "UNAUTHORIZED"},
		"fails on an expired token":       {[]string{"Authorization: expired"}, 401, `"The incoming token has expired"`, "UnauthorizedException", "EXPIRED_TOKEN"},
		"fails on another scope":          {[]string{"Authorization: reader"}, 403, `"User is not authorized to access this resource"`, "AccessDeniedException", "ACCESS_DENIED"},
		"fails if nothing can be checked": {[]string{"Authorization: down"}, 500, `null`, "AuthorizerConfigurationException", "AUTHORIZER_CONFIGURATION_ERROR"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, todo(t))
			// The request lacks its parameter, which is looked at later than the token.
			request := "GET /prod/v1"
			if test.status == 200 {
				request += "?id=1"
			}
			w := b.send(request, "", test.headers...)
			if test.status == 200 {
				wantAnswer(t, w, 200, `{"hello":"world"}`)
				return
			}
			wantAnswer(t, w, test.status, problem(test.status, test.detail))
			wantHeader(t, w, "x-amzn-ErrorType", test.errorType)
			if !strings.Contains(b.log.String(), `"errorType":"`+test.kind+`"`) {
				t.Errorf("logged %s, want %s", &b.log, test.kind)
			}
			if len(b.called) > 0 {
				t.Error("called the function")
			}
		})
	}
}

// TestAuthorizerWithoutScopes takes identity tokens only.
func TestAuthorizerWithoutScopes(t *testing.T) {
	resources := todo(t)
	delete(resources.properties(t, "Apiv1GET"), "AuthorizationScopes")
	b := newBench(t, resources)
	wantAnswer(t, b.send("GET /prod/v1?id=1", "", "Authorization: identity"), 200, `{"hello":"world"}`)
	wantAnswer(t, b.get(), 401, problem(401, `"Unauthorized"`))
}

func TestAuthorizerReadsItsHeader(t *testing.T) {
	resources := todo(t)
	resources.properties(t, "ApiAuthorizer")["IdentitySource"] = "method.request.header.x-token"
	b := newBench(t, resources)
	wantAnswer(t, b.send("GET /prod/v1?id=1", "", "X-Token: good"), 200, `{"hello":"world"}`)
	wantAnswer(t, b.get(), 401, problem(401, `"Unauthorized"`))
}

func TestAuthorizerPassesClaims(t *testing.T) {
	b := newBench(t, todo(t))
	b.get()
	context := b.lastEvent(t)["requestContext"].(map[string]any)
	got := context["authorizer"].(map[string]any)["claims"].(map[string]any)
	want := map[string]any{
		"token_use": "access", "scope": "api/other api/upsert-delete", "client_id": "1example", "sub": "1example",
		"exp": "Sat Nov 21 12:00:00 UTC 2026", "iat": "Sat Nov 21 11:00:00 UTC 2026",
		"cognito:groups": "a,b", "verified": "true",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestClaimText(t *testing.T) {
	for want, value := range map[string]any{
		`{"a":[1]}`: map[string]any{"a": []any{1}},
		"1.5":       1.5,
		"7":         7,
		"null":      nil,
		"(1+0i)":    complex(1, 0),
	} {
		if got := claimText(value); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestThrottling gives the health route a bucket of two that fills by one each second, and all others one of their own.
func TestThrottling(t *testing.T) {
	resources := todo(t)
	stage := resources.properties(t, "ApiDeploymentStageprod")
	stage["MethodSettings"] = append(stage["MethodSettings"].([]any), map[string]any{
		"ResourcePath": "/~1v1~1health", "HttpMethod": "GET", "ThrottlingRateLimit": 1.0, "ThrottlingBurstLimit": "2",
	})
	b := newBench(t, resources)
	health := func() int { return b.send("GET /prod/v1/health", "").Code }
	for i, want := range []int{200, 200, 429, 429} {
		if got := health(); got != want {
			t.Errorf("request %d got %d, want %d", i, got, want)
		}
	}
	w := b.send("GET /prod/v1/health", "")
	wantAnswer(t, w, 429, problem(429, `"Too Many Requests"`))
	wantHeader(t, w, "x-amzn-ErrorType", "TooManyRequestsException")
	if w := b.get(); w.Code != 200 {
		t.Errorf("another route got %d", w.Code)
	}

	step := func(seconds float64) { b.now = b.now.Add(timeOf(seconds)) }
	step(0.5)
	if got := health(); got != 429 {
		t.Errorf("got %d half a second later", got)
	}
	step(0.5)
	if got := health(); got != 200 {
		t.Errorf("got %d a second later", got)
	}
	step(-3600) // clocks go back
	if got := health(); got != 429 {
		t.Errorf("got %d an hour before", got)
	}
	step(7200)
	for i, want := range []int{200, 200, 429} {
		if got := health(); got != want {
			t.Errorf("request %d got %d an hour later, want %d", i, got, want)
		}
	}
}

func TestThrottlingSettings(t *testing.T) {
	setting := func(path, method string, rate, burst any) map[string]any {
		s := map[string]any{"ResourcePath": path, "HttpMethod": method}
		if rate != nil {
			s["ThrottlingRateLimit"] = rate
		}
		if burst != nil {
			s["ThrottlingBurstLimit"] = burst
		}
		return s
	}
	for name, test := range map[string]struct {
		settings []any
		want     limit // of GET /v1
	}{
		"the stage's":  {[]any{setting("/*", "*", 3.0, 4.0)}, limit{3, 4}},
		"the path's":   {[]any{setting("/~1v1", "*", 5.0, 6.0), setting("/*", "*", 3.0, 4.0)}, limit{5, 6}},
		"the method's": {[]any{setting("/~1v1", "*", 5.0, 6.0), setting("/~1v1", "GET", 1.0, 2.0)}, limit{1, 2}},
		"a rate":       {[]any{setting("/*", "*", 3.0, nil)}, limit{3, 5000}},
		"a burst":      {[]any{setting("/*", "*", nil, 4.0)}, limit{10000, 4}},
		"neither":      {[]any{setting("/*", "*", nil, nil)}, limit{}},
		"nothing":      {[]any{setting("/*", "*", 0.0, 0.0)}, limit{}},
	} {
		t.Run(name, func(t *testing.T) {
			resources := todo(t)
			resources.properties(t, "ApiDeploymentStageprod")["MethodSettings"] = test.settings
			b := newBench(t, resources)
			for rt, l := range b.definition.throttling {
				if rt.path == "/v1" && rt.method == "GET" && l != test.want {
					t.Errorf("got %v, want %v", l, test.want)
				}
			}
			if w := b.get(); (w.Code == http.StatusTooManyRequests) != (name == "nothing") {
				t.Errorf("got %d", w.Code)
			}
		})
	}
}

// TestThrottlingBeforeValidation spends the only token on a request that is then found invalid.
func TestThrottlingBeforeValidation(t *testing.T) {
	resources := todo(t)
	resources.properties(t, "ApiDeploymentStageprod")["MethodSettings"] = []any{
		map[string]any{"ResourcePath": "/*", "HttpMethod": "*", "ThrottlingRateLimit": 1.0, "ThrottlingBurstLimit": 1.0},
	}
	b := newBench(t, resources)
	for _, want := range []int{401, 401, 400, 429} {
		r := httptest.NewRequest("GET", "/prod/v1", nil)
		if want != 401 {
			r.Header.Set("Authorization", "good")
		}
		w := httptest.NewRecorder()
		b.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("got %d, want %d", w.Code, want)
		}
	}
}
