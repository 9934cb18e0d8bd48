// Package iam decides whether AWS would allow a request, from the policies of the caller and of the resource.
//
// [Parse] compiles a policy document as it stands in a resolved template; it refuses what IAM would refuse and what it does
// not know, naming the statement and the element. [Decide] evaluates compiled policies for one [Request]. A refusal reads as
// AWS words it: see [Denied].
//
// # What is evaluated
//
// The evaluation is that of "Policy evaluation logic" and its sub-pages in the IAM user guide:
//
//   - everything is denied unless a statement allows it, and a statement that denies wins over all that allow;
//   - within an account it is enough that either an identity-based or a resource-based policy allows, between accounts both
//     must. The accounts are those in the caller's and the resource's ARN; an ARN that names none is of the caller's account;
//   - a resource-based policy that names an account, by number or as its root, delegates to the account: it allows what an
//     identity-based policy of that account allows too;
//   - role trust policies and KMS key policies must allow, whatever identity-based policies say;
//   - the root user may do everything in its own account that no resource-based policy denies.
//
// Elements follow the pages "IAM JSON policy elements" of the same guide: Principal and NotPrincipal, Action and NotAction,
// Resource and NotResource, Condition with every operator, the prefixes ForAnyValue and ForAllValues and the suffix
// IfExists, and policy variables with their default values (in documents of version 2012-10-17 only).
//
// Where the guide leaves something open, this package chooses:
//
//   - A policy variable without a value matches nothing, and a negated element or operator that meets one does not apply its
//     statement. The guide says that it "might cause the entire statement to be invalid".
//   - NotPrincipal exempts a caller only if all its principals are listed: the session, its role and its account. The guide
//     says that each of them must be listed.
//   - An operator without a set prefix holds for several values in the request if it holds for one of them; a negated one
//     holds if it holds for all.
//   - If several kinds of policies deny, the identity-based ones are named.
//
// # What is left out
//
// Service and resource control policies, permissions boundaries, session policies and VPC endpoint policies are not
// evaluated. Principals of the kinds Federated and CanonicalUser, and the unique IDs of deleted principals, are accepted and
// match nobody. Limits on a policy's size are not enforced, and neither is which actions, resources and condition keys
// belong together: an action that does not exist is accepted, as it is by IAM. The messages of refusals do not name the ARN
// of the policy that denies, which AWS adds for some services.
package iam
