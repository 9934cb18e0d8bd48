package functions_test

import (
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/constructs/recoverydns/dnsplan"
	"github.com/warmstandby/warmstandby/internal/rehearsal/runtimeapi"
)

// TestRecoveryDNS runs the built function as Lambda would: without its environment, and with an AWS that refuses.
func TestRecoveryDNS(t *testing.T) {
	binary := buildSmall(t, "recoverydns")
	start := exec.Command(binary)
	start.Env = []string{"AWS_LAMBDA_RUNTIME_API=127.0.0.1:1"}
	out, _ := start.CombinedOutput()
	if start.ProcessState.ExitCode() != 1 || !strings.Contains(string(out), "environment variable RECOVERY_DNS_TABLE is not set") {
		t.Errorf("without its environment, the function exits with %d: %s", start.ProcessState.ExitCode(), out)
	}
	failsWhereAWSRefuses(t, binary)
}

// failsWhereAWSRefuses sends a request to a function whose calls to AWS are all denied: the error says what was being done.
func failsWhereAWSRefuses(t *testing.T, binary string) {
	t.Helper()
	var calls []string
	aws := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls = append(calls, r.Header.Get("X-Amz-Target"))
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"__type":"AccessDeniedException","message":"not authorized"}`))
	}))
	defer aws.Close()
	target := dnsplan.Target{Values: []string{"192.0.2.1"}}
	plan, err := dnsplan.Plan{HostedZoneID: "Z1", Records: []dnsplan.Record{
		{Name: "api.example.com", Type: "A", Application: "abc", Primary: target, Recovery: target},
	}}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	f, err := runtimeapi.New(runtimeapi.Options{
		Binary: binary, ARN: "arn:aws:lambda:us-east-2:123456789012:function:recoverydns",
		Env: map[string]string{
			"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "SECRET", "AWS_SESSION_TOKEN": "session",
			"AWS_ENDPOINT_URL": aws.URL, dnsplan.EnvPlan: plan, dnsplan.EnvTable: "Order",
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	result, err := f.Invoke(t.Context(), []byte(dnsplan.Failback("abc")))
	if err != nil || result.FunctionError == "" || !strings.Contains(string(result.Payload), "take the lease") || strings.Contains(string(result.Payload), "SECRET") {
		t.Errorf("%v, %s %s", err, result.FunctionError, result.Payload)
	}
	if len(calls) < 2 || calls[0] != "DynamoDB_20120810.PutItem" || calls[len(calls)-1] != "DynamoDB_20120810.DeleteItem" {
		t.Errorf("the function called %v", calls)
	}
}
