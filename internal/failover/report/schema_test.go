package report_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

const schemaFile = "../../../docs/report.schema.json"

// TestGoldenSchema compares the published schema with the types, and with what their comments say.
func TestGoldenSchema(t *testing.T) {
	b := schemaBuilder{comments: comments(t, ".", "..", "../../../constructs/topology"), defs: map[string]any{}}
	schema := b.of(reflect.TypeFor[report.Report]())
	for k, v := range map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Report of a warmstandby run, version 1", "$defs": b.defs,
	} {
		schema[k] = v
	}
	want, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile(schemaFile, want, 0o644); err != nil { //nolint:gosec // a document
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is not what the types say (make golden writes it):\n%s", schemaFile, diff)
	}
}

// TestSchemaHolds validates reports of all kinds against the published schema.
func TestSchemaHolds(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	all := reports()
	all["hostile"] = hostileReport()
	for name, r := range all {
		if err := schema.Validate(decode(t, r.JSON())); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, change := range map[string]func(map[string]any){
		"lacks moves":      func(r map[string]any) { delete(r, "moves") },
		"a time that none": func(r map[string]any) { r["started"] = 12 },
		"a text":           func(r map[string]any) { r["rehearsal"].(map[string]any)["clients"].(map[string]any)["rate"] = "300" },
		"another version":  func(r map[string]any) { r["version"] = 2 },
	} {
		data := decode(t, reports()["region loss"].JSON()).(map[string]any)
		change(data)
		if schema.Validate(data) == nil {
			t.Errorf("%s: the schema allows it", name)
		}
	}
}

func decode(t *testing.T, data []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// schemaBuilder makes JSON Schema of types.
type schemaBuilder struct {
	comments map[string]string
	defs     map[string]any
}

// of is the schema of a type. That of a struct with a name is among the definitions.
func (b schemaBuilder) of(t reflect.Type) map[string]any {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case t == reflect.TypeFor[time.Duration]():
		return map[string]any{"type": "integer", "description": "Nanoseconds."}
	case t == reflect.TypeFor[failover.Mode]() || t.Kind() == reflect.String:
		return map[string]any{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer"}
	case reflect.Uint64:
		return map[string]any{"type": "integer", "minimum": 0}
	case reflect.Slice:
		return map[string]any{"type": []string{"array", "null"}, "items": b.of(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": []string{"object", "null"}, "additionalProperties": b.of(t.Elem())}
	case reflect.Pointer:
		return map[string]any{"anyOf": []any{b.of(t.Elem()), map[string]any{"type": "null"}}}
	case reflect.Struct:
		b.define(t)
		return map[string]any{"$ref": "#/$defs/" + t.Name()}
	}
	panic("no schema for " + t.String())
}

// define adds a struct to the definitions.
func (b schemaBuilder) define(t reflect.Type) {
	if b.defs[t.Name()] != nil {
		return
	}
	properties, required := map[string]any{}, []string{}
	def := map[string]any{"type": "object", "description": b.comments[t.Name()], "properties": properties}
	b.defs[t.Name()] = def
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		member := b.of(f.Type)
		if options == "omitempty" {
			if kinds, ok := member["type"].([]string); ok {
				member["type"] = kinds[0] // what is empty is not there
			}
			if either, ok := member["anyOf"].([]any); ok {
				member = either[0].(map[string]any)
			}
		} else {
			required = append(required, name)
		}
		if text := b.comments[t.Name()+"."+f.Name]; text != "" {
			member["description"] = strings.TrimSpace(text + " " + orEmpty(member["description"]))
		}
		properties[name] = member
	}
	if t == reflect.TypeFor[report.Report]() {
		properties["version"] = map[string]any{"const": report.Version, "description": b.comments["Report.Version"]}
	}
	slices.Sort(required)
	def["required"] = required
}

func orEmpty(v any) string {
	text, _ := v.(string)
	return text
}
