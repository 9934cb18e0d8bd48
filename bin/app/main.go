// Command app is the CDK app that cdk.json runs: it synthesizes the reference application, configured by CDK context and
// environment variables as package topology documents them.
package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/stacks"
)

func main() {
	stderr := os.Stderr
	err := synth()
	closeKernel()
	if err != nil {
		fmt.Fprintln(stderr, err)
		os.Exit(1)
	}
}

// synth defines the application and writes its cloud assembly. Constructs and CDK report mistakes by panicking; synth returns
// them, because a stack trace helps nobody who deploys.
func synth() (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	app := awscdk.NewApp(nil)
	config, err := topology.Read(func(key string) any { return app.Node().TryGetContext(&key) }, os.Getenv)
	if err != nil {
		return err
	}
	stacks.NewApplication(app, config)
	app.Synth(nil)
	return nil
}

// closeKernel ends jsii's Node.js process and removes its files. From then on os.Stderr leads nowhere: jsii waits for its
// process twice, at the same time, and prints that one of the two found no process.
func closeKernel() {
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = null
	}
	jsii.Close()
}
