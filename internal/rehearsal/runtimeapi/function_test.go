package runtimeapi_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal/runtimeapi"
)

const arn = "arn:aws:lambda:eu-west-1:123456789012:function:Orders"

// bootstrap is the path of the test function's binary.
var bootstrap string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "warmstandby-runtimeapi-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	bootstrap = filepath.Join(dir, "bootstrap")
	build := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", bootstrap, "./testdata/bootstrap")
	if out, err := build.CombinedOutput(); err != nil {
		panic(fmt.Sprintf("%v: %s", err, out))
	}
	return m.Run()
}

// log collects what a function writes.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// newFunction is a function that ends with the test, and its log.
func newFunction(t *testing.T, change func(*runtimeapi.Options)) (*runtimeapi.Function, *log) {
	t.Helper()
	out := &log{}
	options := runtimeapi.Options{Binary: bootstrap, ARN: arn, Timeout: time.Minute, Log: out}
	if change != nil {
		change(&options)
	}
	f, err := runtimeapi.New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f, out
}

func invoke(t *testing.T, f *runtimeapi.Function, event string, args ...any) runtimeapi.Result {
	t.Helper()
	result, err := f.Invoke(t.Context(), fmt.Appendf(nil, event, args...))
	if err != nil {
		t.Fatalf("invoke: %v", err)
	}
	return result
}

// reply is the response of the test function, or an error's description.
type reply struct {
	Text       string
	Env        []string
	Dir        string
	RequestID  string
	ARN        string
	TraceID    string
	DeadlineMs int64
	Count      int

	ErrorType    string
	ErrorMessage string
	StackTrace   []any
}

func decode(t *testing.T, result runtimeapi.Result) reply {
	t.Helper()
	var r reply
	if err := json.Unmarshal(result.Payload, &r); err != nil {
		t.Fatalf("decode %q: %v", result.Payload, err)
	}
	return r
}

// wantFailure checks that an invocation has failed as Lambda reports it.
func wantFailure(t *testing.T, result runtimeapi.Result, kind, text string) {
	t.Helper()
	got := decode(t, result)
	text = strings.ReplaceAll(text, "ID", result.RequestID)
	if result.FunctionError != "Unhandled" || got.ErrorType != kind || got.ErrorMessage != text {
		t.Errorf("failed with %q, %s, want %q, %q, %q", result.FunctionError, result.Payload, "Unhandled", kind, text)
	}
}

