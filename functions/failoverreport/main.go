// Command failoverreport is the Lambda function that writes the report of a run, however that ended.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/warmstandby/warmstandby/internal/failover/pipelineaction"
	"github.com/warmstandby/warmstandby/internal/failover/pipelinefunction"
)

func main() {
	pipelinefunction.Start(func(f *pipelinefunction.Function) lambda.Handler {
		runs := func(bucket string) pipelineaction.Runs { return f.Store(bucket) }
		return f.Action(pipelineaction.Report{Region: f.Region, Runs: runs, Executions: f.CodePipeline(), Log: f.Log})
	})
}
