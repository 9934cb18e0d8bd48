package recoveryfailback_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/recoveryfailback"
)

func ExampleNew() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Recovery"), nil)
	failback := recoveryfailback.New(stack, "Failback", &recoveryfailback.Props{
		Application:   "Shop",
		PrimaryRegion: "us-east-1",
		Emails:        []string{"on-call@example.com"},
	})
	for _, step := range failback.Runbook().Document().Steps[:4] {
		fmt.Println(step.Name, step.Action)
	}
	// Output:
	// begin aws:branch
	// primaryReady aws:approve
	// testFailback aws:approve
	// confirmTest aws:approve
}
