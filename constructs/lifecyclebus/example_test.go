package lifecyclebus_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/lifecyclebus"
)

func ExampleNew() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Recovery"), nil)
	bus := lifecyclebus.New(stack, "Bus", &lifecyclebus.Props{
		ArpioAccountID: "RQDLgR8ar2ipEV0VbfQLno",
		ArchiveDays:    90,
		LogRetention:   awslogs.RetentionDays_ONE_MONTH,
	})
	fmt.Println(*bus.EventBus().EventBusName())
	// Output: arpio-lifecycle-events-RQDLgR8ar2ipEV0VbfQLno
}
