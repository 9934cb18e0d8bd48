package properties_test

import (
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

type example struct {
	Name    string
	Count   properties.Int
	Enabled properties.Bool
	Tags    properties.Ignored
	Inner   struct{ Values []string }
}

func TestDecode(t *testing.T) {
	for name, given := range map[string]map[string]any{
		"numbers and truth values": {"Name": "a", "Count": 10.0, "Enabled": true, "Tags": []any{map[string]any{"Key": "k"}}},
		"strings":                  {"Name": "a", "Count": "10", "Enabled": "true", "Tags": nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got example
			if err := properties.Decode("A::B::C", given, &got); err != nil {
				t.Fatal(err)
			}
			if got.Name != "a" || got.Count != 10 || !got.Enabled {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestDecodeFalse(t *testing.T) {
	got := example{Enabled: true}
	if err := properties.Decode("A::B::C", map[string]any{"Enabled": "false"}, &got); err != nil || bool(got.Enabled) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestDecodeFails(t *testing.T) {
	for _, tt := range []struct {
		name  string
		given map[string]any
		want  string
	}{
		{"unknown", map[string]any{"Other": 1}, "A::B::C: property Other is not modelled"},
		{"unknown inside", map[string]any{"Inner": map[string]any{"Other": 1}}, "property Other is not modelled"},
		{"another type", map[string]any{"Inner": map[string]any{"Values": 1.0}}, "property Inner.Values must not be a number"},
		{"not a number", map[string]any{"Count": "many"}, `"many" is not an integer`},
		{"half a number", map[string]any{"Count": 1.5}, "1.5 is not an integer"},
		{"not a truth value", map[string]any{"Enabled": "yes"}, `"yes" is not a boolean`},
		{"not JSON", map[string]any{"Name": func() {}}, "A::B::C: json: unsupported type"},
	} {
		t.Run("fails for "+tt.name, func(t *testing.T) {
			err := properties.Decode("A::B::C", tt.given, &example{})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v does not say %q", err, tt.want)
			}
		})
	}
}
