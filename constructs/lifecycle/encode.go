package lifecycle

import (
	"encoding/json"
	"reflect"
	"strings"
)

// MarshalJSON is the event as EventBridge delivers it: with all fields that its type always carries, and with the others if they
// are not zero.
func (e Event) MarshalJSON() ([]byte, error) {
	top, detail := map[string]any{}, map[string]any{}
	for _, f := range fields {
		pointer := f.in(&e)
		if !f.required(e.Type) && reflect.ValueOf(pointer).Elem().IsZero() {
			continue
		}
		name := strings.TrimPrefix(string(f.path), "$.")
		if member, ok := strings.CutPrefix(name, "detail."); ok {
			detail[member] = value(pointer)
		} else {
			top[name] = value(pointer)
		}
	}
	top["detail"] = detail
	return json.Marshal(top)
}

// value is what pointer points at, with lists and maps that are empty rather than null.
func value(pointer any) any {
	switch p := pointer.(type) {
	case *[]string:
		return append([]string{}, *p...)
	case *map[string]Phase:
		if *p == nil {
			return map[string]Phase{}
		}
	}
	return pointer
}
