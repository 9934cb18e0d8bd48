// Package lifecycle is what Arpio announces while it rebuilds applications in a recovery environment: the events on its
// EventBridge bus, the patterns that select them, and the paths of their fields.
//
// It is plain Go, without CDK: a stack renders its rules from a [Pattern], and a Lambda function behind such a rule takes an
// [Event].
//
//	pattern := lifecycle.Pattern{
//		Types:         []lifecycle.EventType{lifecycle.ResourceUpsert},
//		ResourceTypes: []string{"AWS::EC2::Instance"},
//		RestorePhases: []lifecycle.Phase{lifecycle.Failover},
//		States:        []lifecycle.State{lifecycle.Done},
//	}
//	m, err := pattern.Map()                              // for a rule
//	err = pattern.CheckPaths(lifecycle.PathRecoveryResourceID) // for its input transformer
//
//	event, err := lifecycle.Decode(data)                 // in the function
//
// # What the events really carry
//
// The source is Arpio's document on lifecycle event notifications, https://docs.arpio.io. Its Table 1 says which events carry
// which field, and [Path.Availability] repeats it. The document's own example differs from its table in four ways, and this
// package accepts both:
//
//   - The example, an upsert event, carries application-restore-phase, which the table gives to start and end events only.
//     It counts as something that upsert events carry sometimes.
//   - The example's account is the primary account; the table says it is the recovery account. Patterns select by
//     recovery-account and primary-account, of which there is no doubt.
//   - The ids in the example's recovery-resource-arn and recovery-resource-id differ. Where AWS wants an id, take the id.
//   - The example's event-id ends in something random; the table's names two accounts and two Regions and nothing else, so
//     it would be the same for every recovery. Don't tell recoveries apart by it.
//
// Both external-type-variant fields count as carried sometimes, because the document says so of one and explains both in
// the same words.
//
// # Which recovery an event belongs to
//
// Start and end events are sent for every update of the recovery environment: a failover, a test, the conclusion of either, a
// recovery point published meanwhile, and another try. Only their phases tell these apart: [Failover], [FailoverTest], and
// [Standby] for the rest. Another try repeats the phase, under an id and a time of its own. Whoever reacts must therefore bear
// repeats, and must not take a start for an end.
//
// # Compatibility
//
// Arpio adds fields at any time and changes or removes them only with a new arpio-schema-version, announced beforehand, while
// it still sends events of the version before. [Decode] ignores fields that it does not know and refuses other schema versions
// with [ErrSchemaVersion]; a [Pattern] selects version [SchemaVersion] unless it says otherwise.
package lifecycle
