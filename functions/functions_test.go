// Package functions_test tests what the functions are once they are built: their size, what is in them, and how they
// start.
package functions_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/warmstandby/warmstandby/constructs/regioncheck"
	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/functions/env"
	"github.com/warmstandby/warmstandby/internal/rehearsal/runtimeapi"
)

// names are the functions' folders.
var names = []string{"createtable", "upserttodos", "gettodos", "removetodos", "health"}

// build builds functions as they are deployed, but for this machine, and returns the folder that they are in.
func build(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	args := []string{"build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc", "-ldflags", "-s -w", "-o", dir}
	for _, name := range names {
		args = append(args, "./"+name)
	}
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return dir
}

// buildSmall builds a function as it is deployed, but for this machine, and returns its binary, which must be small.
func buildSmall(t *testing.T, name string) string {
	t.Helper()
	const most = 12_000_000 // bytes
	binary := filepath.Join(build(t, name), name)
	if info, err := os.Stat(binary); err != nil || info.Size() > most {
		t.Errorf("%s: %v, %v", name, info, err)
	}
	return binary
}

// shared are the plain packages that a construct and its function have in common.
var shared = []string{
	"github.com/warmstandby/warmstandby/constructs/lifecycle",
	"github.com/warmstandby/warmstandby/constructs/recoverydns/dnsplan",
	"github.com/warmstandby/warmstandby/constructs/recoveryfailback/checks",
	"github.com/warmstandby/warmstandby/constructs/regioncheck",
	"github.com/warmstandby/warmstandby/constructs/topology",
}

// TestNothingOfDeployment holds the functions to containing nothing of what defines them, and nothing that only tests
// and rehearsals need.
func TestNothingOfDeployment(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := strings.Fields(string(out))
	for _, path := range packages {
		for _, forbidden := range []string{"jsii", "aws-cdk-go", "constructs", "rehearsal", "awssim", "dolthub", "mysqltest"} {
			if strings.Contains(path, forbidden) && !slices.Contains(shared, path) {
				t.Errorf("the functions contain %s", path)
			}
		}
	}
	if len(packages) < 100 {
		t.Errorf("go list found %d packages only", len(packages))
	}
}

func TestBinaries(t *testing.T) {
	dir := build(t, names...)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			info, err := os.Stat(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if limit := int64(12_000_000); info.Size() > limit {
				t.Errorf("has %d bytes, more than %d", info.Size(), limit)
			}
			failsWithout(t, filepath.Join(dir, name), "environment variable DATABASE_ENDPOINT is not set")
			answersWithoutDatabase(t, name, filepath.Join(dir, name))
		})
	}
}

// failsWithout runs a function where it must not start, because it lacks variables that it names.
func failsWithout(t *testing.T, path, variables string) {
	t.Helper()
	cmd := exec.Command(path)
	cmd.Env = []string{"AWS_REGION=us-east-1", "AWS_LAMBDA_RUNTIME_API=127.0.0.1:1"}
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("got %v, want exit code 1", err)
	}
	if !strings.Contains(string(out), variables) {
		t.Errorf("does not say what is missing: %s", out)
	}
}

// moving are the folders of the functions that move the application. The SDK's clients make them larger.
var moving = []string{"failoverassess", "failovermove", "failoverreport", "failoverstatus", "failoververify"}

