package functions_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/constructs/recoveryfailback/checks"
	"github.com/warmstandby/warmstandby/internal/rehearsal/runtimeapi"
)

// TestFailbackCheck runs the built function as Lambda would: its answers are the payload that the runbook records, and what is not as
// it should be is an error.
func TestFailbackCheck(t *testing.T) {
	binary := buildSmall(t, "failbackcheck")
	application := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/health" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer application.Close()
	f, err := runtimeapi.New(runtimeapi.Options{
		Binary: binary, ARN: "arn:aws:lambda:us-east-2:123456789012:function:failbackcheck",
		Env: map[string]string{checks.EnvPrimaryURL: application.URL + "/health", checks.EnvPublicURL: application.URL},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for check, want := range map[string]string{
		checks.Primary:       "answers with status 200",
		checks.Public:        "answers with status 503, want 2xx",
		checks.AccessPresent: "no stack is configured",
	} {
		payload, err := json.Marshal(checks.Request{Check: check})
		if err != nil {
			t.Fatal(err)
		}
		result, err := f.Invoke(t.Context(), payload)
		if err != nil || (result.FunctionError == "") != (check == checks.Primary) || !strings.Contains(string(result.Payload), want) {
			t.Errorf("%s: %v, %s %s", check, err, result.FunctionError, result.Payload)
		}
	}
}
