// Package notificationrule tells people and systems what Arpio announces, through Amazon SNS and SQS.
//
// A [Rule] is an EventBridge rule on Arpio's bus with a message that is made of the event:
//
//	Arpio's bus ──pattern──▶ Rule ──message──▶ topic ──▶ email, SMS
//	                          │            ├─▶ topics and queues, of other accounts too
//	                          └──undelivered──▶ dead-letter queue ──▶ alarm
//
// # The message
//
// [Props.Message] is one line in which names of fields in angle brackets stand for the event's values, as in "<recovery-resource-id>
// is <recovery-resource-state>". EventBridge does not escape what it puts there: a quote in a value would make the message unreadable
// for EventBridge, which would then drop it. So a message can hold fields whose form AWS or Arpio decide, and every selected event must
// carry them. Names of resources, which are free text, it cannot hold; ids and ARNs say which resource is meant.
//
// # Who receives it
//
// The rule's own topic is encrypted with a key of its own, takes messages over TLS only, from EventBridge and from CloudWatch alarms of
// this account. Whoever is subscribed by email must confirm that first. Topics and queues that exist are delivered to as a role;
// [Rule.Statements] are what their owners have to allow when they are in another account.
//
// # What is left out
//
// SMS in a Region where the account is in SNS's sandbox reaches verified numbers only. A topic or queue with a customer managed key also
// needs a statement in that key's policy, for kms:GenerateDataKey and kms:Decrypt.
//
// Sources: Amazon EventBridge User Guide, "Amazon EventBridge input transformation" and "Sending events to an AWS service in another
// account"; Amazon SNS Developer Guide, "Enable compatibility between event sources from AWS services and encrypted topics".
package notificationrule
