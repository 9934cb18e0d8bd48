// Package cloudformation deploys a cloud assembly as CloudFormation would, into services that the caller simulates.
//
// [Deploy] takes the stacks in deployment order. For each it resolves the parameters, asserts the rules, decides the
// conditions, and hands one resource after another, in the order of their dependencies and with all properties resolved, to
// the [Provider] of its type. What the provider returns, the physical ID and the attributes, is what Ref and Fn::GetAtt give
// to the resources after it. The [Deployment] holds every stack with its parameters, resources and outputs.
//
// # What is like CloudFormation
//
// All intrinsic functions, pseudo parameters, parameter types and their constraints, exports and imports, outputs of other
// stacks, dynamic references, and the functions of the transform AWS::LanguageExtensions that CDK writes (Fn::ToJsonString,
// Fn::Length, the default value of Fn::FindInMap). Mistakes are errors, in CloudFormation's words where they are known, with
// the stack, the resource and the path of the value. Sources: the CloudFormation template reference, sections intrinsic
// functions and pseudo parameters, and the user guide's pages on parameters, rules, conditions, outputs and dynamic
// references, all under https://docs.aws.amazon.com/AWSCloudFormation/latest/.
//
// Resource types without a provider, functions and transforms that are not known, and references to nothing stop a
// deployment before anything of the stack is deployed; resource types do so before anything at all is.
//
// # What is not
//
//   - A deployment creates; it never updates, rolls back or deletes. DeletionPolicy, UpdateReplacePolicy, CreationPolicy and
//     UpdatePolicy are ignored, and so are a stack's tags.
//   - One resource is deployed at a time, independent ones by logical ID. CloudFormation works on many at once, so it may
//     bring to light a missing DependsOn that this order hides, and the other way round.
//   - A stack waits until the Systems Manager parameters that its own parameters name exist. CloudFormation fails instead,
//     so whoever deploys to AWS must know the order.
//   - Parameters of AWS's own types, such as AWS::EC2::VPC::Id, are text: nobody looks whether the VPC exists.
//   - Properties are not validated against the resource type's schema; that is up to the providers.
//   - Physical names and IDs that CloudFormation would draw at random are derived from the stack and the logical ID, so two
//     deployments of one assembly are alike.
//   - Fn::GetAZs gives three zones, a, b and c, for every Region.
//   - Patterns of parameters are Go's regular expressions; those with look-around are an error.
//   - Rules know Fn::Contains, Fn::EachMemberEquals and Fn::EachMemberIn, and the functions of conditions. Fn::RefAll,
//     Fn::ValueOf and Fn::ValueOfAll, which ask about AWS's own parameter types, are errors.
//   - Dynamic references are resolved in properties only, and ssm-secure is allowed in every property.
//   - Transforms other than AWS::LanguageExtensions, Fn::Transform and Fn::ForEach are errors.
package cloudformation
