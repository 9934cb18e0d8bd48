package runtimeapi_test

import (
	"context"
	"fmt"

	"github.com/warmstandby/warmstandby/internal/rehearsal/runtimeapi"
)

func ExampleFunction_Invoke() {
	f, err := runtimeapi.New(runtimeapi.Options{
		Binary: bootstrap,
		ARN:    "arn:aws:lambda:eu-west-1:123456789012:function:Orders",
	})
	if err != nil {
		panic(err)
	}
	defer f.Close()
	for _, event := range []string{`{"do":"count"}`, `{"do":"count"}`, `{"do":"error","text":"no such order"}`} {
		result, err := f.Invoke(context.Background(), []byte(event))
		if err != nil {
			panic(err)
		}
		fmt.Printf("%s cold=%t error=%q\n", result.Payload, result.ColdStart, result.FunctionError)
	}
	// Output:
	// {"count":1} cold=true error=""
	// {"count":2} cold=false error=""
	// {"errorMessage":"no such order","errorType":"failure"} cold=false error="Unhandled"
}
