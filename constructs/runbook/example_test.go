package runbook_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/runbook"
	"github.com/warmstandby/warmstandby/constructs/runbook/document"
)

// A script that runs on one recovered server.
func ExampleNewScript() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Recovery"), nil)
	hello := runbook.NewScript(stack, "Hello", &runbook.ScriptProps{
		Description: "Append the time to a file",
		Commands:    []string{`date -u +"Hello at time %Y-%m-%d %H:%M:%S" >> /tmp/hello.txt`},
		InstanceTag: runbook.Tag{Key: "Recovery", Value: "web"},
	})
	for _, step := range hello.Document().Steps {
		fmt.Println(step.Name, step.Action)
	}
	// Output:
	// startInstance aws:changeInstanceState
	// waitForAgent aws:waitForAwsResourceProperty
	// runScript aws:runCommand
}

// Steps of one's own: the script runs on all servers that carry a tag, on a tenth of them at the same time.
func ExampleNew() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Recovery"), nil)
	warm := runbook.New(stack, "Warm", &runbook.Props{
		InstanceTag: runbook.Tag{Key: "Recovery", Value: "web"},
		Steps: []document.Step{
			document.RunShellScript("warmCaches", document.Script{
				Targets:        []document.Target{{Key: "tag:Recovery", Values: []string{"web"}}},
				Commands:       []string{"/opt/app/warm-caches"},
				MaxConcurrency: "10%",
				MaxErrors:      "1",
			}),
		},
	})

	for _, step := range warm.Document().Steps {
		fmt.Println(step.Name, step.Action)
	}
	// Output: warmCaches aws:runCommand
}
