// Command failbackcheck is the Lambda function that a failback's runbook has look whether the application answers, and whether
// Arpio's extra access is there or gone.
package main

import (
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/warmstandby/warmstandby/internal/failbackcheck"
)

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	checker, err := failbackcheck.New(os.Getenv, log)
	if err != nil {
		log.Error("start", "error", err.Error())
		os.Exit(1)
	}
	lambda.Start(checker.Handle)
}
