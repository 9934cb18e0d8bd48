package regioncheck

import (
	"fmt"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	want := Request{Check: Write, Run: "r1"}
	if got, ok, err := Parse(want.Marshal()); got != want || !ok || err != nil {
		t.Errorf("got %+v, %t, %v", got, ok, err)
	}
	for _, event := range []string{"", "null", "[]", "{}", `{"httpMethod":"GET"}`, `{"check":"write"}`, "\xff", `{"warmstandbyCheck":5}`} {
		if _, ok, err := Parse([]byte(event)); ok || err != nil {
			t.Errorf("%q: got %t, %v", event, ok, err)
		}
	}
	_, ok, err := Parse([]byte(`{"warmstandbyCheck":{"check":"drop"}}`))
	if !ok || err == nil || !strings.Contains(err.Error(), `"drop"`) {
		t.Errorf("got %t, %v", ok, err)
	}
}

// A function of an application tells a check from its other events.
func ExampleParse() {
	event := Request{Check: Read, Run: "drill-7"}.Marshal()
	if r, ok, err := Parse(event); ok && err == nil {
		fmt.Println(r.Check, "for", r.Run)
	}
	// Output: read for drill-7
}
