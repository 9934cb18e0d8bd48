package cdkgo

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Env is m as the environment of a Lambda function or a build project. Tokens survive, because they are strings.
func Env(m map[string]string) *map[string]*string {
	env := make(map[string]*string, len(m))
	for k, v := range m {
		env[k] = jsii.String(v)
	}
	return &env
}

// Must panics with err, if there is one, after naming the construct that could not be defined: its kind, such as
// "network", and its path. Constructors call it once, with everything that is wrong with their props.
func Must(kind string, scope constructs.Construct, id string, err error) {
	if err == nil {
		return
	}
	path := id
	if p := *scope.Node().Path(); p != "" {
		path = p + "/" + id
	}
	panic(fmt.Errorf("%s %s: %w", kind, path, err))
}

// RetainAfterCreation is policy, except that RETAIN no longer keeps a resource whose stack fails at its creation and is rolled
// back. It is meant for resources that would be in the way of the next attempt, for example because their names are fixed.
//
// See https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
func RetainAfterCreation(policy awscdk.RemovalPolicy) awscdk.RemovalPolicy {
	if policy == awscdk.RemovalPolicy_RETAIN {
		return awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE
	}
	return policy
}

// Unresolved reports whether s holds a token, whose value is not known before deployment and cannot be checked.
func Unresolved(s string) bool {
	return *awscdk.Token_IsUnresolved(jsii.String(s))
}
