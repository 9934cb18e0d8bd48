package failoveredge

import (
	_ "embed" // edgeJS
	"encoding/json"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/jsii-runtime-go"
)

// maxCodeBytes is CloudFront's quota for a function's code, 10 KB.
const maxCodeBytes = 10_000

// edgeJS is the function's code, with placeholders for the Regions. It keeps to the syntax that "JavaScript runtime 2.0
// features for CloudFront Functions" lists.
//
//go:embed edge.js
var edgeJS string

// functionCode is the function's code for two Regions.
func functionCode(primary, secondary string) string {
	return strings.NewReplacer("'PRIMARY_REGION'", literal(primary), "'SECONDARY_REGION'", literal(secondary)).Replace(edgeJS)
}

// literal is s as a JavaScript string. A JSON string is one.
func literal(s string) string {
	data, err := json.Marshal(s)
	if err != nil {
		panic(err) // every string has a JSON form
	}
	return string(data)
}

func (e *Edge) defineFunction(p Props) awscloudfront.Function {
	return awscloudfront.NewFunction(e, jsii.String("Function"), &awscloudfront.FunctionProps{
		Code:          awscloudfront.FunctionCode_FromInline(jsii.String(functionCode(p.Primary.Region, p.Secondary.Region))),
		Comment:       jsii.String("Chooses the Region that serves a request"),
		KeyValueStore: e.store,
		Runtime:       awscloudfront.FunctionRuntime_JS_2_0(),
	})
}
