package lifecycle

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ErrSchemaVersion is wrapped by the error for an event of another arpio-schema-version than [SchemaVersion]. Arpio sends the
// same event in the version before, too, so that one of another version can be left alone.
var ErrSchemaVersion = errors.New("arpio-schema-version is not supported")

// Decode reads an event as EventBridge delivers it. Fields that are not known are ignored; names are case-sensitive. The
// error names every field that is missing or has another type than Table 1 says, by its path without "$.". Of an
// event of another schema version, the error wraps [ErrSchemaVersion] and says nothing else.
//
// Phases and states that are not known are no errors: compare with the constants.
func Decode(data []byte) (Event, error) {
	var e Event
	err := e.UnmarshalJSON(data)
	return e, err
}

// UnmarshalJSON is [Decode], so that a Lambda function's handler can take an Event. After an error, e is zero.
func (e *Event) UnmarshalJSON(data []byte) error {
	*e = Event{}
	var top, detail object
	if err := json.Unmarshal(data, &top); err != nil {
		return fmt.Errorf("the event must be a JSON object: %w", err)
	}
	if json.Unmarshal(top["detail"], &detail) != nil || detail == nil {
		return fmt.Errorf("detail must be an object, got %s", clip(top["detail"]))
	}
	if err := checkSchemaVersion(detail); err != nil {
		return err
	}
	var decoded Event
	if err := decoded.read(top, detail); err != nil {
		return err
	}
	*e = decoded
	return nil
}

// object is a JSON object whose members are looked up case-sensitively, unlike encoding/json's own way with structs.
type object map[string]json.RawMessage

// checkSchemaVersion refuses another schema version, of whose other fields nobody here can know what they mean.
func checkSchemaVersion(detail object) error {
	var version string
	raw, ok := detail["arpio-schema-version"]
	if !ok || readValue(raw, &version) != nil || version == SchemaVersion {
		return nil // what else is wrong with the field is reported with the others
	}
	return fmt.Errorf("%w: it must be %q, got %q", ErrSchemaVersion, SchemaVersion, clip([]byte(version)))
}

// read fills e and reports everything that is wrong.
func (e *Event) read(top, detail object) error {
	errs := []error{readValue(top["detail-type"], &e.Type)} // says which fields there must be
	if errs[0] == nil && !slices.Contains(EventTypes(), e.Type) {
		errs = append(errs, fmt.Errorf("detail-type must be one of %v, got %q", EventTypes(), clip([]byte(e.Type))))
	}
	for _, f := range fields {
		if f.path != PathDetailType || errs[0] != nil {
			errs = append(errs, f.read(e, top, detail))
		}
	}
	if _, ok := top["source"]; ok && e.Source != Source {
		errs = append(errs, fmt.Errorf("source must be %q, got %q", Source, clip([]byte(e.Source))))
	}
	errs[0] = nil
	return errors.Join(errs...)
}

// read fills the field of e from its JSON object.
func (f *field) read(e *Event, top, detail object) error {
	name := strings.TrimPrefix(string(f.path), "$.")
	from, member := top, name
	if inDetail, ok := strings.CutPrefix(name, "detail."); ok {
		from, member = detail, inDetail
	}
	raw, ok := from[member]
	if !ok {
		if f.required(e.Type) {
			return fmt.Errorf("%s is missing", name)
		}
		return nil
	}
	if err := readValue(raw, f.in(e)); err != nil {
		return fmt.Errorf("%s %w, got %s", name, err, clip(raw))
	}
	return nil
}

// required reports whether an event of type t without the field is malformed. If it is not known what type an event has, only
// what every event carries is required of it.
func (f *field) required(t EventType) bool {
	if !slices.Contains(EventTypes(), t) {
		return !slices.ContainsFunc(EventTypes(), func(t EventType) bool { return f.carried[t] != Always })
	}
	return f.carried[t] == Always
}

// readValue fills what pointer points at. Null is no value of any type.
func readValue(raw json.RawMessage, pointer any) error {
	if at, ok := pointer.(*time.Time); ok {
		return readTime(raw, at)
	}
	if json.Unmarshal(raw, pointer) != nil || nullIn(raw) {
		return fmt.Errorf("must be %s", kindOf(pointer))
	}
	return nil
}

// nullIn reports whether raw is null or a list or map with a null in it, all of which encoding/json would accept for strings.
func nullIn(raw json.RawMessage) bool {
	var value any
	if json.Unmarshal(raw, &value) != nil {
		return true
	}
	switch v := value.(type) {
	case []any:
		return slices.Contains(v, nil)
	case map[string]any:
		for _, member := range v {
			if member == nil {
				return true
			}
		}
	}
	return value == nil
}

// readTime reads a time as Table 1 describes it.
func readTime(raw json.RawMessage, at *time.Time) error {
	var text string
	if json.Unmarshal(raw, &text) != nil || nullIn(raw) {
		return errors.New("must be a string")
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || !strings.HasSuffix(text, "Z") {
		return errors.New("must be a time in UTC such as 2023-06-14T01:02:03Z")
	}
	*at = t
	return nil
}

// clip is raw as far as an error message or a log should repeat what somebody else sent.
func clip(raw []byte) string {
	const most = 80
	if raw == nil {
		return "nothing"
	}
	if len(raw) > most {
		return strings.ToValidUTF8(string(raw[:most]), "") + "…"
	}
	return string(raw)
}
