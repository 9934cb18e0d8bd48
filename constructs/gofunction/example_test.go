package gofunction_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/gofunction"
)

func ExampleNew() {
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("Shop"), nil)

	hello := gofunction.New(stack, "Hello", &gofunction.Props{
		ImportPath:  "github.com/warmstandby/warmstandby/constructs/gofunction/testdata/hello",
		Environment: map[string]string{"GREETING": "hello"},
	})

	fmt.Println(*hello.Alias().AliasName())
	// Output: live
}
