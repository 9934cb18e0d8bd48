package lifecycle

import "slices"

// Path is the JSON path of a field in an event, as input transformers of EventBridge take it.
type Path string

// The fields of events, in the order of the document's Table 1.
const (
	PathAccount    Path = "$.account"
	PathDetailType Path = "$.detail-type"
	PathID         Path = "$.id"
	PathRegion     Path = "$.region"
	PathResources  Path = "$.resources"
	PathSource     Path = "$.source"
	PathTime       Path = "$.time"
	PathVersion    Path = "$.version"

	PathApplicationRestorePhase             Path = "$.detail.application-restore-phase"
	PathArpioSchemaVersion                  Path = "$.detail.arpio-schema-version"
	PathEventID                             Path = "$.detail.event-id"
	PathPrimaryAccount                      Path = "$.detail.primary-account"
	PathPrimaryRegion                       Path = "$.detail.primary-region"
	PathPrimaryResourceARN                  Path = "$.detail.primary-resource-arn"
	PathPrimaryResourceExternalTypeVariant  Path = "$.detail.primary-resource-external-type-variant"
	PathPrimaryResourceID                   Path = "$.detail.primary-resource-id"
	PathPrimaryResourceName                 Path = "$.detail.primary-resource-name"
	PathRecoveryAccount                     Path = "$.detail.recovery-account"
	PathRecoveryResourceARN                 Path = "$.detail.recovery-resource-arn"
	PathRecoveryResourceExternalTypeVariant Path = "$.detail.recovery-resource-external-type-variant"
	PathRecoveryResourceID                  Path = "$.detail.recovery-resource-id"
	PathRecoveryResourceName                Path = "$.detail.recovery-resource-name"
	PathRecoveryRegion                      Path = "$.detail.recovery-region"
	PathRecoveryResourceState               Path = "$.detail.recovery-resource-state"
	PathRestorePhase                        Path = "$.detail.restore-phase"
	PathResourceType                        Path = "$.detail.resource-type"
)

// Availability says whether events of a type carry a field.
type Availability int

// What [Path.Availability] answers.
const (
	// Never means that no event of the type carries the field: a pattern that asks for it matches nothing.
	Never Availability = iota

	// Sometimes means that events of the type may carry the field.
	Sometimes

	// Always means that an event of the type without the field is malformed.
	Always
)

// Kind is the JSON type of a field.
type Kind string

// The types that Table 1 names.
const (
	String    Kind = "a string"
	Strings   Kind = "a list of strings"
	StringMap Kind = "a map of strings"
)

// Paths are all fields, in the order of Table 1.
func Paths() []Path {
	paths := make([]Path, len(fields))
	for i, f := range fields {
		paths[i] = f.path
	}
	return paths
}

// Availability says whether events of type t carry the field. An unknown path is carried never.
func (p Path) Availability(t EventType) Availability {
	if f := p.field(); f != nil {
		return f.carried[t]
	}
	return Never
}

// Kind is the field's JSON type, or "" if the path is unknown.
func (p Path) Kind() Kind {
	if f := p.field(); f != nil {
		return kindOf(f.in(&Event{}))
	}
	return ""
}

// field is the field at the path, or nil.
func (p Path) field() *field {
	i := slices.IndexFunc(fields, func(f field) bool { return f.path == p })
	if i < 0 {
		return nil
	}
	return &fields[i]
}
