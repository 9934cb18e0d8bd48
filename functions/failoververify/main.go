// Command failoververify is the Lambda function that checks, after a move, that the Region serves.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/warmstandby/warmstandby/internal/failover/pipelineaction"
	"github.com/warmstandby/warmstandby/internal/failover/pipelinefunction"
)

func main() {
	pipelinefunction.Start(func(f *pipelinefunction.Function) lambda.Handler {
		return f.Action(pipelineaction.Verify{Engines: f.Engine})
	})
}
