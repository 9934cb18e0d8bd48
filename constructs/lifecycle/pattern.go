package lifecycle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Pattern selects lifecycle events. Every field that is set must be met, by any one of the values that it lists. Nil fields
// select nothing in particular; lists that are empty but not nil are mistakes, as they are for EventBridge.
//
// A pattern is always pinned to source [Source], and to the listed types, so that events of a type to come are not selected.
type Pattern struct {
	// Types are the types of events.
	//
	// Default: all four.
	Types []EventType

	// Applications selects start and end events by the applications that they are about and their phases. Upsert events may
	// lack the field.
	//
	// Default: any, or none.
	Applications []Application

	// RestorePhases selects upsert events by what the resource is for. Start and end events have a phase per application: see
	// Applications.
	//
	// Default: any.
	RestorePhases []Phase

	// States selects upsert events by how far the restoration has come.
	//
	// Default: any.
	States []State

	// ResourceTypes selects upsert and delete events by types such as AWS::EC2::Instance.
	//
	// Default: any.
	ResourceTypes []string

	// PrimaryResourceARNs selects upsert and delete events by the ARN of the resource that is replicated.
	//
	// Default: any.
	PrimaryResourceARNs []string

	// PrimaryResourceNames selects upsert and delete events by the name of the resource that is replicated.
	//
	// Default: any.
	PrimaryResourceNames []Text

	// RecoveryResourceNames selects upsert events by the name of the replica.
	//
	// Default: any.
	RecoveryResourceNames []Text

	// PrimaryAccounts selects upsert events by the AWS account of the resource that is replicated: 12 digits each.
	//
	// Default: any.
	PrimaryAccounts []string

	// RecoveryAccounts selects events by the AWS account of the recovery environment: 12 digits each.
	//
	// Default: any.
	RecoveryAccounts []string

	// PrimaryRegions selects events by the AWS Region of what is replicated.
	//
	// Default: any.
	PrimaryRegions []string

	// RecoveryRegions selects events by the AWS Region of the recovery environment.
	//
	// Default: any.
	RecoveryRegions []string

	// SchemaVersions are versions of Arpio's fields.
	//
	// Default: [SchemaVersion] alone.
	SchemaVersions []string
}

// Application selects events by what they say of one application.
type Application struct {
	// ID is Arpio's id of the application, such as hSN9jWjSCtEY7UdRJRslwo.
	ID string

	// Phases are the phases that the application may be in.
	//
	// Default: any.
	Phases []Phase
}

// EventTypes are the types that the pattern selects.
func (p Pattern) EventTypes() []EventType {
	if p.Types == nil {
		return EventTypes()
	}
	return p.Types
}

// Map is the event pattern, made of maps, lists and strings. The error names everything that EventBridge would reject and
// everything that could never match.
func (p Pattern) Map() (map[string]any, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return p.render(), nil
}

// JSON is the event pattern as one line of JSON, the same for the same pattern. The error is [Pattern.Map]'s.
func (p Pattern) JSON() (string, error) {
	if err := p.Validate(); err != nil {
		return "", err
	}
	return p.json()
}

// CheckPaths reports the paths that are unknown, and those that events which the pattern selects never carry. An input
// transformer leaves out what an event does not carry.
func (p Pattern) CheckPaths(paths ...Path) error {
	var errs []error
	for _, path := range paths {
		if path.field() == nil {
			errs = append(errs, fmt.Errorf("path %q is none of a lifecycle event, use one of lifecycle.Paths", path))
			continue
		}
		for _, t := range p.EventTypes() {
			if path.Availability(t) == Never {
				errs = append(errs, fmt.Errorf("%s events never carry %s, leave the path or the type out", t, path))
			}
		}
	}
	return errors.Join(errs...)
}

func (p Pattern) json() (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // EventBridge counts characters
	err := e.Encode(p.render())
	return strings.TrimSuffix(b.String(), "\n"), err
}

// render is the pattern, valid or not.
func (p Pattern) render() map[string]any {
	detail := map[string]any{}
	for _, f := range p.filters() {
		if f.values != nil {
			detail[f.member()] = f.values
		}
	}
	renderApplications(detail, p.Applications)
	return map[string]any{
		"source":      []any{Source},
		"detail-type": list(p.EventTypes()),
		"detail":      detail,
	}
}

// renderApplications adds the condition on applications to detail. Phases are the members of a map, so that a choice between
// applications is a choice between fields.
func renderApplications(detail map[string]any, applications []Application) {
	name := member(PathApplicationRestorePhase)
	var choice []any
	for _, a := range applications {
		choice = append(choice, map[string]any{name: map[string]any{a.ID: a.phases()}})
	}
	switch len(choice) {
	case 0:
	case 1:
		detail[name] = choice[0].(map[string]any)[name]
	default:
		detail["$or"] = choice
	}
}

// phases are the values that the application's phase may have.
func (a Application) phases() []any {
	if a.Phases == nil {
		return []any{map[string]any{"exists": true}}
	}
	return list(a.Phases)
}
