package runtimeapi_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal/runtimeapi"
)

func TestInvokeFailures(t *testing.T) {
	tests := map[string]struct {
		event, kind, text, log string
		discarded              bool
	}{
		"fails with an error":  {event: `{"do":"error","text":"no such order"}`, kind: "failure", text: "no such order"},
		"fails with a panic":   {event: `{"do":"panic","text":"boom"}`, kind: "string", text: "boom", log: "Runtime.ExitError", discarded: true},
		"fails by exiting":     {event: `{"do":"exit","size":3}`, kind: "Runtime.ExitError", text: "RequestId: ID Error: Runtime exited with error: exit status 3", log: "last words\n", discarded: true},
		"fails by ending":      {event: `{"do":"exit"}`, kind: "Runtime.ExitError", text: "RequestId: ID Error: Runtime exited without providing a reason", discarded: true},
		"fails by being ended": {event: `{"do":"kill"}`, kind: "Runtime.ExitError", text: "RequestId: ID Error: Runtime exited with error: signal: killed", discarded: true},
		"fails by hanging":     {event: `{"do":"hang"}`, kind: "Sandbox.Timedout", text: "RequestId: ID Error: Task timed out after 0.50 seconds", log: "Task timed out after 0.50 seconds", discarded: true},
		"fails by answering too much": {event: `{"do":"large","size":6291557}`, kind: "Function.ResponseSizeTooLarge",
			text: "Response payload size exceeded maximum allowed payload size (6291556 bytes).", discarded: true},
		"fails on another type": {event: `{"do":1}`, kind: "UnmarshalTypeError", text: "json: cannot unmarshal number into Go struct field event.do of type string"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f, out := newFunction(t, func(o *runtimeapi.Options) {
				if strings.Contains(test.event, "hang") {
					o.Timeout = 500 * time.Millisecond
				}
			})
			wantFailure(t, invoke(t, f, "%s", test.event), test.kind, test.text)
			again := invoke(t, f, `{"do":"echo"}`)
			if again.ColdStart != test.discarded || again.FunctionError != "" {
				t.Errorf("the next invocation: cold start %t, %s, want %t", again.ColdStart, again.Payload, test.discarded)
			}
			if !strings.Contains(out.String(), test.log) {
				t.Errorf("logged %q, want %q", out, test.log)
			}
		})
	}
}

func TestInvokePanicHasStackTrace(t *testing.T) {
	f, _ := newFunction(t, nil)
	if got := decode(t, invoke(t, f, `{"do":"panic","text":"boom"}`)); len(got.StackTrace) == 0 {
		t.Errorf("no stack trace in %+v", got)
	}
}

func TestInvokeInitFailures(t *testing.T) {
	tests := map[string]struct {
		init, kind, text, log string
	}{
		"fails by exiting":    {"exit", "Runtime.ExitError", "RequestId: ID Error: Runtime exited with error: exit status 7", "cannot start\n"},
		"fails with an error": {"error no table name", "Config", "no table name", "no table name"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f, out := newFunction(t, func(o *runtimeapi.Options) { o.Env = map[string]string{"INIT": test.init} })
			for range 2 {
				result := invoke(t, f, `{"do":"echo"}`)
				wantFailure(t, result, test.kind, test.text)
				if !result.ColdStart || result.Init <= 0 {
					t.Errorf("cold start %t, init %v", result.ColdStart, result.Init)
				}
			}
			if got := strings.Count(out.String(), test.log); got < 4 {
				t.Errorf("initialized %d times, want twice for each invocation:\n%s", got, out)
			}
		})
	}
}

func TestInvokeInitTimesOut(t *testing.T) {
	f, out := newFunction(t, func(o *runtimeapi.Options) {
		o.Env = map[string]string{"INIT": "hang"}
		o.Timeout = 70 * time.Millisecond
	})
	f.SetInitLimit(30 * time.Millisecond)
	wantFailure(t, invoke(t, f, `{"do":"echo"}`), "Sandbox.Timedout", "RequestId: ID Error: Task timed out after 0.07 seconds")
	if !strings.Contains(out.String(), "after 0.03 seconds") {
		t.Errorf("logged %q, want the first attempt's time limit", out)
	}
}

