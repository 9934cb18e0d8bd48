package notificationrule_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
	"github.com/warmstandby/warmstandby/constructs/lifecyclebus"
	"github.com/warmstandby/warmstandby/constructs/notificationrule"
)

// An email for every resource that could not be restored.
func ExampleNew() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Recovery"), nil)
	bus := lifecyclebus.New(stack, "Bus", &lifecyclebus.Props{ArpioAccountID: "RQDLgR8ar2ipEV0VbfQLno"})

	failures := notificationrule.New(stack, "Failures", &notificationrule.Props{
		Bus: bus.EventBus(),
		Pattern: lifecycle.Pattern{
			Types:  []lifecycle.EventType{lifecycle.ResourceUpsert},
			States: []lifecycle.State{lifecycle.Failed},
		},
		Message: "Arpio could not restore <primary-resource-arn> in <recovery-region> (<restore-phase>)",
		Emails:  []string{"on-call@example.com"},
	})

	fmt.Println(len(failures.Statements()), "statements for other accounts")
	// Output: 0 statements for other accounts
}
