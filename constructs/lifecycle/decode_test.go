package lifecycle

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fixtures are the document's example and one event of each type.
var fixtures = map[string]EventType{
	"example": ResourceUpsert, "start": RecoveryStart, "upsert": ResourceUpsert, "delete": ResourceDelete, "end": RecoveryEnd,
}

func TestRoundTrip(t *testing.T) {
	for name, eventType := range fixtures {
		t.Run(name, func(t *testing.T) {
			data := read(t, name)
			event, err := Decode(data)
			if err != nil {
				t.Fatal(err)
			}
			if event.Type != eventType {
				t.Errorf("type is %s, want %s", event.Type, eventType)
			}
			again, err := json.Marshal(event)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(parse(t, data), parse(t, again)); diff != "" {
				t.Errorf("(-event +decoded and encoded)\n%s", diff)
			}
		})
	}
}

func TestExample(t *testing.T) {
	var event Event
	if err := json.Unmarshal(read(t, "example"), &event); err != nil {
		t.Fatal(err)
	}
	d := event.Detail
	for name, got := range map[string][2]string{
		"recovery-resource-id": {d.RecoveryResourceID, "i-8009bfbb5bee5ad33"},
		"primary-resource-id":  {d.PrimaryResourceID, "i-0b6084f517f2024fa"},
		"restore-phase":        {string(d.RestorePhase), string(Failover)},
		"state":                {string(d.RecoveryResourceState), string(Done)},
		"application":          {string(d.ApplicationRestorePhase["gRM8TmEKCtEY7Ud8J8ride"]), string(Standby)},
		"resource-type":        {strings.Join(d.ResourceType, ","), "AWS::EC2::Instance"},
		"time":                 {event.Time.String(), "2023-08-31 16:57:35 +0000 UTC"},
	} {
		if got[0] != got[1] {
			t.Errorf("%s is %q, want %q", name, got[0], got[1])
		}
	}
}

// Every field that Table 1 gives to an event of the fixture's type is reported by its name when it is missing, and every field
// of the fixture when it has another type.
func TestFieldsAreReportedByName(t *testing.T) {
	for name, eventType := range fixtures {
		for _, path := range Paths() {
			for what, value := range map[string]any{"missing": nil, "a number": 7, "null": json.RawMessage("null"), "a list of numbers": []int{1}, "a list with null": []any{"a", nil}, "a map with null": map[string]any{"a": nil}} {
				event := parse(t, read(t, name))
				carried := set(event, path, value)
				err := decode(t, event)
				if !carried || value == nil && path.Availability(eventType) != Always {
					continue
				}
				if field := strings.TrimPrefix(string(path), "$."); err == nil || !strings.Contains(err.Error(), field+" ") {
					t.Errorf("%s with %s %s: error %v", name, field, what, err)
				}
			}
		}
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	event := parse(t, read(t, "upsert"))
	set(event, PathAccount, nil)
	set(event, PathTime, "yesterday")
	set(event, PathRecoveryResourceID, 5)
	set(event, PathResourceType, "AWS::EC2::Instance")
	wantErrors(t, decode(t, event), "account is missing", `time must be a time in UTC such as 2023-06-14T01:02:03Z, got "yesterday"`,
		"detail.recovery-resource-id must be a string, got 5", `detail.resource-type must be a list of strings, got "AWS::EC2::Instance"`)
}

func TestRefused(t *testing.T) {
	with := func(path Path, value any) string {
		event := parse(t, read(t, "end"))
		set(event, path, value)
		data, _ := json.Marshal(event)
		return string(data)
	}
	for name, tc := range map[string]struct {
		event string
		want  []string
	}{
		"nothing":             {"", []string{"the event must be a JSON object"}},
		"null":                {"null", []string{"detail must be an object, got nothing"}},
		"a list":              {"[]", []string{"the event must be a JSON object"}},
		"detail is text":      {`{"detail":"x"}`, []string{`detail must be an object, got "x"`}},
		"another source":      {with(PathSource, "aws.ec2"), []string{`source must be "io.arpio", got "aws.ec2"`}},
		"an empty source":     {with(PathSource, ""), []string{`source must be "io.arpio", got ""`}},
		"an unknown type":     {with(PathDetailType, "ArpioRecoveryPause"), []string{`got "ArpioRecoveryPause"`}},
		"a map of numbers":    {with(PathApplicationRestorePhase, map[string]int{"a": 1}), []string{`must be a map of strings, got {"a":1}`}},
		"a local time":        {with(PathTime, "2026-06-14T01:02:03+02:00"), []string{"time must be a time in UTC"}},
		"names in other case": {strings.Replace(with(PathID, "a"), `"region"`, `"Region"`, 1), []string{"region is missing"}},
		"a long value":        {with(PathTime, strings.Repeat("x", 5000)), []string{strings.Repeat("x", 79) + "…"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Decode([]byte(tc.event))
			wantErrors(t, err, tc.want...)
		})
	}
}

func TestSchemaVersion(t *testing.T) {
	event := parse(t, read(t, "end"))
	set(event, PathArpioSchemaVersion, "1")
	set(event, PathRecoveryAccount, 5) // may well be so in another version
	err := decode(t, event)
	if !errors.Is(err, ErrSchemaVersion) {
		t.Errorf("error %v", err)
	}
	wantErrors(t, err, `it must be "0", got "1"`)

	set(event, PathArpioSchemaVersion, 0)
	if err := decode(t, event); errors.Is(err, ErrSchemaVersion) || err == nil {
		t.Errorf("a version that is a number: error %v", err)
	}
}

func TestFieldsAddedLater(t *testing.T) {
	event := parse(t, read(t, "delete"))
	want := event["detail"]
	event["trace-header"] = map[string]any{"a": []int{1}}
	event["detail"] = maps.Clone(want.(map[string]any))
	event["detail"].(map[string]any)["recovery-plan"] = 7
	set(event, PathApplicationRestorePhase, map[string]string{"a": "warm"}) // a phase to come, in an event that does not carry it yet
	if err := decode(t, event); err != nil {
		t.Error(err)
	}
}

func TestAfterAnErrorTheEventIsZero(t *testing.T) {
	event := Event{ID: "a", Detail: Detail{EventID: "b"}}
	if err := event.UnmarshalJSON([]byte(`{"id":"c"}`)); err == nil || event.ID != "" || event.Detail.EventID != "" {
		t.Errorf("error %v, event %v", err, event)
	}
}

func FuzzDecode(f *testing.F) {
	for name := range fixtures {
		f.Add(read(f, name))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		event, err := Decode(data)
		if err != nil {
			return
		}
		again, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		same, err := Decode(again)
		if err != nil {
			t.Fatalf("%s: %v", again, err)
		}
		if diff := cmp.Diff(event, same); diff != "" {
			t.Error(diff)
		}
	})
}

