// Package lifecyclebus imports the EventBridge bus on which Arpio announces what it does in a recovery environment.
//
// Arpio's CloudFormation templates create the bus in the recovery account and Region. Its name ends in the Arpio account id, which is
// not an AWS account id. A [Bus] refers to it, and can define two things beside it: an archive, so that events can be replayed,
// and a log of all events.
//
//	Arpio ──▶ arpio-lifecycle-events-RQDLgR8ar2ipEV0VbfQLno ──rules──▶ runbooks, notifications, functions
//	                                                        ├──▶ archive
//	                                                        └──▶ log
//
// Neither is between an event and what handles it: an archive or a log that fails delays nothing.
//
// # Removal
//
// Arpio's stack cannot be deleted while there are rules on its bus, and an archive is one too, by a rule that EventBridge manages.
// So whatever is attached to the bus belongs in a stack that is deleted before Arpio's.
//
// # What it never does
//
// It never defines, changes or deletes the bus, nor its policy. The log group has a resource policy of its own, of which an account has
// ten in a Region.
//
// Sources: Arpio, "Arpio Lifecycle Event Notifications"; Amazon EventBridge User Guide, "Archiving and replaying events" and
// "Using resource-based policies for Amazon EventBridge".
package lifecyclebus