func TestInvokeRetriesInit(t *testing.T) {
	f, out := newFunction(t, func(o *runtimeapi.Options) {
		o.Env = map[string]string{"INIT": "once " + t.TempDir() + "/tried"}
	})
	if result := invoke(t, f, `{"do":"echo"}`); result.FunctionError != "" || !result.ColdStart {
		t.Errorf("answered %s, cold start %t", result.Payload, result.ColdStart)
	}
	if !strings.Contains(out.String(), "exit status 8") {
		t.Errorf("logged %q, want the first attempt's end", out)
	}
}

func TestInvokeBinaryThatIsNone(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "bootstrap")
	if err := os.WriteFile(binary, []byte("neither program nor script"), 0o700); err != nil {
		t.Fatal(err)
	}
	f, _ := newFunction(t, func(o *runtimeapi.Options) { o.Binary = binary })
	result := invoke(t, f, `{}`)
	if got := decode(t, result); got.ErrorType != "Runtime.InvalidEntrypoint" || !strings.Contains(got.ErrorMessage, "exec format error") {
		t.Errorf("failed with %s", result.Payload)
	}
}

func TestInvokeAfterAnIdleInstanceEnded(t *testing.T) {
	f, out := newFunction(t, nil)
	meeting := newHost(t)
	invoke(t, f, `{"do":"dieLater","text":%q}`, meeting.Addr())
	meeting.await(t, 1)
	meeting.letGo()
	f.AwaitIdleEnd()
	if result := invoke(t, f, `{"do":"echo"}`); !result.ColdStart || result.FunctionError != "" {
		t.Errorf("cold start %t, %s", result.ColdStart, result.Payload)
	}
	if !strings.Contains(out.String(), "exit status 9") {
		t.Errorf("logged %q, want why the instance has ended", out)
	}
}

func TestInvokeRuntimeThatMisbehaves(t *testing.T) {
	f, out := newFunction(t, func(o *runtimeapi.Options) { o.Env = map[string]string{"INIT": "wrong"} })
	if result := invoke(t, f, `{"do":"again"}`); result.FunctionError != "" {
		t.Errorf("answered %s", result.Payload)
	}
	f.Close()
	for _, want := range []string{"403 403 404", "403"} {
		if !strings.Contains(out.String(), "Orders: "+want+"\n") {
			t.Errorf("logged %q, want %s", out, want)
		}
	}
}

func TestNewFails(t *testing.T) {
	for name, test := range map[string]struct {
		options runtimeapi.Options
		want    []string
	}{
		"fails on nothing":        {runtimeapi.Options{}, []string{"Binary must be", "ARN must be"}},
		"fails on a directory":    {runtimeapi.Options{ARN: arn, Binary: "."}, []string{"Binary must be a program, got ."}},
		"fails on another ARN":    {runtimeapi.Options{ARN: "arn:aws:s3:::bucket", Binary: bootstrap}, []string{`got "arn:aws:s3:::bucket"`}},
		"fails on a short ARN":    {runtimeapi.Options{ARN: "arn:aws:lambda:eu-west-1:1:function", Binary: bootstrap}, []string{"ARN must be"}},
		"fails on everything":     {runtimeapi.Options{Timeout: -1, MemoryMiB: -1, Concurrency: -1}, []string{"Binary", "ARN", "Timeout", "MemoryMiB", "Concurrency"}},
		"fails on a nameless ARN": {runtimeapi.Options{ARN: "arn:aws:lambda:eu-west-1:1:function:", Binary: bootstrap}, []string{"ARN must be"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := runtimeapi.New(test.options)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v, want %q in it", err, want)
				}
			}
		})
	}
}
