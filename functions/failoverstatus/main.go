// Command failoverstatus is the Lambda function that measures, once a minute, which Region is active and whether writes are refused.
package main

import (
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/warmstandby/warmstandby/internal/failover/pipelinefunction"
	"github.com/warmstandby/warmstandby/internal/failover/watch"
)

func main() {
	pipelinefunction.Start(func(f *pipelinefunction.Function) lambda.Handler {
		return &watch.Watch{
			Region: f.Region, Documents: f.Documents, RDS: f.RDS(f.Region), HTTP: f.Edge(),
			Drills: func(bucket string) watch.Drills { return f.Store(bucket) },
			Now:    time.Now, Metrics: os.Stdout, Log: f.Log,
		}
	})
}
