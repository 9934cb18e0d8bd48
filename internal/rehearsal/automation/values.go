package automation

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/warmstandby/warmstandby/internal/rehearsal/jsonpath"
)

// values are what a document can refer to: parameters by name, outputs of steps as step.Output, and the variables that Automation
// defines. A value is a text, or a list or an object as JSON has it.
type values map[string]any

var reference = regexp.MustCompile(`\{\{\s*([A-Za-z0-9_.:-]+)\s*\}\}`)

// fill puts values in place of the references in a value of the document. A text that is nothing but a reference becomes the value
// itself, so that a list stays one; within a longer text, a value is put in as text, and nothing is escaped.
func (v values) fill(value any) (any, error) {
	switch t := value.(type) {
	case string:
		return v.fillText(t)
	case []any:
		return v.fillList(t)
	case map[string]any:
		filled := make(map[string]any, len(t))
		for name, member := range t {
			f, err := v.fill(member)
			if err != nil {
				return nil, err
			}
			filled[name] = f
		}
		return filled, nil
	}
	return value, nil
}

// fillList fills the elements of a list. A reference to a list among them brings its elements.
func (v values) fillList(list []any) (any, error) {
	filled := []any{}
	for _, element := range list {
		f, err := v.fill(element)
		if err != nil {
			return nil, err
		}
		_, wasText := element.(string)
		if elements, ok := f.([]any); ok && wasText {
			filled = append(filled, elements...)
			continue
		}
		filled = append(filled, f)
	}
	return filled, nil
}

func (v values) fillText(text string) (any, error) {
	if m := reference.FindStringSubmatch(text); m != nil && m[0] == text {
		return v.get(m[1])
	}
	var failed error
	filled := reference.ReplaceAllStringFunc(text, func(ref string) string {
		value, err := v.get(reference.FindStringSubmatch(ref)[1])
		if err != nil {
			failed = err
		}
		return asText(value)
	})
	return filled, failed
}

func (v values) get(name string) (any, error) {
	value, ok := v[name]
	if !ok {
		return nil, fmt.Errorf("{{ %s }} refers to nothing: neither to a parameter nor to the output of a step that has run", name)
	}
	return value, nil
}

// asText is a value as it stands within a text.
func asText(value any) string {
	switch t := value.(type) {
	case nil:
		return ""
	case string:
		return t
	}
	return jsonpath.Encode(value)
}

// asTexts is a value as outputs are shown: as a list of texts.
func asTexts(value any) []string {
	if list, ok := value.([]any); ok {
		texts := []string{}
		for _, element := range list {
			texts = append(texts, asText(element))
		}
		return texts
	}
	return []string{asText(value)}
}

// given is the value of a parameter that an automation is started with.
func (p parameter) given(texts []string) any {
	list := []any{}
	for _, t := range texts {
		list = append(list, t)
	}
	switch {
	case p.Type == "StringList" || strings.HasPrefix(p.Type, "List<"):
		return list
	case len(list) == 0:
		return ""
	case p.Type == "String":
		return texts[0]
	}
	var value any
	if d := json.NewDecoder(strings.NewReader(texts[0])); d.Decode(&value) == nil { // a number, a truth value or a map
		return value
	}
	return texts[0]
}
