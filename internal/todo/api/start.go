package api

import (
	"log/slog"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/warmstandby/warmstandby/functions/env"
)

// Start runs the Lambda function that build returns; it is all that a function's main does. The environment comes
// through getenv. Where build fails, for example because a variable is missing, Start says why and exits with 1, which
// Lambda reports as an initialization error. Logs are JSON lines on standard error.
func Start(build func(getenv func(string) string, log *slog.Logger) (*Function, error)) {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	f, err := build(os.Getenv, log)
	if err != nil {
		log.Error("start", "error", err.Error())
		os.Exit(1)
	}
	f.AllowOrigins = strings.FieldsFunc(os.Getenv(env.AllowOrigins), func(r rune) bool { return r == ',' })
	lambda.Start(f)
}
