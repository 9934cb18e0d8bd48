package lifecycle

import "time"

// What all events of this package have in common.
const (
	// Source is the sender of lifecycle events, in their field source.
	Source = "io.arpio"

	// SchemaVersion is the arpio-schema-version that this package knows.
	SchemaVersion = "0"

	// BusPrefix is what the names of Arpio's event buses start with. The Arpio account id follows, which is not an AWS account id.
	BusPrefix = "arpio-lifecycle-events-"
)

// EventType is the kind of a lifecycle event: its field detail-type.
type EventType string

// The four types of events.
const (
	// RecoveryStart is sent when any update of the recovery environment begins. It alone is no reason to act: see the package's
	// documentation for how many reasons there are to send it.
	RecoveryStart EventType = "ArpioRecoveryStart"

	// ResourceUpsert is sent when a resource was created or updated in the recovery environment, and also when one was removed
	// that standby does not keep.
	ResourceUpsert EventType = "ArpioResourceUpsert"

	// ResourceDelete is sent when a resource was deleted because the recovery point does not include it.
	ResourceDelete EventType = "ArpioResourceDelete"

	// RecoveryEnd is sent when an update of the recovery environment is complete.
	RecoveryEnd EventType = "ArpioRecoveryEnd"
)

// EventTypes are all types, in the order in which a recovery sends them.
func EventTypes() []EventType {
	return []EventType{RecoveryStart, ResourceUpsert, ResourceDelete, RecoveryEnd}
}

// Phase is what a resource or an application in the recovery environment is for. Arpio may send others than the ones named here.
type Phase string

// The documented phases.
const (
	// Standby is the phase of what waits for a recovery.
	Standby Phase = "standby"

	// FailoverTest is the phase of what is recovered for a test.
	FailoverTest Phase = "failover_test"

	// Failover is the phase of what is recovered to serve.
	Failover Phase = "failover"
)

// State is how far the restoration of a resource has come. Arpio may send others than the ones named here.
type State string

// The documented states.
const (
	// Processing is the state of a resource that is being restored.
	Processing State = "processing"

	// Done is the state of a resource that is restored.
	Done State = "done"

	// Failed is the state of a resource that could not be restored.
	Failed State = "failed"
)

// Event is a lifecycle event. Fields that its type does not carry are zero.
type Event struct {
	// Account is the AWS account that the event came from. All events.
	Account string

	// Type is the field detail-type. All events.
	Type EventType

	// ID is the id that EventBridge gave to the event. All events.
	ID string

	// Region is the AWS Region that the event came from, which is the recovery Region. All events.
	Region string

	// Resources are the ARNs of the resources that are replicated. All events; it may be empty.
	Resources []string

	// Source is [Source]. All events.
	Source string

	// Time is when the event was sent, in UTC. The document's examples have whole seconds. All events.
	Time time.Time

	// Version is the version of EventBridge's envelope, "0". All events.
	Version string

	// Detail is what Arpio says.
	Detail Detail
}

// Detail is Arpio's part of an [Event]. Fields that the event's type does not carry are zero.
type Detail struct {
	// ApplicationRestorePhase maps the Arpio ids of applications to the phases they are in. Start and end events, and the
	// document's example of an upsert event.
	ApplicationRestorePhase map[string]Phase

	// ArpioSchemaVersion is the version of the fields. All events.
	ArpioSchemaVersion string

	// EventID groups events. It need not be different from one recovery to the next. All events.
	EventID string

	// PrimaryAccount is the AWS account of the resource that is replicated. Upsert events.
	PrimaryAccount string

	// PrimaryRegion is the AWS Region of what is replicated. All events.
	PrimaryRegion string

	// PrimaryResourceARN is the ARN of the resource that is replicated. Upsert and delete events.
	PrimaryResourceARN string

	// PrimaryResourceExternalTypeVariant names the subtype of the resource that is replicated. A few resources only.
	PrimaryResourceExternalTypeVariant string

	// PrimaryResourceID is the id of the resource that is replicated. Upsert events.
	PrimaryResourceID string

	// PrimaryResourceName is the name of the resource that is replicated. Upsert and delete events.
	PrimaryResourceName string

	// RecoveryAccount is the AWS account of the recovery environment. All events.
	RecoveryAccount string

	// RecoveryRegion is the AWS Region of the recovery environment. All events.
	RecoveryRegion string

	// RecoveryResourceARN is the ARN of the replica. Upsert events.
	RecoveryResourceARN string

	// RecoveryResourceExternalTypeVariant names the subtype of the replica. A few resources only.
	RecoveryResourceExternalTypeVariant string

	// RecoveryResourceID is the id of the replica. Upsert events.
	RecoveryResourceID string

	// RecoveryResourceName is the name of the replica. Upsert events.
	RecoveryResourceName string

	// RecoveryResourceState is how far the restoration of the replica has come. Upsert events.
	RecoveryResourceState State

	// ResourceType are the types of the resource as AWS Config names them, such as AWS::EC2::Instance. Upsert and delete events.
	ResourceType []string

	// RestorePhase is what the replica is for. Upsert events.
	RestorePhase Phase
}
