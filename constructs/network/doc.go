// Package network defines a VPC without a way to the internet, for functions and a database.
//
//	            ┌─ application subnets ── functions, interface endpoints
//	VPC ────────┤
//	            └─ database subnets ───── database, proxy
//
// A [Network] has one application and one database subnet in each of its zones. None of them has a route out of the VPC: there is
// no internet gateway, and no NAT gateway to pay for and to depend on. What calls an AWS service from here needs an
// interface endpoint, see [Network.AddInterfaceEndpoint]. The flow log records all traffic in a log group.
//
// # Addresses
//
// The VPC's addresses are divided into sixteen equal blocks. The application subnets are the first, second and so on of them, and
// the database subnets the ninth, tenth and so on. So there is room for six zones, and subnets stay where they are when a zone
// is added. What spans the subnets may not be able to follow: the subnets of an RDS Proxy are fixed once it is deployed.
//
// # Zones
//
// Zones are taken by their position in the Region, at deployment: the app is synthesized without asking AWS, hence without
// credentials, and its template holds no names of one account. Which zones these are is up to the account. Where one of the
// first zones lacks a service that is needed, name the zones in [Props.AvailabilityZones].
//
// # What a Network never does
//
// It never gives a public address and never routes to another network. It leaves the default security group of its VPC as AWS
// makes it, because only a custom resource could change that; nothing that this module defines is in that group.
package network
