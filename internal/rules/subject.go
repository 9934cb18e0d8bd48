package rules

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

// subject is a resource where it is defined: what a rule looks at.
type subject struct {
	assembly *assembly.Assembly
	stack    *assembly.Stack
	resource *assembly.Resource
}

// each yields the resources of types in the whole assembly; all resources if no type is given.
func each(a *assembly.Assembly, types ...string) iter.Seq[subject] {
	return func(yield func(subject) bool) {
		for _, s := range a.Stacks {
			for _, r := range s.Template.Resources {
				if len(types) > 0 && !slices.Contains(types, r.Type) {
					continue
				}
				if !yield(subject{a, s, r}) {
					return
				}
			}
		}
	}
}

// named is the resource of typ that v refers to, or the one in the same Region whose property, a name, is v. RDS, whose names
// these are, does not distinguish case.
func (x subject) named(v any, typ, property string) (subject, bool) {
	if y, _, ok := x.follow(v, typ); ok {
		return y, true
	}
	name, known := x.render(v)
	for y := range each(x.assembly, typ) {
		if got, ok := y.text(property); known && ok && strings.EqualFold(got, name) && sameRegion(x.stack, y.stack) {
			return y, true
		}
	}
	return subject{}, false
}

// sameRegion reports whether both stacks are deployed to one Region of one account.
func sameRegion(s, t *assembly.Stack) bool {
	return s == t || (s.Region != "" && s.Region == t.Region && s.Account == t.Account)
}

// key identifies the resource in the assembly.
func (x subject) key() string { return x.stack.ID + "/" + x.resource.LogicalID }

// name names the resource in a message about another one.
func (x subject) name() string { return x.stack.DisplayName + "/" + x.resource.LogicalID }

// property is the property that keys lead to; nil if there is none.
func (x subject) property(keys ...string) any { return at(x.resource.Properties, keys...) }

// text is the property that keys lead to, as text. It reports false if there is none or if it is known only after deployment.
func (x subject) text(keys ...string) (string, bool) { return x.render(x.property(keys...)) }

// render is a value in the resource's template, as text.
func (x subject) render(v any) (string, bool) { return x.assembly.Text(x.stack, v) }

// number is a value in the resource's template as a number. It reports false if it is none or known only after deployment.
func (x subject) number(v any) (float64, bool) {
	text, known := x.render(v)
	n, err := strconv.ParseFloat(text, 64)
	return n, known && err == nil
}

// follow finds the resource of one of types that v refers to, and which of its attributes.
func (x subject) follow(v any, types ...string) (subject, string, bool) {
	target, ok := x.assembly.Follow(x.stack, v)
	if !ok || !slices.Contains(types, target.Resource.Type) {
		return subject{}, "", false
	}
	return subject{x.assembly, target.Stack, target.Resource}, target.Attribute, true
}

// finding is a finding about the resource. The value is the part of it that is wrong.
func (x subject) finding(value, format string, args ...any) Finding {
	return Finding{
		Stack: x.stack.DisplayName, LogicalID: x.resource.LogicalID, Path: x.resource.Path, Value: value,
		Message: fmt.Sprintf(format, args...),
	}
}

// at is what keys lead to through nested maps; nil if they lead nowhere.
func at(v any, keys ...string) any {
	for _, key := range keys {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[key]
	}
	return v
}

// list is v as a list: itself, the list of it alone, or nothing for nil. IAM and CloudFormation take a lone value for a list
// of one in many places.
func list(v any) []any {
	if l, ok := v.([]any); ok {
		return l
	}
	if v == nil {
		return nil
	}
	return []any{v}
}

// isTrue reports whether v is true, as a boolean or as text.
func isTrue(v any) bool { return v == true || v == "true" }

// short shortens a value for a message.
func short(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return s[:most] + "…"
}

// formatNumber writes a number as people do.
func formatNumber(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
