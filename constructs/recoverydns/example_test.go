package recoverydns_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/lifecyclebus"
	"github.com/warmstandby/warmstandby/constructs/recoverydns"
	"github.com/warmstandby/warmstandby/constructs/recoverydns/dnsplan"
)

// The API gets an id when it is recovered; the load balancer stands by under a name that is known.
func ExampleNew() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Recovery"), nil)
	bus := lifecyclebus.New(stack, "Bus", &lifecyclebus.Props{ArpioAccountID: "RQDLgR8ar2ipEV0VbfQLno"})
	const application = "hSN9jWjSCtEY7UdRJRslwo"

	dns := recoverydns.New(stack, "Dns", &recoverydns.Props{
		Bus: bus.EventBus(),
		HostedZone: awsroute53.HostedZone_FromHostedZoneAttributes(stack, jsii.String("Zone"), &awsroute53.HostedZoneAttributes{
			HostedZoneId: jsii.String("Z0123456789ABCDEFGHIJ"), ZoneName: jsii.String("example.com"),
		}),
		Records: []dnsplan.Record{
			{
				Name: "api.example.com", Type: "CNAME", Application: application,
				Resource: "arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4e5",
				Primary:  dnsplan.Target{Values: []string{"a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"}},
				Recovery: dnsplan.Target{Values: []string{"{recovery-resource-id}.execute-api.{recovery-region}.amazonaws.com"}},
			},
			{
				Name: "www.example.com", Type: "A", Application: application,
				Primary:  dnsplan.Target{AliasName: "web-1.us-east-1.elb.amazonaws.com", AliasZoneID: "Z35SXDOTRQ7X7K"},
				Recovery: dnsplan.Target{AliasName: "web-2.us-east-2.elb.amazonaws.com", AliasZoneID: "Z3AADJGX6KTTL2"},
			},
		},
	})

	fmt.Println(dns.UpsertRule() != nil, dnsplan.Failback(application))
	// Output: true {"action":"failback","application":"hSN9jWjSCtEY7UdRJRslwo"}
}
