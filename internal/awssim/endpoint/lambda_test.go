package endpoint_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// echo answers with the version and the payload.
func echo(_ context.Context, version string, payload []byte) (awssim.InvokeResult, error) {
	return awssim.InvokeResult{
		Payload: fmt.Appendf(nil, `{"version":%q,"got":%s}`, version, payload),
		Log:     []byte(strings.Repeat("x", 5000) + "END"),
	}, nil
}

func putFunction(f *fixture, name string, run awssim.InvokeFunc) {
	f.in(primary, func(r *awssim.Region) {
		r.CreateFunction(awssim.Function{Name: name, Runtime: "provided.al2023", Timeout: 3, Environment: map[string]string{"A": "b"}, Invoke: run})
		r.PublishVersion(name)
		r.PutAlias(name, awssim.Alias{Name: "live", Version: "1"})
	})
}

func TestInvoke(t *testing.T) {
	f := newFixture(t)
	putFunction(f, "echo", echo)
	client := lambda.NewFromConfig(f.config(primary))
	const arn = "arn:aws:lambda:us-east-1:123456789012:function:echo"
	for name, version := range map[string]string{
		"echo": "$LATEST", "echo:live": "1", arn: "$LATEST", arn + ":1": "1", account + ":function:echo": "$LATEST",
	} {
		out := must(client.Invoke(t.Context(), &lambda.InvokeInput{
			FunctionName: &name, Payload: []byte(`{"a":1}`), LogType: types.LogTypeTail,
		}))(t)
		equal(t, name, string(out.Payload), fmt.Sprintf(`{"version":%q,"got":{"a":1}}`, version))
		equal(t, "executed", *out.ExecutedVersion, version)
		equal(t, "error", out.FunctionError, nil)
		log := must(base64.StdEncoding.DecodeString(*out.LogResult))(t)
		equal(t, "log", len(log) == 4096 && bytes.HasSuffix(log, []byte("END")), true)
	}
	for _, name := range []string{"none", "echo:2", "arn:aws:lambda:us-east-2:123456789012:function:echo"} {
		_, err := client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: &name})
		f.wantCode(err, "ResourceNotFoundException")
	}
	_, err := client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("echo"), Payload: []byte("{")})
	f.wantCode(err, "InvalidRequestContentException")
	_, err = client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("echo"), Payload: make([]byte, 6<<20+1)})
	f.wantCode(err, "RequestTooLargeException")
	_, err = client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("echo"), InvocationType: "Odd"})
	f.wantCode(err, "InvalidParameterValueException")
}

func TestInvokeThatFails(t *testing.T) {
	f := newFixture(t)
	client := lambda.NewFromConfig(f.config(primary))
	putFunction(f, "bad", func(context.Context, string, []byte) (awssim.InvokeResult, error) {
		return awssim.InvokeResult{Payload: []byte(`{"errorMessage":"no"}`), FunctionError: "Unhandled"}, nil
	})
	out := must(client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("bad")}))(t)
	equal(t, "error", *out.FunctionError, "Unhandled")
	equal(t, "status", out.StatusCode, 200)
	equal(t, "log", out.LogResult, nil)
	putFunction(f, "busy", func(context.Context, string, []byte) (awssim.InvokeResult, error) {
		return awssim.InvokeResult{}, fmt.Errorf("run: %w", awssim.ErrThrottled)
	})
	_, err := client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("busy")})
	var throttled *types.TooManyRequestsException
	equal(t, "throttled", errors.As(err, &throttled) && throttled.Reason == types.ThrottleReasonConcurrentInvocationLimitExceeded, true)
	putFunction(f, "gone", func(context.Context, string, []byte) (awssim.InvokeResult, error) {
		return awssim.InvokeResult{}, errors.New("no such binary")
	})
	_, err = client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("gone")})
	f.wantCode(err, "ServiceException")
}

func TestInvokeWithoutWaiting(t *testing.T) {
	f := newFixture(t)
	payloads := make(chan string, 1)
	putFunction(f, "later", func(ctx context.Context, _ string, payload []byte) (awssim.InvokeResult, error) {
		payloads <- string(payload)
		<-ctx.Done() // ends with the handler
		return awssim.InvokeResult{}, ctx.Err()
	})
	client := lambda.NewFromConfig(f.config(primary))
	in := &lambda.InvokeInput{FunctionName: aws.String("later"), InvocationType: types.InvocationTypeDryRun}
	equal(t, "status", must(client.Invoke(t.Context(), in))(t).StatusCode, 204)
	in.InvocationType, in.Payload = types.InvocationTypeEvent, []byte(`{}`)
	equal(t, "status", must(client.Invoke(t.Context(), in))(t).StatusCode, 202)
	equal(t, "payload", <-payloads, "{}")
	in.Payload = make([]byte, 1<<20+1)
	_, err := client.Invoke(t.Context(), in)
	f.wantCode(err, "RequestTooLargeException")
}

func TestGetFunction(t *testing.T) {
	f := newFixture(t)
	putFunction(f, "echo", echo)
	client := lambda.NewFromConfig(f.config(primary))
	out := must(client.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: aws.String("echo"), Qualifier: aws.String("live")}))(t)
	equal(t, "name", *out.Configuration.FunctionName, "echo")
	equal(t, "ARN", *out.Configuration.FunctionArn, "arn:aws:lambda:us-east-1:123456789012:function:echo:live")
	equal(t, "version", *out.Configuration.Version, "1")
	equal(t, "environment", out.Configuration.Environment.Variables["A"], "b")
	equal(t, "timeout", *out.Configuration.Timeout, 3)
	_, err := client.GetFunction(t.Context(), &lambda.GetFunctionInput{FunctionName: aws.String("none")})
	f.wantCode(err, "ResourceNotFoundException")
}

func TestListFunctions(t *testing.T) {
	f := newFixture(t)
	for i := range 5 {
		putFunction(f, fmt.Sprint("f", i), echo)
	}
	client := lambda.NewFromConfig(f.config(primary))
	var names []string
	pages := lambda.NewListFunctionsPaginator(client, &lambda.ListFunctionsInput{MaxItems: aws.Int32(2)})
	for pages.HasMorePages() {
		out := must(pages.NextPage(t.Context()))(t)
		equal(t, "page", len(out.Functions) <= 2, true)
		for _, fn := range out.Functions {
			names = append(names, *fn.FunctionName)
		}
	}
	equal(t, "names", strings.Join(names, " "), "f0 f1 f2 f3 f4")
	all := must(client.ListFunctions(t.Context(), &lambda.ListFunctionsInput{FunctionVersion: types.FunctionVersionAll}))(t)
	equal(t, "with versions", len(all.Functions), 10)
	_, err := client.ListFunctions(t.Context(), &lambda.ListFunctionsInput{Marker: aws.String("?")})
	f.wantCode(err, "InvalidParameterValueException")
	other := must(lambda.NewFromConfig(f.config(secondary)).ListFunctions(t.Context(), nil))(t)
	equal(t, "elsewhere", len(other.Functions), 0)
}
