package dnsplan

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// token is how a string starts whose value CDK does not know before deployment. It cannot be checked.
const token = "${Token["

// maxTTL is the longest TTL of Route 53, in seconds.
const maxTTL = 2147483647

var (
	label         = `[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?`
	hostName      = regexp.MustCompile(`^` + label + `(\.` + label + `)*\.?$`)
	recordName    = regexp.MustCompile(`^(\*\.)?` + label + `(\.` + label + `)*\.?$`)
	applicationID = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	arn           = regexp.MustCompile(`^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$`)
	placeholder   = regexp.MustCompile(`\$?\{[^{}]*\}`) // with a dollar sign, it is a token
)

// Placeholders are what a text of [Record.Recovery] may have in it.
var Placeholders = []string{"{recovery-resource-id}", "{recovery-resource-name}", "{recovery-region}", "{recovery-account}"}

// Validate reports everything that is wrong with records.
func Validate(records []Record) error {
	if len(records) == 0 {
		return errors.New("Records must have at least one record")
	}
	var errs []error
	known := map[string]bool{}
	for i, r := range records {
		for _, err := range r.validate() {
			errs = append(errs, fmt.Errorf("Records[%d].%w", i, err))
		}
		key := Normalize(r.Name) + " " + r.Type
		if known[key] {
			errs = append(errs, fmt.Errorf("Records[%d] has the name and type of another record, %s", i, key))
		}
		known[key] = true
	}
	return errors.Join(errs...)
}

func (r Record) validate() []error {
	var errs []error
	if !recordName.MatchString(r.Name) || len(r.Name) > 255 {
		errs = append(errs, fmt.Errorf("Name must be a full DNS name such as api.example.com, got %q", r.Name))
	}
	if !slices.Contains([]string{"A", "AAAA", "CNAME"}, r.Type) {
		errs = append(errs, fmt.Errorf("Type must be A, AAAA or CNAME, got %q", r.Type))
	}
	if r.TTL < 0 || r.TTL > maxTTL {
		errs = append(errs, fmt.Errorf("TTL must be 0 to %d seconds, got %d", maxTTL, r.TTL))
	}
	if !applicationID.MatchString(r.Application) {
		errs = append(errs, fmt.Errorf("Application must be letters, digits, hyphens and underscores, got %q", r.Application))
	}
	errs = append(errs, r.validateResource()...)
	errs = append(errs, r.validateTarget("Primary", r.Primary)...)
	return append(errs, r.validateTarget("Recovery", r.Recovery.Fill(example))...)
}

// example is what placeholders stand for when a plan is validated.
func example(name string) string {
	if name == "{recovery-account}" {
		return "123456789012"
	}
	return "example"
}

// validateResource reports placeholders that nothing can fill, and a resource that fills none.
func (r Record) validateResource() []error {
	var errs []error
	found := r.Recovery.placeholders()
	for _, p := range found {
		if !slices.Contains(Placeholders, p) {
			errs = append(errs, fmt.Errorf("Recovery may have the placeholders %s, got %q", strings.Join(Placeholders, ", "), p))
		}
	}
	switch {
	case r.Resource == "" && len(found) > 0:
		errs = append(errs, errors.New("Resource must be the ARN of the resource that the placeholders are about"))
	case r.Resource != "" && len(found) == 0:
		errs = append(errs, errors.New("Resource is of no use without placeholders in Recovery, leave it out"))
	case r.Resource != "" && !arn.MatchString(r.Resource) && !strings.Contains(r.Resource, token):
		errs = append(errs, fmt.Errorf("Resource must be an ARN, got %q", r.Resource))
	}
	return errs
}

func (r Record) validateTarget(name string, t Target) []error {
	var errs []error
	if (len(t.Values) == 0) == (t.AliasName == "") {
		errs = append(errs, fmt.Errorf("%s must have either Values or AliasName", name))
	}
	if (t.AliasName == "") != (t.AliasZoneID == "") {
		errs = append(errs, fmt.Errorf("%s must have both AliasName and AliasZoneID, or neither", name))
	}
	if t.AliasName != "" && (r.Type == "CNAME" || r.TTL != 0) {
		errs = append(errs, fmt.Errorf("%s must not be an alias in a record that is a CNAME or has a TTL", name))
	}
	if r.Type == "CNAME" && len(t.Values) > 1 {
		errs = append(errs, fmt.Errorf("%s must have one value in a CNAME, got %d", name, len(t.Values)))
	}
	if err := r.CheckTarget(t.known()); err != nil {
		errs = append(errs, fmt.Errorf("%s: %w", name, err))
	}
	return errs
}

// CheckTarget reports values that a record of r's type cannot have. The function checks what it made from events with it before it
// sends it to Route 53.
func (r Record) CheckTarget(t Target) error {
	var errs []error
	check := func(ok func(string) bool, value, what string) {
		if !ok(value) {
			errs = append(errs, fmt.Errorf("it must be %s, got %q", what, value))
		}
	}
	for _, v := range t.Values {
		switch r.Type {
		case "A":
			check(isAddress(netip.Addr.Is4), v, "an IPv4 address")
		case "AAAA":
			check(isAddress(netip.Addr.Is6), v, "an IPv6 address")
		default:
			check(isHostName, v, "a DNS name")
		}
	}
	if t.AliasName != "" {
		check(isHostName, t.AliasName, "a DNS name")
	}
	return errors.Join(errs...)
}

func isAddress(family func(netip.Addr) bool) func(string) bool {
	return func(s string) bool {
		a, err := netip.ParseAddr(s)
		return err == nil && family(a) && a.Zone() == ""
	}
}

func isHostName(s string) bool { return hostName.MatchString(s) && len(s) <= 255 }

// Fill is the target with value's answers in the place of placeholders.
func (t Target) Fill(value func(placeholder string) string) Target {
	fill := func(s string) string {
		return placeholder.ReplaceAllStringFunc(s, func(p string) string {
			if p[0] == '$' {
				return p
			}
			return value(p)
		})
	}
	filled := Target{AliasName: fill(t.AliasName), AliasZoneID: t.AliasZoneID}
	for _, v := range t.Values {
		filled.Values = append(filled.Values, fill(v))
	}
	return filled
}

// known is the target without the texts that hold tokens.
func (t Target) known() Target {
	if strings.Contains(t.AliasName, token) {
		t.AliasName = ""
	}
	t.Values = slices.DeleteFunc(slices.Clone(t.Values), func(v string) bool { return strings.Contains(v, token) })
	return t
}

// placeholders are the target's placeholders, known or not.
func (t Target) placeholders() []string {
	var found []string
	t.Fill(func(p string) string {
		found = append(found, p)
		return p
	})
	return found
}

// Normalize is a record's name as the IAM condition key route53:ChangeResourceRecordSetsNormalizedRecordNames has it: in
// lower case, without the dot at the end, and with what is neither a letter, a digit, a hyphen nor an underscore as three octal
// digits.
//
// Source: Route 53 Developer Guide, "Using IAM policy conditions for fine-grained access control".
func Normalize(name string) string {
	var b strings.Builder
	for _, c := range []byte(strings.ToLower(strings.TrimSuffix(name, "."))) {
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_', c == '.':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, `\%03o`, c)
		}
	}
	return b.String()
}
