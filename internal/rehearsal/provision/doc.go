// Package provision creates what a cloud assembly deploys in simulated AWS.
//
// [Deploy] lets package cloudformation resolve the assembly's templates and creates each resource: its state in an
// [awssim.Cloud], where the AWS endpoint serves it from, and what only a rehearsal needs in the [World] that it returns.
// That is the functions with their code, the network with its security groups, the addresses that only AWS would resolve, and
// the properties that the data planes are made of.
//
//	world, err := provision.Deploy(ctx, assembly, provision.Options{Cloud: cloud, Seed: 1})
//	for _, f := range world.Functions { … }
//	err = world.Connects(f, "todos.proxy-abc.us-east-1.rds.amazonaws.com", 3306)
//
// A World does not change, so several goroutines may use it. Nothing here opens a connection, starts a goroutine, or waits.
//
// # Nothing is ignored by accident
//
// Resource types that are not known stop a deployment before anything is created, and so does a property that is not known,
// named with stack, logical ID and type. Types without bearing are in [NoBearing], each with its reason; properties
// without bearing are fields of type [properties.Ignored] in the struct of their resource, with the reason beside them.
// Properties of API Gateway are read by package apigateway, once everything is deployed, and those of distributions by package
// cloudfront.
//
// # What AWS refuses
//
// Some mistakes are found here because AWS finds them when it creates the resource: roles that the service may not assume, a
// function in a VPC whose role may not create network interfaces, groups and subnets of other VPCs, a secondary cluster with
// a user name or before the primary has an instance, scopes that no resource server has, names that are taken, and a custom
// resource whose role may not make the call.
//
// # What is simplified
//
//   - IDs that AWS draws at random are drawn from the seed, the stack and the logical ID. They are of AWS's form.
//   - There are no routes but those within a VPC, and no addresses but those of subnets: whoever is in a VPC reaches what is
//     in it and what has an interface endpoint there, as security groups allow, and nothing else. Whoever is in none reaches
//     all but what is in one. Network ACLs, gateways, peering and IPv6 are not modelled.
//   - Custom resources are not run. The one that is known, Custom::RegionalParameter, is carried out here, with its role's
//     policies.
//   - Managed policies are those of [managedPolicies], as AWS documented them.
package provision
