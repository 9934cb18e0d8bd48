package lifecycle

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxPattern is how many characters an event pattern may have.
//
// Source: EventBridge API Reference, PutRule, EventPattern.
const maxPattern = 4096

// What values look like.
var (
	arn           = regexp.MustCompile(`^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$`)
	accountID     = regexp.MustCompile(`^\d{12}$`)
	regionName    = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$`)
	resourceType  = regexp.MustCompile(`^[A-Za-z0-9]+::[A-Za-z0-9]+::[A-Za-z0-9]+$`)
	applicationID = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	schemaVersion = regexp.MustCompile(`^[0-9A-Za-z.]+$`)
)

// filter is a condition of a pattern on a field in detail.
type filter struct {
	name   string // of the pattern's field
	path   Path
	values []any // nil if there is no condition
	errs   []error
}

func (f filter) member() string { return member(f.path) }

// member is the name of a field within detail.
func member(p Path) string { return strings.TrimPrefix(string(p), "$.detail.") }

// filters are the pattern's conditions, except the one on applications.
func (p Pattern) filters() []filter {
	versions := p.SchemaVersions
	if versions == nil {
		versions = []string{SchemaVersion}
	}
	return []filter{
		known("RestorePhases", PathRestorePhase, p.RestorePhases, Standby, FailoverTest, Failover),
		known("States", PathRecoveryResourceState, p.States, Processing, Done, Failed),
		shaped("ResourceTypes", PathResourceType, p.ResourceTypes, resourceType, "types such as AWS::EC2::Instance"),
		shaped("PrimaryResourceARNs", PathPrimaryResourceARN, p.PrimaryResourceARNs, arn, "ARNs"),
		texts("PrimaryResourceNames", PathPrimaryResourceName, p.PrimaryResourceNames),
		texts("RecoveryResourceNames", PathRecoveryResourceName, p.RecoveryResourceNames),
		shaped("PrimaryAccounts", PathPrimaryAccount, p.PrimaryAccounts, accountID, "AWS account ids of 12 digits"),
		shaped("RecoveryAccounts", PathRecoveryAccount, p.RecoveryAccounts, accountID, "AWS account ids of 12 digits"),
		shaped("PrimaryRegions", PathPrimaryRegion, p.PrimaryRegions, regionName, "AWS Regions such as us-east-1"),
		shaped("RecoveryRegions", PathRecoveryRegion, p.RecoveryRegions, regionName, "AWS Regions such as us-east-1"),
		shaped("SchemaVersions", PathArpioSchemaVersion, versions, schemaVersion, "versions such as 0"),
	}
}

// known is a filter by values that must be among those that the document names.
func known[T ~string](name string, path Path, values []T, allowed ...T) filter {
	f := filter{name: name, path: path, values: list(values)}
	for _, v := range values {
		if !slices.Contains(allowed, v) {
			f.errs = append(f.errs, fmt.Errorf("%s must be of %q, got %q", name, allowed, v))
		}
	}
	return f
}

// shaped is a filter by values that must look like something. What holds a CDK token is not known yet, and passes.
func shaped(name string, path Path, values []string, shape *regexp.Regexp, what string) filter {
	f := filter{name: name, path: path, values: list(values)}
	for _, v := range values {
		if !shape.MatchString(v) && !strings.Contains(v, "${Token[") {
			f.errs = append(f.errs, fmt.Errorf("%s must be %s, got %q", name, what, v))
		}
	}
	return f
}

// texts is a filter by exact values, prefixes and wildcards.
func texts(name string, path Path, values []Text) filter {
	f := filter{name: name, path: path}
	if values != nil {
		f.values = []any{}
	}
	for _, v := range values {
		f.values = append(f.values, v.filter())
		if err := v.validate(); err != nil {
			f.errs = append(f.errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	return f
}

// list is values as JSON knows lists. Nil stays nil.
func list[T ~string](values []T) []any {
	if values == nil {
		return nil
	}
	l := make([]any, len(values))
	for i, v := range values {
		l[i] = string(v)
	}
	return l
}

// Validate reports everything about the pattern that EventBridge would reject and everything that could never match.
func (p Pattern) Validate() error {
	errs := p.validateTypes()
	for _, f := range p.filters() {
		errs = append(errs, f.errs...)
		if f.values != nil {
			errs = append(errs, p.validateField(f.name, f.path, len(f.values))...)
		}
	}
	errs = append(errs, p.validateApplications()...)
	if text, err := p.json(); err != nil {
		errs = append(errs, err)
	} else if n := utf8.RuneCountInString(text); n > maxPattern {
		errs = append(errs, fmt.Errorf("the event pattern has %d characters and may have %d, make several rules of it", n, maxPattern))
	}
	return errors.Join(errs...)
}

func (p Pattern) validateTypes() []error {
	var errs []error
	if p.Types != nil && len(p.Types) == 0 {
		errs = append(errs, empty("Types"))
	}
	for _, t := range p.Types {
		if !slices.Contains(EventTypes(), t) {
			errs = append(errs, fmt.Errorf("Types must be of %q, got %q", EventTypes(), t))
		}
	}
	return errs
}

// validateField reports a condition without values, and the types whose events never carry the field.
func (p Pattern) validateField(name string, path Path, values int) []error {
	var errs []error
	if values == 0 {
		errs = append(errs, empty(name))
	}
	for _, t := range p.EventTypes() {
		if slices.Contains(EventTypes(), t) && path.Availability(t) == Never {
			errs = append(errs, fmt.Errorf("%s would never match %s events, which do not carry %s: leave one of them out", name, t, member(path)))
		}
	}
	return errs
}

func (p Pattern) validateApplications() []error {
	if p.Applications == nil {
		return nil
	}
	errs := p.validateField("Applications", PathApplicationRestorePhase, len(p.Applications))
	for i, a := range p.Applications {
		name := fmt.Sprintf("Applications[%d]", i)
		if !applicationID.MatchString(a.ID) {
			errs = append(errs, fmt.Errorf("%s.ID must be letters, digits, hyphens and underscores, got %q", name, a.ID))
		}
		errs = append(errs, known(name+".Phases", "", a.Phases, Standby, FailoverTest, Failover).errs...)
		if a.Phases != nil && len(a.Phases) == 0 {
			errs = append(errs, empty(name+".Phases"))
		}
	}
	return errs
}

func empty(name string) error {
	return fmt.Errorf("%s must not be an empty list, leave it out to select all", name)
}