func TestBinariesThatMove(t *testing.T) {
	dir := build(t, moving...)
	for _, name := range moving {
		t.Run(name, func(t *testing.T) {
			info, err := os.Stat(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			limit := int64(14_000_000)
			if name == "failoverreport" {
				limit = 24_000_000 // its page's template keeps the linker from removing what nothing calls
			}
			if info.Size() > limit {
				t.Errorf("has %d bytes, more than %d", info.Size(), limit)
			}
			failsWithout(t, filepath.Join(dir, name), "environment variables that are not set: TOPOLOGY_PARAMETER, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY")
			failsWithoutTopology(t, name, filepath.Join(dir, name))
		})
	}
}

// failsWithoutTopology runs a function under the Lambda Runtime API where Systems Manager refuses everything.
func failsWithoutTopology(t *testing.T, name, path string) {
	t.Helper()
	aws := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Amzn-ErrorType", "AccessDeniedException")
		w.WriteHeader(http.StatusBadRequest)
	}))
	defer aws.Close()
	f, err := runtimeapi.New(runtimeapi.Options{
		Binary:  path,
		ARN:     "arn:aws:lambda:us-east-2:123456789012:function:" + name,
		Timeout: time.Minute, // they stop half a minute before the end
		Env: map[string]string{
			"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "SECRET", "AWS_SESSION_TOKEN": "session",
			"AWS_ENDPOINT_URL": aws.URL, topology.DocumentVariable: "/Shop/secd/topology",
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	result, err := f.Invoke(t.Context(), []byte(`{"run":"r1","mode":"failover","target":"secd","reason":"test"}`))
	if err != nil {
		t.Fatal(err)
	}
	if result.FunctionError == "" || !strings.Contains(string(result.Payload), "read the topology from parameter /Shop/secd/topology") ||
		!strings.Contains(string(result.Payload), "AccessDenied") {
		t.Errorf("got %s %s", result.FunctionError, result.Payload)
	}
}

// valid is an input of each function that takes a database to answer.
var valid = map[string]string{
	"createtable": `{"action":"CREATE_TABLE"}`,
	"upserttodos": `{"task":"t","status":"s"}`,
	"gettodos":    `{"id":"1"}`,
	"removetodos": `{"id":"1"}`,
	"health":      `{}`,
}

// answersWithoutDatabase runs a function under the Lambda Runtime API where no database listens.
func answersWithoutDatabase(t *testing.T, name, path string) {
	t.Helper()
	f, err := runtimeapi.New(runtimeapi.Options{
		Binary: path,
		ARN:    "arn:aws:lambda:us-east-2:123456789012:function:" + name,
		Env: map[string]string{
			"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "SECRET", "AWS_SESSION_TOKEN": "session",
			env.DatabaseEndpoint: "127.0.0.1:1", env.DatabaseReadEndpoint: "127.0.0.1:1",
			env.DatabaseName: "todomgmt", env.DatabaseUser: "todo_app",
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for payload, want := range map[string]int{
		valid[name]:                           http.StatusServiceUnavailable,
		`{"httpMethod":"PATCH"}`:              http.StatusMethodNotAllowed,
		`{"httpMethod":"GET","body":{}}`:      http.StatusBadRequest,
		`{"requestContext":{"stage":"prod"}}`: http.StatusBadRequest,
	} {
		result, err := f.Invoke(t.Context(), []byte(payload))
		var r events.APIGatewayProxyResponse
		if err = errors.Join(err, json.Unmarshal(result.Payload, &r)); err != nil {
			t.Fatalf("%s: %v", payload, err)
		}
		if r.StatusCode != want || r.Headers["X-Served-Region"] != "us-east-2" || result.FunctionError != "" {
			t.Errorf("%s: got %s %s, want status %d", payload, result.FunctionError, result.Payload, want)
		}
	}
	if name == "health" {
		failsAsCheck(t, f)
	}
}

// failsAsCheck asks a function without a database for a check, which is a function error.
func failsAsCheck(t *testing.T, f *runtimeapi.Function) {
	t.Helper()
	result, err := f.Invoke(t.Context(), regioncheck.Request{Check: regioncheck.Write, Run: "r"}.Marshal())
	if err != nil {
		t.Fatal(err)
	}
	if result.FunctionError == "" || !strings.Contains(string(result.Payload), "write check in us-east-2: write to table") {
		t.Errorf("got %s %s, want a function error that says why", result.FunctionError, result.Payload)
	}
}
