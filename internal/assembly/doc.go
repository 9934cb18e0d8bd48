// Package assembly reads a CDK cloud assembly: the directory, usually cdk.out, that synthesis leaves behind and that the
// CDK CLI deploys.
//
// [Read] returns every stack of the assembly and of the assemblies nested in it (one for each Stage) in deployment order,
// with its environment, template and file assets, and the report of the validation that ran during synthesis. It reads
// files only: no AWS account, no network and no jsii.
//
// Templates are kept as CloudFormation will receive them, intrinsic functions included. [Assembly.Follow] finds the resource
// that a value refers to, in its own template or in another stack's, and [Assembly.Text] renders a value as far as it is
// known before deployment. Conditions are not decided, and templates of CloudFormation nested stacks are not opened: CDK
// stores those as assets.
//
// Everything comes back in the same order each time. Errors name the file, and the artifact where there is one.
package assembly
