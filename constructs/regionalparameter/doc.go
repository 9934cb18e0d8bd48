// Package regionalparameter defines an SSM parameter in a Region that need not be the stack's own.
//
// Some facts of a Region are known to AWS only, once they exist: the id of an API, the ARN of a user pool. Another Region that
// needs such a fact must not have to ask for it, because the Region that knows it may be gone. So the stack that knows it
// carries it there: a [Parameter] writes it into the Region where it will be read, when the stack is deployed and again when
// the fact changes. The stack that reads it refers to a parameter of its own Region.
//
// In the stack's own Region this is an ordinary AWS::SSM::Parameter. In another one it is a custom resource that may write and
// delete that one parameter and nothing else. The function behind it is shared by all custom resources of CDK's that make calls
// to AWS in the stack; its log is deleted with the stack.
package regionalparameter
