// Command failovermove is the Lambda function that moves the application to another Region. It is the only one that changes
// anything.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/warmstandby/warmstandby/internal/failover/pipelineaction"
	"github.com/warmstandby/warmstandby/internal/failover/pipelinefunction"
)

func main() {
	pipelinefunction.Start(func(f *pipelinefunction.Function) lambda.Handler {
		return f.Action(pipelineaction.Move{Engines: f.Engine})
	})
}
