package lifecycle

import "time"

// field is a row of Table 1.
type field struct {
	path    Path
	carried carried
	in      func(*Event) any // points at the field in an event
}

// carried says which events carry a field.
type carried map[EventType]Availability

// What Table 1 says in its column Availability, and the two corrections that the package's documentation explains.
var (
	allEvents = carried{RecoveryStart: Always, ResourceUpsert: Always, ResourceDelete: Always, RecoveryEnd: Always}
	upsert    = carried{ResourceUpsert: Always}
	resource  = carried{ResourceUpsert: Always, ResourceDelete: Always}
	ends      = carried{RecoveryStart: Always, RecoveryEnd: Always, ResourceUpsert: Sometimes}
	few       = carried{ResourceUpsert: Sometimes, ResourceDelete: Sometimes}
)

// fields is Table 1.
var fields = []field{
	{PathAccount, allEvents, func(e *Event) any { return &e.Account }},
	{PathDetailType, allEvents, func(e *Event) any { return &e.Type }},
	{PathID, allEvents, func(e *Event) any { return &e.ID }},
	{PathRegion, allEvents, func(e *Event) any { return &e.Region }},
	{PathResources, allEvents, func(e *Event) any { return &e.Resources }},
	{PathSource, allEvents, func(e *Event) any { return &e.Source }},
	{PathTime, allEvents, func(e *Event) any { return &e.Time }},
	{PathVersion, allEvents, func(e *Event) any { return &e.Version }},

	{PathApplicationRestorePhase, ends, func(e *Event) any { return &e.Detail.ApplicationRestorePhase }},
	{PathArpioSchemaVersion, allEvents, func(e *Event) any { return &e.Detail.ArpioSchemaVersion }},
	{PathEventID, allEvents, func(e *Event) any { return &e.Detail.EventID }},
	{PathPrimaryAccount, upsert, func(e *Event) any { return &e.Detail.PrimaryAccount }},
	{PathPrimaryRegion, allEvents, func(e *Event) any { return &e.Detail.PrimaryRegion }},
	{PathPrimaryResourceARN, resource, func(e *Event) any { return &e.Detail.PrimaryResourceARN }},
	{PathPrimaryResourceExternalTypeVariant, few, func(e *Event) any { return &e.Detail.PrimaryResourceExternalTypeVariant }},
	{PathPrimaryResourceID, upsert, func(e *Event) any { return &e.Detail.PrimaryResourceID }},
	{PathPrimaryResourceName, resource, func(e *Event) any { return &e.Detail.PrimaryResourceName }},
	{PathRecoveryAccount, allEvents, func(e *Event) any { return &e.Detail.RecoveryAccount }},
	{PathRecoveryResourceARN, upsert, func(e *Event) any { return &e.Detail.RecoveryResourceARN }},
	{PathRecoveryResourceExternalTypeVariant, few, func(e *Event) any { return &e.Detail.RecoveryResourceExternalTypeVariant }},
	{PathRecoveryResourceID, upsert, func(e *Event) any { return &e.Detail.RecoveryResourceID }},
	{PathRecoveryResourceName, upsert, func(e *Event) any { return &e.Detail.RecoveryResourceName }},
	{PathRecoveryRegion, allEvents, func(e *Event) any { return &e.Detail.RecoveryRegion }},
	{PathRecoveryResourceState, upsert, func(e *Event) any { return &e.Detail.RecoveryResourceState }},
	{PathRestorePhase, upsert, func(e *Event) any { return &e.Detail.RestorePhase }},
	{PathResourceType, resource, func(e *Event) any { return &e.Detail.ResourceType }},
}

// kindOf is the JSON type of what a field's pointer points at.
func kindOf(pointer any) Kind {
	switch pointer.(type) {
	case *[]string:
		return Strings
	case *map[string]Phase:
		return StringMap
	case *string, *EventType, *Phase, *State, *time.Time:
		return String
	}
	return ""
}
