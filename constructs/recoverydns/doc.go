// Package recoverydns defines a Lambda function that points Route 53 records at what Arpio recovered, when a failover is complete,
// and back again on failback.
//
// A [Switch] is two rules on Arpio's bus, the function, and a table in which the function keeps the order of events. Records move on
// ArpioRecoveryEnd events that say "failover" of their application; a test, a conclusion, a recovery point and a start move
// nothing, an older event does not override a newer one, and a repeat changes nothing. All records of an application move
// together, or none does. What a record points at is in its [dnsplan.Record], which also says what can be filled in from events.
//
// Going back is asked for: a runbook, or a person, invokes the function with [dnsplan.Failback]. It comes before "Conclude
// Recovery", and until an end event says that the recovery was concluded, another try of it no longer moves the records.
//
// The function may change the records that it is given, in the one hosted zone, with UPSERT, and nothing else. What it cannot do it
// tries again; then the event lies in a dead-letter queue, and an alarm goes off. Read the error there, mend what is wrong, and
// send the event again, or invoke the function with it.
//
// Use it in the recovery environment, and with a hosted zone of the same account. Route 53's API, unlike its name servers, depends on
// one Region, us-east-1. Who must be able to move while that Region is gone uses failover records and health checks instead.
//
// The function is built from this module, with the modules that it needs. An app of another module that uses this construct
// keeps them in its go.mod with:
//
//	go get -tool github.com/warmstandby/warmstandby/functions/recoverydns
package recoverydns
