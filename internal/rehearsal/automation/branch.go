package automation

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// comparisons are the operators of aws:branch (Systems Manager user guide, "Creating dynamic automations with conditional branching").
var comparisons = map[string]func(value, want string) bool{
	"StringEquals":           func(v, w string) bool { return v == w },
	"EqualsIgnoreCase":       strings.EqualFold,
	"StartsWith":             strings.HasPrefix,
	"EndsWith":               strings.HasSuffix,
	"Contains":               strings.Contains,
	"BooleanEquals":          strings.EqualFold,
	"NumericEquals":          numeric(func(v, w float64) bool { return v == w }),
	"NumericGreater":         numeric(func(v, w float64) bool { return v > w }),
	"NumericLesser":          numeric(func(v, w float64) bool { return v < w }),
	"NumericGreaterOrEquals": numeric(func(v, w float64) bool { return v >= w }),
	"NumericLesserOrEquals":  numeric(func(v, w float64) bool { return v <= w }),
}

// numeric compares texts as numbers. What is no number compares as false.
func numeric(compare func(v, w float64) bool) func(value, want string) bool {
	return func(value, want string) bool {
		v, err := strconv.ParseFloat(value, 64)
		w, wrong := strconv.ParseFloat(want, 64)
		return errors.Join(err, wrong) == nil && compare(v, w)
	}
}

// branch is aws:branch: it goes on with the step of the first choice that holds, with the default if none does, and with the next
// step if there is no default.
func (x *execution) branch(a *attempt) (string, error) {
	choices, _ := a.inputs["Choices"].([]any)
	for _, c := range choices {
		choice, ok := c.(map[string]any)
		if !ok {
			return "", errors.New("each of Choices must be an object")
		}
		next, _ := choice["NextStep"].(string)
		if x.content.find(next) < 0 {
			return "", fmt.Errorf("a choice leads to %q, which is no step", next)
		}
		holds, err := choose(choice)
		if err != nil {
			return "", err
		}
		if holds {
			return next, nil
		}
	}
	next := a.text("Default")
	if next != "" && x.content.find(next) < 0 {
		return "", fmt.Errorf("the default leads to %q, which is no step", next)
	}
	return next, nil
}

// choose says whether a choice holds: a comparison of Variable, or And, Or or Not of such.
func choose(choice map[string]any) (bool, error) {
	for _, name := range slices.Sorted(maps.Keys(choice)) {
		value := choice[name]
		switch name {
		case "NextStep", "Variable":
			continue
		case "And", "Or":
			return combine(value, name == "Or")
		case "Not":
			inner, _ := value.(map[string]any)
			holds, err := choose(inner)
			return !holds, err
		}
		compare, ok := comparisons[name]
		if !ok {
			return false, fmt.Errorf("the operator %s of a choice is not known", name)
		}
		return compare(asText(choice["Variable"]), asText(value)), nil
	}
	return false, errors.New("a choice must have an operator")
}

// combine says whether one of the conditions holds, or all do.
func combine(value any, one bool) (bool, error) {
	conditions, _ := value.([]any)
	for _, c := range conditions {
		condition, _ := c.(map[string]any)
		holds, err := choose(condition)
		if err != nil || holds == one {
			return holds, err
		}
	}
	return !one, nil
}
