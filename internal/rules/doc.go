// Package rules finds what is wrong in a synthesized application and what no validator of templates sees: mistakes that
// CloudFormation accepts and a service refuses in the middle of a deployment, or that nothing refuses until the day the
// standby Region is needed.
//
// A [Rule] is a pure function over a whole cloud assembly, because many mistakes lie between stacks: a secondary database
// that is smaller than its primary, or a function whose security group the other stack's database does not admit. [All]
// lists the rules, one in each file; [Check] runs them.
//
// A finding is either mended or acknowledged. An [Acknowledgement] names the rule, the stack, the resource and the reason;
// one that no longer matches anything is a finding itself, so that the list never outlives its reasons.
//
// Rules look at what the templates say. A value that is known only after deployment is left alone rather than guessed at,
// and so is what is inside CloudFormation nested stacks.
package rules
