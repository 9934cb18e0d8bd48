package apigateway

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// statusError is an error as the AWS SDK has it.
type statusError int

func (statusError) Error() string         { return "too many requests" }
func (e statusError) HTTPStatusCode() int { return int(e) }

func TestInvocationFails(t *testing.T) {
	for name, test := range map[string]struct {
		err    error
		status int
		logged []string
	}{
		"fails as the function": {
			&FunctionError{Payload: []byte(`{"errorMessage":"boom"}`)}, 502,
			[]string{`"integrationStatus":"200"`, `"integrationError":"The Lambda function returned the following error: {"errorMessage":"boom"}"`, `"errorType":"INTEGRATION_FAILURE"`},
		},
		"fails as Lambda":     {fmt.Errorf("invoke: %w", statusError(429)), 500, []string{`"integrationStatus":"429"`, `"integrationError":"invoke: too many requests"`}},
		"fails for no reason": {errors.New("unreachable"), 500, []string{`"integrationStatus":"500"`, `"errorMessage":"Internal server error"`}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, todo(t))
			b.invoke = answering("", test.err)
			wantAnswer(t, b.get(), test.status, `{"type":"about:blank","detail":"Internal server error"}`)
			for _, want := range test.logged {
				if !strings.Contains(b.log.String(), want) {
					t.Errorf("logged %s, want %s", &b.log, want)
				}
			}
		})
	}
}

// timeOut makes a request whose function never ends.
func timeOut(t *testing.T, b *bench) (w *recorder) {
	synctest.Test(t, func(*testing.T) {
		b.invoke = func(ctx context.Context, _ string, _ []byte) ([]byte, error) {
			began := time.Now()
			<-ctx.Done()
			b.now = b.now.Add(time.Since(began))
			return nil, ctx.Err()
		}
		w = b.get()
	})
	return w
}

func TestInvocationTimesOut(t *testing.T) {
	for name, test := range map[string]struct {
		millis any
		want   string
	}{
		"by default":    {nil, `"integrationLatency":"29000"`},
		"as it is set":  {1500.0, `"integrationLatency":"1500"`},
		"as it is text": {"50", `"integrationLatency":"50"`},
	} {
		t.Run(name, func(t *testing.T) {
			resources := todo(t)
			integration := resources.properties(t, "Apiv1GET")["Integration"].(map[string]any)
			if test.millis != nil {
				integration["TimeoutInMillis"] = test.millis
			}
			b := newBench(t, resources)
			wantAnswer(t, timeOut(t, b), 504, problem(504, `"Endpoint request timed out"`))
			if !strings.Contains(b.log.String(), test.want) || !strings.Contains(b.log.String(), `"integrationStatus":"504"`) {
				t.Errorf("logged %s, want %s", &b.log, test.want)
			}
		})
	}
}

// TestInvocationNeedsPermission names who may not invoke what.
func TestInvocationNeedsPermission(t *testing.T) {
	b := newBench(t, todo(t))
	b.refuses = errors.New("no statement allows it")
	wantAnswer(t, b.get(), 500, problem(500, `"Internal server error"`))
	for _, want := range []string{
		"arn:aws:execute-api:us-east-1:123456789012:abcde12345/prod/GET/v1 may not invoke " +
			"arn:aws:lambda:us-east-1:123456789012:function:Get:live",
		`Invalid permissions on Lambda function: no statement allows it\n`, `"integrationStatus":"403"`, `"errorType":"API_CONFIGURATION_ERROR"`,
	} {
		if !strings.Contains(b.log.String(), want) {
			t.Errorf("logged %s, want %s", &b.log, want)
		}
	}
	if len(b.called) > 0 {
		t.Error("called the function")
	}
	var none *FunctionError
	if err := error(&FunctionError{Payload: []byte("x")}); !errors.As(err, &none) || err.Error() != "the function failed: x" {
		t.Errorf("got %v", err)
	}
}

func TestInvocationIsPermittedByDefault(t *testing.T) {
	definitions, err := FromTemplate("123456789012", "us-east-1", todo(t))
	if err != nil {
		t.Fatal(err)
	}
	api, err := New(definitions[0], Options{Invoke: answering(hello, nil), Verify: verify})
	if err != nil {
		t.Fatal(err)
	}
	w := (&bench{API: api}).send("GET /prod/v1/health", "")
	wantAnswer(t, w, http.StatusOK, `{"hello":"world"}`)
	if id := exactly(w, "x-amzn-RequestId"); len(id) != 1 || len(id[0]) != 36 || strings.HasPrefix(id[0], "00000000-0000") {
		t.Errorf("the request ID is %q", id)
	}
}
