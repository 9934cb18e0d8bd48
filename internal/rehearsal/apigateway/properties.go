package apigateway

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// properties reads the resolved properties of a resource, or of an object among them. It collects what is wrong with them, and
// every property that nobody asked for, so that none is silently ignored.
type properties struct {
	what   string // what messages begin with
	path   string // the object's place in the resource, ending with a dot, or ""
	values map[string]any
	read   map[string]bool
	errs   *[]error
}

func newProperties(what, path string, values map[string]any, errs *[]error) *properties {
	return &properties{what: what, path: path, values: values, read: make(map[string]bool), errs: errs}
}

func (p *properties) failf(name, format string, args ...any) {
	*p.errs = append(*p.errs, fmt.Errorf("%s: %s%s %w", p.what, p.path, name, fmt.Errorf(format, args...)))
}

func (p *properties) get(name string) any {
	p.read[name] = true
	return p.values[name]
}

// text is a property as text. CloudFormation takes numbers and booleans for text, and the other way round.
func (p *properties) text(name string) string {
	value := p.get(name)
	text, ok := asText(value)
	if !ok && value != nil {
		p.failf(name, "must be a string, got %T", value)
	}
	return text
}

func asText(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case int:
		return strconv.Itoa(v), true
	case fmt.Stringer: // json.Number
		return v.String(), true
	}
	return "", false
}

func (p *properties) boolean(name string) bool {
	text := p.text(name)
	if text == "" {
		return false
	}
	value, err := strconv.ParseBool(text)
	if err != nil {
		p.failf(name, "must be true or false, got %q", text)
	}
	return value
}

// number is a property that is at least 0, and whether it is there.
func (p *properties) number(name string) (float64, bool) {
	text := p.text(name)
	if text == "" {
		return 0, false
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || !(value >= 0) || value > 1e9 {
		p.failf(name, "must be a number from 0 to 1000000000, got %q", text)
		return 0, false
	}
	return value, true
}

func (p *properties) list(name string) []any {
	value := p.get(name)
	list, ok := value.([]any)
	if !ok && value != nil {
		p.failf(name, "must be a list, got %T", value)
	}
	return list
}

func (p *properties) texts(name string) []string {
	var texts []string
	for _, item := range p.list(name) {
		text, ok := asText(item)
		if !ok {
			p.failf(name, "must be a list of strings, got %T", item)
		}
		texts = append(texts, text)
	}
	return texts
}

func (p *properties) mapping(name string) map[string]any {
	value := p.get(name)
	m, ok := value.(map[string]any)
	if !ok && value != nil {
		p.failf(name, "must be an object, got %T", value)
	}
	return m
}

// textMap is an object of texts.
func (p *properties) textMap(name string) map[string]string {
	texts := make(map[string]string)
	for key, value := range p.mapping(name) {
		text, ok := asText(value)
		if !ok {
			p.failf(name+"."+key, "must be a string, got %T", value)
		}
		texts[key] = text
	}
	return texts
}

// object is an object inside. If it is not there, it has no properties.
func (p *properties) object(name string) *properties {
	return newProperties(p.what, p.path+name+".", p.mapping(name), p.errs)
}

// objects is a list of objects.
func (p *properties) objects(name string) []*properties {
	var objects []*properties
	for i, item := range p.list(name) {
		m, ok := item.(map[string]any)
		if !ok {
			p.failf(name, "must be a list of objects, got %T", item)
			continue
		}
		objects = append(objects, newProperties(p.what, fmt.Sprintf("%s%s[%d].", p.path, name, i), m, p.errs))
	}
	return objects
}

// only reports a property with any other value than these. The first is that of a property that is not there.
func (p *properties) only(name string, values ...string) {
	if got := p.text(name); got != "" && !slices.Contains(values, got) {
		p.failf(name, "is %q: only %s is rehearsed", got, strings.Join(values, " or "))
	}
}

// ignore names properties that have no bearing on how requests are answered.
func (p *properties) ignore(names ...string) {
	for _, name := range names {
		p.read[name] = true
	}
}

// ignoreAll is for a resource about which enough has been said.
func (p *properties) ignoreAll() {
	for name := range p.values {
		p.read[name] = true
	}
}

// finish reports the properties that nobody asked for.
func (p *properties) finish() {
	for _, name := range slices.Sorted(maps.Keys(p.values)) {
		if !p.read[name] {
			p.failf(name, "is not rehearsed")
		}
	}
}
