// Package eventbridge delivers events: it takes what the buses of simulated AWS have taken to the targets of the rules that match.
//
//	engine := eventbridge.New(eventbridge.Options{Cloud: cloud, Caller: handler})
//	defer engine.Close()
//	cloud.SetRunners(awssim.Runners{Deliver: engine.Deliver, Replay: engine.Replay})
//
// Everything comes from the synthesized template: the pattern, which package eventpattern matches; what a target gets, which
// is the event, a part of it, a constant, or what an input transformer makes of it; the role that EventBridge assumes for the
// target, which must trust events.amazonaws.com and allow the call; or else the target's own policy, for the rule's ARN; the retry
// policy, and the dead-letter queue, whose policy must let EventBridge send. A call goes through the AWS endpoint, and is
// decided by its policies, as anybody's.
//
// # What is delivered how
//
// Sources are the EventBridge user guide, "Event bus targets in Amazon EventBridge", "Amazon EventBridge input transformation",
// "How EventBridge retries delivering events", "Using dead-letter queues to process undelivered events" and "Monitoring Amazon
// EventBridge", and the API reference.
//
//   - A failure that a retry may cure (throttling, a fault of the target's service) is retried with exponential back-off and jitter,
//     until the target's retry policy says stop. Any other, such as a missing permission or a target that does not exist, is
//     not retried. AWS documents no intervals; those of [backoff] are assumed.
//   - What could not be delivered goes to the dead-letter queue as the event it was, with the attributes RULE_ARN, TARGET_ARN,
//     ERROR_CODE, ERROR_MESSAGE, RETRY_ATTEMPTS and, if retries were exhausted, EXHAUSTED_RETRY_CONDITION. Without a queue, it is lost.
//   - Rules with a rate get an event of source aws.events each time, as much more often than in AWS as the cloud is faster, but no more
//     often than each 5 seconds ([Engine.RunSchedules]).
//   - The metrics are MatchedEvents, TriggeredRules, Invocations, InvocationAttempts, RetryInvocationAttempts, FailedInvocations,
//     InvocationsSentToDlq and InvocationsFailedToBeSentToDlq, by rule, and by bus too where it is not the default one.
//   - Targets are Systems Manager automations, Lambda functions, SNS topics, SQS queues and log groups. Automations are
//     started with the input's members as parameters, each of which must be a list of texts.
//
// # Input transformers
//
// The user guide says that EventBridge does not escape values that it puts into a template, and that it adds the quotes which
// a text needs outside of a string. Read literally, a value with a quotation mark can end the string that it stands in, and bring
// members of its own with it. That is what is done here, because it is the worst of what AWS may do: what withstands it here
// withstands it there. See [Transform].
//
// # What is left out
//
// Order: two events may arrive in any order, as in AWS. Lambda's own retries of asynchronous invocations. Targets in other accounts
// and Regions, API destinations, and targets of other types, which package provision refuses. Schedules but rates, which it refuses too.
// Bus policies beyond the account, encryption of buses, throttling.
package eventbridge