func TestPaths(t *testing.T) {
	for _, path := range Paths() {
		if path.Kind() == "" {
			t.Errorf("%s has no kind", path)
		}
		if !slices.ContainsFunc(EventTypes(), func(e EventType) bool { return path.Availability(e) != Never }) {
			t.Errorf("no event carries %s", path)
		}
	}
	if p := Path("$.detail.x"); p.Kind() != "" || p.Availability(RecoveryEnd) != Never {
		t.Errorf("an unknown path is %q", p.Kind())
	}
	if n := len(Paths()); n != 26 {
		t.Errorf("%d paths, Table 1 has 26 rows", n)
	}
}

func read(t testing.TB, fixture string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + fixture + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func parse(t *testing.T, data []byte) map[string]any {
	t.Helper()
	var event map[string]any
	if err := json.Unmarshal(data, &event); err != nil {
		t.Fatal(err)
	}
	return event
}

// set changes the field at path, or removes it if value is nil, and reports whether it was there.
func set(event map[string]any, path Path, value any) bool {
	name := strings.TrimPrefix(string(path), "$.")
	if member, ok := strings.CutPrefix(name, "detail."); ok {
		event, name = event["detail"].(map[string]any), member
	}
	_, was := event[name]
	if value == nil {
		delete(event, name)
	} else {
		event[name] = value
	}
	return was
}

func decode(t *testing.T, event map[string]any) error {
	t.Helper()
	data, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Decode(data)
	return err
}

// wantErrors checks that err has one line per text, holding it. Without texts, there must be no error.
func wantErrors(t *testing.T, err error, texts ...string) {
	t.Helper()
	if err == nil {
		if len(texts) > 0 {
			t.Error("no error")
		}
		return
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%q lacks %q", err, text)
		}
	}
	if got := strings.Count(err.Error(), "\n") + 1; got != len(texts) {
		t.Errorf("%d problems, want %d: %v", got, len(texts), err)
	}
}
