package eventbridge

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/rehearsal/jsonpath"
)

// Limits of an input transformer (EventBridge API reference, InputTransformer).
const (
	maxPaths    = 100
	maxTemplate = 8192
)

// reserved are the variables that EventBridge defines.
var reserved = []string{
	"aws.events.rule-arn", "aws.events.rule-name", "aws.events.event.ingestion-time", "aws.events.event", "aws.events.event.json",
}

var (
	placeholder  = regexp.MustCompile(`<[A-Za-z0-9_.-]+>`)
	variableName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)
)

// CheckTransformer says what EventBridge refuses of an input transformer.
func CheckTransformer(t awssim.InputTransformer) error {
	var errs []error
	if n := len(t.Paths); n > maxPaths {
		errs = append(errs, fmt.Errorf("InputPathsMap must have at most %d variables, got %d", maxPaths, n))
	}
	if n := len(t.Template); n < 1 || n > maxTemplate {
		errs = append(errs, fmt.Errorf("InputTemplate must have 1 to %d characters, got %d", maxTemplate, n))
	}
	for _, name := range sortedKeys(t.Paths) {
		if !variableName.MatchString(name) || strings.HasPrefix(strings.ToUpper(name), "AWS") {
			errs = append(errs, fmt.Errorf("variable %q must consist of letters, digits, _ and -, and not begin with AWS", name))
		}
		if err := CheckPath(t.Paths[name]); err != nil {
			errs = append(errs, fmt.Errorf("variable %s: %w", name, err))
		}
	}
	for _, p := range placeholder.FindAllString(t.Template, -1) {
		name := strings.Trim(p, "<>")
		if _, ok := t.Paths[name]; !ok && !slices.Contains(reserved, name) {
			errs = append(errs, fmt.Errorf("InputTemplate contains placeholder %s, which InputPathsMap does not have", p))
		}
	}
	return errors.Join(errs...)
}

// CheckPath says what is wrong with a JSON path, which EventBridge finds out only when it uses it.
func CheckPath(text string) error {
	_, err := jsonpath.Parse(text)
	return err
}

// Transform is what an input transformer makes of an event for a rule's target.
//
// Within a string of the template, a text is put in as it is, whatever characters it has, and anything else as JSON without
// quotation marks. Outside of strings, a text is put in as it is between quotation marks, and anything else as JSON. A variable
// whose path leads nowhere is the empty text. The user guide documents all of that but the last outside of strings, which is
// assumed.
func Transform(t awssim.InputTransformer, rule awssim.EventRule, e awssim.Event) (string, error) {
	values, err := variables(t, rule, e)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	rest, quoted := t.Template, false
	for {
		at := placeholder.FindStringIndex(rest)
		if at == nil {
			return out.String() + rest, nil
		}
		out.WriteString(rest[:at[0]])
		quoted = inString(rest[:at[0]], quoted)
		out.WriteString(substitute(values[rest[at[0]+1:at[1]-1]], quoted))
		rest = rest[at[1]:]
	}
}

// variables are the values of a transformer's variables; nil for those that lead nowhere.
func variables(t awssim.InputTransformer, rule awssim.EventRule, e awssim.Event) (map[string]any, error) {
	event, err := jsonpath.Decode(e.JSON())
	if err != nil {
		return nil, err
	}
	values := map[string]any{}
	for name, text := range t.Paths {
		p, err := jsonpath.Parse(text)
		if err != nil {
			return nil, err
		}
		if v, ok := p.Find(event); ok {
			values[name] = v
		}
	}
	envelope, _ := event.(map[string]any)
	envelope = maps.Clone(envelope)
	delete(envelope, "detail")
	values["aws.events.rule-arn"], values["aws.events.rule-name"] = rule.ARN, rule.Name
	values["aws.events.event.ingestion-time"] = e.Ingested.UTC().Format(time.RFC3339)
	values["aws.events.event"], values["aws.events.event.json"] = envelope, event
	return values, nil
}

// inString says whether a template is within a string after text, if it was within one before.
func inString(text string, quoted bool) bool {
	escaped := false
	for i := range len(text) {
		switch {
		case escaped:
			escaped = false
		case quoted && text[i] == '\\':
			escaped = true
		case text[i] == '"':
			quoted = !quoted
		}
	}
	return quoted
}

// substitute is what stands for a variable.
func substitute(value any, quoted bool) string {
	text, isText := value.(string)
	switch {
	case value == nil:
		isText = true
	case !isText && quoted:
		return strings.ReplaceAll(jsonpath.Encode(value), `"`, "")
	case !isText:
		return jsonpath.Encode(value)
	}
	if quoted {
		return text
	}
	return `"` + text + `"`
}

// input is what a target gets of an event.
func input(t awssim.EventTarget, rule awssim.EventRule, e awssim.Event) (string, error) {
	switch {
	case t.Input != "":
		return t.Input, nil
	case t.Transformer != nil:
		return Transform(*t.Transformer, rule, e)
	case t.InputPath != "":
		p, err := jsonpath.Parse(t.InputPath)
		if err != nil {
			return "", err
		}
		event, err := jsonpath.Decode(e.JSON())
		if err != nil {
			return "", err
		}
		value, _ := p.Find(event)
		return jsonpath.Encode(value), nil
	}
	return string(e.JSON()), nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
