// Package simulation plays histories of package recoverytest on what the recovery stack's template defines, and checks what comes of
// them.
//
//	stack, err := simulation.Read(template)
//	report, err := stack.Run(recoverytest.New(seed), nil)
//
// The template is deployed to simulated AWS. Events go through its rules, input transformers, roles, retry policies and dead-letter
// queues, which package eventbridge delivers with; through its runbook and the role of that, which package automation runs; and
// through the code of its DNS function, which calls simulated DynamoDB and Route 53 with the permissions of its role. Only the shell
// of servers is not a real one, unless a caller adds one: see [Shell].
//
// Targets fail: for a while, for ever, and after they have done what was asked. Calls of the function fail, too. A person looks
// after dead letters before a failback and in the end: those of the DNS function are sent to it again.
//
// # What must hold
//
//   - A rule selects the events that it is for, and no others. What these are follows from the history, and not from the pattern.
//   - Each selected event is delivered, or in a dead-letter queue as it was; a failure that AWS tells of is counted, and nothing is
//     dropped that could be delivered.
//   - A server runs the runbook's script and no other, only if it was recovered for a failover, and with one effect.
//   - An automation gets the parameters that its rule has, and no others.
//   - Records are changed by a complete failover or by a request to go back, and each change changes something. No event changes
//     them twice. When nothing was lost, traffic is where it must be in the end.
//
// # Time
//
// Run must be called in a bubble of testing/synctest. An event's time is the history's; the wait between events, and that of
// retries, is the bubble's. The seed decides history, faults and waits; in which order things happen that happen at once
// is the Go scheduler's choice.
//
// # What is left out
//
// Dead-letter queues do not fail: where they do, AWS counts the event and nobody has it. Placeholders in DNS records, which the
// template has none of: package dns has a simulation of its own for them.
package simulation
