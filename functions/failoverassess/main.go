// Command failoverassess is the Lambda function that says whether the application can be moved. It changes nothing.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/warmstandby/warmstandby/internal/failover/pipelineaction"
	"github.com/warmstandby/warmstandby/internal/failover/pipelinefunction"
)

func main() {
	pipelinefunction.Start(func(f *pipelinefunction.Function) lambda.Handler {
		return f.Action(pipelineaction.Assess{Engines: f.Engine})
	})
}
