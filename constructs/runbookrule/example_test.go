package runbookrule_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
	"github.com/warmstandby/warmstandby/constructs/lifecyclebus"
	"github.com/warmstandby/warmstandby/constructs/runbook"
	"github.com/warmstandby/warmstandby/constructs/runbookrule"
)

// The example of Arpio's document: run a script on every Linux server that is recovered for a failover.
func ExampleNewScript() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Recovery"), nil)
	bus := lifecyclebus.New(stack, "Bus", &lifecyclebus.Props{ArpioAccountID: "RQDLgR8ar2ipEV0VbfQLno"})

	hello := runbookrule.NewScript(stack, "Hello", &runbookrule.ScriptProps{
		Bus: bus.EventBus(),
		Script: runbook.ScriptProps{
			Description: "Append the time to a file on a recovered server",
			Commands:    []string{`date -u +"Hello at time %Y-%m-%d %H:%M:%S" >> /tmp/hello.txt`},
			InstanceTag: runbook.Tag{Key: "Recovery", Value: "hello"},
		},
	})

	fmt.Println(len(hello.Runbook().Document().Steps), "steps")
	// Output: 3 steps
}

// A runbook that exists, for tests as well as failovers.
func ExampleNew() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Recovery"), nil)
	bus := lifecyclebus.New(stack, "Bus", &lifecyclebus.Props{ArpioAccountID: "RQDLgR8ar2ipEV0VbfQLno"})
	configure := runbook.NewScript(stack, "Configure", &runbook.ScriptProps{
		Commands:    []string{"/opt/app/configure"},
		InstanceTag: runbook.Tag{Key: "Recovery", Value: "app"},
	})
	pattern := runbookrule.RecoveredServers()
	pattern.RestorePhases = append(pattern.RestorePhases, lifecycle.FailoverTest)

	rule := runbookrule.New(stack, "ConfigureRecovered", &runbookrule.Props{
		Bus:        bus.EventBus(),
		Pattern:    pattern,
		Runbook:    configure,
		Parameters: map[string]lifecycle.Path{"InstanceId": lifecycle.PathRecoveryResourceID},
	})

	fmt.Println(rule.Runbook() == configure, *rule.DeadLetters().Node().Path())
	// Output: true Recovery/ConfigureRecovered/DeadLetters
}
