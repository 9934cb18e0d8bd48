// Command bootstrap is a Lambda function that does what its event says, for tests.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type event struct {
	Do   string `json:"do"`
	Text string `json:"text"`
	Size int    `json:"size"`
}

type answer struct {
	Text       string   `json:"text,omitempty"`
	Env        []string `json:"env,omitempty"`
	Dir        string   `json:"dir,omitempty"`
	RequestID  string   `json:"requestId,omitempty"`
	ARN        string   `json:"arn,omitempty"`
	TraceID    string   `json:"traceId,omitempty"`
	DeadlineMs int64    `json:"deadlineMs,omitempty"`
	Count      int      `json:"count,omitempty"`
}

type failure struct{ text string }

func (f failure) Error() string { return f.text }

var count int

func main() {
	switch mode, argument, _ := strings.Cut(os.Getenv("INIT"), " "); mode {
	case "exit":
		fmt.Fprintln(os.Stderr, "cannot start")
		os.Exit(7)
	case "hang":
		<-hang()
	case "error":
		post("init/error", `{"errorType":"Config","errorMessage":"`+argument+`"}`)
		os.Exit(1)
	case "once":
		if os.Mkdir(argument, 0o700) == nil {
			os.Exit(8)
		}
	case "wrong":
		fmt.Println(post("invocation/unknown/response", "{}"), post("invocation/unknown/error", "{}"), post("nothing", "{}"))
	}
	lambda.Start(handle)
}

// hang is a channel that nobody ever writes to.
func hang() chan struct{} { return make(chan struct{}) }

func handle(ctx context.Context, e event) (answer, error) {
	count++
	switch e.Do {
	case "echo":
		lc, _ := lambdacontext.FromContext(ctx)
		deadline, _ := ctx.Deadline()
		dir, err := os.Getwd()
		return answer{
			e.Text, nil, dir, lc.AwsRequestID, lc.InvokedFunctionArn, os.Getenv("_X_AMZN_TRACE_ID"),
			deadline.UnixMilli(), count,
		}, err
	case "env":
		return answer{Env: os.Environ()}, nil
	case "error":
		return answer{}, failure{e.Text}
	case "panic":
		panic(e.Text)
	case "exit":
		fmt.Print("last words")
		os.Exit(e.Size)
	case "kill":
		self, _ := os.FindProcess(os.Getpid())
		return answer{}, errors.Join(self.Kill(), <-make(chan error))
	case "hang":
		<-hang()
	case "large":
		return answer{Text: strings.Repeat("x", e.Size)}, nil
	case "say":
		fmt.Println(e.Text)
		fmt.Fprintln(os.Stderr, e.Text)
	case "meet":
		return answer{Text: e.Text}, meet(e.Text)
	case "again":
		fmt.Println(get("invocation/next"))
	case "dieLater":
		go meetAndExit(e.Text)
	}
	return answer{Count: count}, nil
}

// meet connects to somebody, and waits until they hang up.
func meet(address string) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, conn)
	return err
}

func meetAndExit(address string) {
	_ = meet(address)
	os.Exit(9)
}

func get(path string) int {
	resp, err := http.Get("http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/" + path)
	if err != nil {
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}

func post(path, body string) int {
	resp, err := http.Post("http://"+os.Getenv("AWS_LAMBDA_RUNTIME_API")+"/2018-06-01/runtime/"+path, "application/json",
		strings.NewReader(body))
	if err != nil {
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}