func TestInvoke(t *testing.T) {
	f, _ := newFunction(t, nil)
	before := time.Now()
	result := invoke(t, f, `{"do":"echo","text":"grüße 🎉"}`)
	got := decode(t, result)
	if got.Text != "grüße 🎉" || result.FunctionError != "" {
		t.Errorf("answered %s, %q", result.Payload, result.FunctionError)
	}
	if uuid := regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`); !uuid.MatchString(result.RequestID) {
		t.Errorf("request id %q is no UUID", result.RequestID)
	}
	if got.RequestID != result.RequestID {
		t.Errorf("the function saw request id %q, want %q", got.RequestID, result.RequestID)
	}
	if got.ARN != arn {
		t.Errorf("the function saw ARN %q, want %q", got.ARN, arn)
	}
	if trace := regexp.MustCompile(`^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$`); !trace.MatchString(got.TraceID) {
		t.Errorf("the function saw tracing header %q", got.TraceID)
	}
	deadline := time.UnixMilli(got.DeadlineMs)
	if deadline.Before(before.Add(time.Minute).Truncate(time.Millisecond)) || deadline.After(time.Now().Add(time.Minute)) {
		t.Errorf("the function saw deadline %v, want a minute from now", deadline)
	}
	if got.Dir != filepath.Dir(bootstrap) {
		t.Errorf("the function ran in %s, want %s", got.Dir, filepath.Dir(bootstrap))
	}
}

func TestInvokeReusesInstances(t *testing.T) {
	f, _ := newFunction(t, nil)
	first := invoke(t, f, `{"do":"echo"}`)
	if !first.ColdStart || first.Init <= 0 || first.Duration <= 0 {
		t.Errorf("first: cold start %t, init %v, duration %v", first.ColdStart, first.Init, first.Duration)
	}
	for i := 2; i <= 100; i++ {
		result := invoke(t, f, `{"do":"echo"}`)
		if got := decode(t, result); got.Count != i || result.ColdStart || result.Init != 0 {
			t.Fatalf("invocation %d: count %d, cold start %t, init %v", i, got.Count, result.ColdStart, result.Init)
		}
	}
}

func TestInvokeEnvironment(t *testing.T) {
	t.Setenv("SECRET_OF_THE_MACHINE", "1")
	f, _ := newFunction(t, func(o *runtimeapi.Options) {
		o.ARN = arn + ":live"
		o.MemoryMiB = 256
		o.Env = map[string]string{"TABLE_NAME": "todo", "TZ": "Europe/Vienna", "AWS_LAMBDA_RUNTIME_API": "elsewhere"}
	})
	env := decode(t, invoke(t, f, `{"do":"env"}`)).Env
	for _, want := range []string{
		"AWS_REGION=eu-west-1",
		"AWS_DEFAULT_REGION=eu-west-1",
		"AWS_LAMBDA_FUNCTION_NAME=Orders",
		"AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256",
		"AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/Orders",
		"LAMBDA_TASK_ROOT=" + filepath.Dir(bootstrap),
		"_HANDLER=bootstrap",
		"TABLE_NAME=todo",
		"TZ=Europe/Vienna",
	} {
		if !slices.Contains(env, want) {
			t.Errorf("%s is missing in %q", want, env)
		}
	}
	all := "\n" + strings.Join(env, "\n")
	if strings.Contains(all, "SECRET_OF_THE_MACHINE") {
		t.Error("the function sees this process's environment")
	}
	if stream := regexp.MustCompile(`\nAWS_LAMBDA_LOG_STREAM_NAME=\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}\n`); !stream.MatchString(all + "\n") {
		t.Errorf("no log stream in %q", env)
	}
}

func TestInvokeLog(t *testing.T) {
	f, out := newFunction(t, nil)
	invoke(t, f, `{"do":"say","text":"hello\nworld"}`)
	f.Close()
	const line = "eu-west-1 Orders: "
	if got, want := out.String(), strings.Repeat(line+"hello\n"+line+"world\n", 2); got != want {
		t.Errorf("logged %q, want %q", got, want)
	}
}

func TestInvokeLargePayloads(t *testing.T) {
	f, _ := newFunction(t, nil)
	frame := len(`{"do":"echo","text":""}`)
	text := strings.Repeat("x", 6<<20-frame)
	if got := decode(t, invoke(t, f, `{"do":"echo","text":"%s"}`, text)); !strings.HasPrefix(got.ErrorMessage, "Response payload size exceeded") {
		t.Errorf("answered %.100v, want that request and context together are too large for a response", got)
	}
	if got := invoke(t, f, `{"do":"large","size":%d}`, 6<<20); len(got.Payload) < 6<<20 || got.FunctionError != "" {
		t.Errorf("answered %d bytes, %q", len(got.Payload), got.FunctionError)
	}
	_, err := f.Invoke(t.Context(), make([]byte, 6<<20+1))
	if !errors.Is(err, runtimeapi.ErrRequestTooLarge) {
		t.Errorf("invoked with 6 MiB and a byte: %v, want %v", err, runtimeapi.ErrRequestTooLarge)
	}
}

func BenchmarkInvoke(b *testing.B) {
	f, err := runtimeapi.New(runtimeapi.Options{Binary: bootstrap, ARN: arn})
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	for b.Loop() {
		if _, err := f.Invoke(b.Context(), []byte(`{"do":"echo"}`)); err != nil {
			b.Fatal(err)
		}
	}
}
