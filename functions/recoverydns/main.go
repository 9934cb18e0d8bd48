// Command recoverydns is the Lambda function that points DNS records at what Arpio recovered, and back again.
package main

import (
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/warmstandby/warmstandby/internal/recovery/dns"
)

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	handler, err := dns.New(os.Getenv, log)
	if err != nil {
		log.Error("start", "error", err.Error())
		os.Exit(1)
	}
	lambda.Start(handler.Handle)
}
