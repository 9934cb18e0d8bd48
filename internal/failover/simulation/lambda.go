package simulation

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/warmstandby/warmstandby/constructs/regioncheck"
	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/failover"
)

// lambdaClient is a Region's Lambda, with the application's function that checks the Region.
type lambdaClient struct {
	*caller

	role topology.Role
}

var _ failover.Lambda = lambdaClient{}

// checkTime is how long a check takes.
const checkTime = 30 * time.Millisecond

// Invoke reads or writes as the application does.
func (c lambdaClient) Invoke(ctx context.Context, in *lambda.InvokeInput, _ ...func(*lambda.Options)) (*lambda.InvokeOutput, error) {
	request, known, err := regioncheck.Parse(in.Payload)
	if !known || err != nil || aws.ToString(in.FunctionName) != "check-"+string(c.role) {
		return nil, fmt.Errorf("unexpected invocation of %s with %s", aws.ToString(in.FunctionName), in.Payload)
	}
	k := call{service: "lambda", operation: "Invoke", region: regions[c.role], extra: checkTime, writes: request.Check == regioncheck.Write}
	return carry(ctx, c.caller, k, func(s *awssim.State) (*lambda.InvokeOutput, error) {
		if message := c.trouble(s, k.writes); message != "" {
			return &lambda.InvokeOutput{
				StatusCode: 200, FunctionError: aws.String("Unhandled"), Payload: []byte(marshal(map[string]string{"errorMessage": message})),
			}, nil
		}
		answer := regioncheck.Answer{Region: regions[c.role], Role: regioncheck.Reader}
		if c.w.writable(s, c.role) {
			answer.Role = regioncheck.Writer
		}
		return &lambda.InvokeOutput{StatusCode: 200, Payload: []byte(marshal(answer))}, nil
	})
}

// trouble says why a check fails, or is empty.
func (c lambdaClient) trouble(s *awssim.State, writes bool) string {
	switch {
	case !proxyHas(s, c.role, false):
		return "the proxy has no target"
	case writes && !c.w.writable(s, c.role):
		return "the database is read-only"
	}
	return ""
}
