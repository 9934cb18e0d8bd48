// Package dns points DNS records at what Arpio recovered, when a failover is complete, and back again on failback.
//
// # How a failover is told from everything else
//
// Arpio sends an ArpioRecoveryEnd event whenever it has updated the recovery environment: after a failover, a test, the
// conclusion of either, a recovery point and another try. What the event carries is a phase for each application. So a real
// failover of an application is complete when an end event says "failover" of it; "failover_test" is a test, and "standby" is a
// conclusion or a recovery point. Another try repeats "failover" under a new id and a new time, perhaps with replicas that
// replace others. The event-id is no help, because it may be the same for every recovery, and EventBridge delivers events late,
// in any order and more than once.
//
// An [Order] is therefore kept for each application, of times that only ever grow. The most important are of the newest end event
// that said failover, of the newest that said something else, and of the newest request to go back. An end event that says failover moves the
// records if
//
//   - none that says failover is newer; one of the same time is a repeat, or a retry after an error, and is applied again;
//   - none that says something else is as new;
//   - nobody went back since, nor from this failover while its conclusion is not known. Between failback and "Conclude Recovery" the
//     application is still in phase failover, and a click on "Try Again" must not move its traffic away from home. Such an
//     event fails, so that a person sees it. An end event with another phase, which the conclusion sends, and every recovery
//     point after it, ends that.
//
// A start event moves nothing and is not even kept.
//
// # What a record points at
//
// A target without placeholders is the plan's. Otherwise the newest upsert event of the record's resource in phase failover fills
// it. It is kept by the time and state of the event: of two of the same second, the one that is further on. When the end event
// comes, the resource must be done, and its event must be newer than the newest end event with another phase: an older
// one is about a replica of a failover before, which is gone. If that is not so, the upsert event is late, lost, or was never sent
// because nothing about the resource changed. The end event then fails, so that it is tried again and at last
// lies in the dead-letter queue for a person. Nothing is guessed. An upsert event that comes after the end event of its failover moves
// the resource's records itself, because the end event found an older replica, or all records, because it found none.
//
// # Exclusion
//
// End events and requests to go back take a lease in the same table, because reading the order, deciding and changing the records
// must not be interleaved with another invocation that does so. It lasts until the invocation's deadline. Who does not get
// it fails and is tried again. Upsert events need none unless they move records: each is one conditional write.
//
// # What is left out
//
// Names and addresses that events do not carry and that AWS does not make from an id are not looked up: of load balancers, and of
// instances. Records are changed with simple routing only; one with a set identifier is refused. Nobody waits until Route 53's
// servers all have a change.
package dns
