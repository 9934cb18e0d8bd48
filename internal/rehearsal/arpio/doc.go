// Package arpio plays recoveries of Arpio's on the lifecycle bus of an application that is up, and looks at what came of them.
//
// [Replay] puts recorded events on the bus, in their order and at their pace or faster, and says of each which rules matched, why
// others did not, and what ran. [Failover] makes up a recovery of 200 resources and a failback, and checks what they must and must not lead
// to.
//
// Both know the application only by what AWS shows: events go through PutEvents, and what came of them is read from the
// executions of automations, from metrics, from the archive, from DNS records, and by commands on the instances themselves. So both work against
// anything that speaks AWS's protocols. Why a rule does not match is worked out here, by package eventpattern.
package arpio
