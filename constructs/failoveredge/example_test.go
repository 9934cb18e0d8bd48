package failoveredge_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"
	"github.com/warmstandby/warmstandby/constructs/failoveredge"
)

func ExampleNew() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), nil)
	failoveredge.New(stack, "Edge", &failoveredge.Props{
		Primary:   failoveredge.Origin{Region: "eu-west-1", DomainName: "a1.execute-api.eu-west-1.amazonaws.com", OriginPath: "/prod"},
		Secondary: failoveredge.Origin{Region: "eu-central-1", DomainName: "b2.execute-api.eu-central-1.amazonaws.com", OriginPath: "/prod"},
	})

	template := *assertions.Template_FromStack(stack, nil).ToJSON()
	for _, r := range template["Resources"].(map[string]any) {
		properties, _ := r.(map[string]any)["Properties"].(map[string]any)
		config, ok := properties["DistributionConfig"].(map[string]any)
		if !ok {
			continue
		}
		for _, origin := range config["Origins"].([]any) {
			fmt.Println(origin.(map[string]any)["Id"], origin.(map[string]any)["DomainName"])
		}
	}
	// Output:
	// pri a1.execute-api.eu-west-1.amazonaws.com
	// secd b2.execute-api.eu-central-1.amazonaws.com
}

// The role of whatever moves the traffic needs the store and nothing else of CloudFront.
func ExampleEdge_GrantSwitch() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), nil)
	edge := failoveredge.New(stack, "Edge", &failoveredge.Props{
		Primary:   failoveredge.Origin{Region: "eu-west-1", DomainName: "a1.execute-api.eu-west-1.amazonaws.com"},
		Secondary: failoveredge.Origin{Region: "eu-central-1", DomainName: "b2.execute-api.eu-central-1.amazonaws.com"},
	})
	operator := awsiam.NewRole(stack, jsii.String("Operator"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewAccountRootPrincipal(),
	})
	grant := edge.GrantSwitch(operator)
	for _, action := range *(*grant.PrincipalStatements())[0].Actions() {
		fmt.Println(*action)
	}
	// Output:
	// cloudfront-keyvaluestore:DescribeKeyValueStore
	// cloudfront-keyvaluestore:GetKey
	// cloudfront-keyvaluestore:ListKeys
	// cloudfront-keyvaluestore:PutKey
	// cloudfront-keyvaluestore:DeleteKey
	// cloudfront-keyvaluestore:UpdateKeys
}
