package decode_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/warmstandby/warmstandby/internal/todo/decode"
)

// item is what the tests read: the fields of a to-do.
type item struct {
	id           uint64
	task, status string
}

// read reads data as UpsertToDos does.
func read(data string) (item, error) {
	var it item
	err := decode.Object([]byte(data),
		decode.Field{Name: "id", Optional: true, Set: decode.ID(&it.id)},
		decode.Field{Name: "task", Set: decode.Text(&it.task, 50)},
		decode.Field{Name: "status", Set: decode.Text(&it.status, 50)},
	)
	return it, err
}

func TestObject(t *testing.T) {
	fifty := strings.Repeat("任", 50)
	for name, test := range map[string]struct {
		data string
		want item
	}{
		"no id":                {`{"task":"buy milk","status":"wip"}`, item{0, "buy milk", "wip"}},
		"id as a string":       {`{"id":"1","task":"t","status":"s"}`, item{1, "t", "s"}},
		"id as a number":       {`{"id":1,"task":"t","status":"s"}`, item{1, "t", "s"}},
		"any order and spaces": {" {\n\"status\" : \"s\" , \"id\" : 12, \"task\":\"t\" }\t", item{12, "t", "s"}},
		"50 code points":       {`{"task":"` + fifty + `","status":"s"}`, item{0, fifty, "s"}},
		"escapes":              {`{"task":"\u4efb\ud83d\ude00\\\"\n","status":"\u0000"}`, item{0, "任😀\\\"\n", "\x00"}},
		"escaped names":        {`{"t\u0061sk":"t","status":"s"}`, item{0, "t", "s"}},
		"right to left":        {`{"task":"קניות","status":"تم"}`, item{0, "קניות", "تم"}},
		"white space":          {`{"task":" ","status":"\t"}`, item{0, " ", "\t"}},
		"replacement char":     {`{"task":"\ufffd","status":"�"}`, item{0, "�", "�"}},
		"greatest id":          {`{"id":18446744073709551615,"task":"t","status":"s"}`, item{1<<64 - 1, "t", "s"}},
		"id beyond the table":  {`{"id":1` + strings.Repeat("0", 99) + `,"task":"t","status":"s"}`, item{1<<64 - 1, "t", "s"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := read(test.data)
			if err != nil || got != test.want {
				t.Errorf("got %+v, %v, want %+v", got, err, test.want)
			}
		})
	}
}

func TestObjectFails(t *testing.T) {
	const rest = `,"task":"t","status":"s"}`
	for name, test := range map[string]struct{ data, want string }{
		"fails without a body":       {"", "the body must be a JSON object, got nothing"},
		"fails on white space":       {" \n", "the body must be a JSON object, got nothing"},
		"fails on null":              {"null", "the body must be a JSON object, got null"},
		"fails on an array":          {"[{}]", "the body must be a JSON object, got an array"},
		"fails on a string":          {`"{}"`, "the body must be a JSON object, got a string"},
		"fails on a number":          {"7", "the body must be a JSON object, got a number"},
		"fails on a boolean":         {"false", "the body must be a JSON object, got a boolean"},
		"fails on no JSON":           {"task=t", "the body must be JSON: invalid character 'a' in literal true (expecting 'r')"},
		"fails on half an object":    {`{"task":"t"`, "the body must be JSON, got the beginning of it only"},
		"fails on half a string":     {`{"task":"t`, "the body must be JSON, got the beginning of it only"},
		"fails on a bare brace":      {"}", "the body must be JSON: invalid character '}' looking for beginning of value"},
		"fails on a trailing comma":  {`{"task":"t",}`, "the body must be JSON: invalid character '}' looking for beginning of object key string"},
		"fails on more after it":     {`{"task":"t","status":"s"}{}`, "the body must be one JSON object, got more after it"},
		"fails on garbage after it":  {`{"task":"t","status":"s"}x`, "the body must be one JSON object, got more after it"},
		"fails on other bytes":       {"{\"task\":\"\xff\",\"status\":\"s\"}", "the body must be UTF-8 text, got other bytes"},
		"fails on a large body":      {strings.Repeat(" ", 8193), "the body must be at most 8192 bytes, got 8193"},
		"fails on an unknown field":  {`{"x":1` + rest, `unknown field "x", allowed: id, task, status`},
		"fails on another case":      {`{"ID":1` + rest, `unknown field "ID", allowed: id, task, status`},
		"fails on a hostile name":    {`{"` + strings.Repeat("n", 99) + `\n":1` + rest, `unknown field "` + strings.Repeat("n", 40) + `…", allowed: id, task, status`},
		"fails on a field twice":     {`{"id":1,"id":2` + rest, `field "id" must be given once`},
		"fails on missing fields":    {`{}`, "task is missing\nstatus is missing"},
		"fails on null fields":       {`{"task":null,"status":"s"}`, "task must be a string of 1 to 50 characters, got null"},
		"fails on other types":       {`{"task":1,"status":["s"]}`, "task must be a string of 1 to 50 characters, got a number\nstatus must be a string of 1 to 50 characters, got an array"},
		"fails on an empty text":     {`{"task":"","status":"s"}`, "task must have 1 to 50 characters, got 0"},
		"fails on 51 characters":     {`{"task":"` + strings.Repeat("é", 51) + `","status":"s"}`, "task must have 1 to 50 characters, got 51"},
		"fails on half a pair":       {`{"task":"\ud83d","status":"s"}`, `task must be Unicode text, got half of a surrogate pair (\ud800 to \udfff)`},
		"fails on the other half":    {`{"task":"a\\\ude00b","status":"s"}`, `task must be Unicode text, got half of a surrogate pair (\ud800 to \udfff)`},
		"fails on a swapped pair":    {`{"task":"\ude00\ud83d","status":"s"}`, `task must be Unicode text, got half of a surrogate pair (\ud800 to \udfff)`},
		"fails on half and a letter": {`{"task":"\ud83d\u0061","status":"s"}`, `task must be Unicode text, got half of a surrogate pair (\ud800 to \udfff)`},
		"fails on id null":           {`{"id":null` + rest, "id must be a positive integer, as a number or a string, got null"},
		"fails on id true":           {`{"id":true` + rest, "id must be a positive integer, as a number or a string, got a boolean"},
		"fails on id object":         {`{"id":{}` + rest, "id must be a positive integer, as a number or a string, got an object"},
		"fails on id 0":              {`{"id":0` + rest, `id must be a positive integer in plain digits, got "0"`},
		"fails on id -1":             {`{"id":-1` + rest, `id must be a positive integer in plain digits, got "-1"`},
		"fails on id 1.0":            {`{"id":1.0` + rest, `id must be a positive integer in plain digits, got "1.0"`},
		"fails on id 1e3":            {`{"id":1e3` + rest, `id must be a positive integer in plain digits, got "1e3"`},
		"fails on id 01":             {`{"id":"01"` + rest, `id must be a positive integer in plain digits, got "01"`},
		"fails on id with a space":   {`{"id":" 1"` + rest, `id must be a positive integer in plain digits, got " 1"`},
		"fails on id of SQL":         {`{"id":"1 OR 1=1"` + rest, `id must be a positive integer in plain digits, got "1 OR 1=1"`},
		"fails on other digits":      {`{"id":"１"` + rest, `id must be a positive integer in plain digits, got "１"`},
		"fails on id empty":          {`{"id":""` + rest, "id must be a positive integer, got an empty string"},
		"fails on id half a pair":    {`{"id":"\ud800"` + rest, `id must be Unicode text, got half of a surrogate pair (\ud800 to \udfff)`},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := read(test.data); err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestObjectReportsNoMoreThanHelps(t *testing.T) {
	_, err := read("{" + strings.TrimSuffix(strings.Repeat(`"x":1,`, 1000), ",") + "}")
	if lines := strings.Split(err.Error(), "\n"); len(lines) != 8 {
		t.Errorf("got %d problems, want 8", len(lines))
	}
}

func TestOneOf(t *testing.T) {
	for data, want := range map[string]string{
		`{"action":"CREATE_TABLE"}`: "",
		`{"action":"DROP_TABLE"}`:   `action must be "CREATE_TABLE", got "DROP_TABLE"`,
		`{"action":"create_table"}`: `action must be "CREATE_TABLE", got "create_table"`,
		`{"action":5}`:              `action must be the string "CREATE_TABLE", got a number`,
		`{"action":"\ud800"}`:       `action must be Unicode text, got half of a surrogate pair (\ud800 to \udfff)`,
		`{}`:                        "action is missing",
	} {
		got := ""
		if err := decode.Object([]byte(data), decode.Field{Name: "action", Set: decode.OneOf("CREATE_TABLE")}); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", data, got, want)
		}
	}
}

// FuzzObject holds whatever is accepted to the rules, and to what encoding/json reads from it.
func FuzzObject(f *testing.F) {
	for _, seed := range []string{
		`{"id":"1","task":"t","status":"s"}`, `{"id":1,"task":"\ud83d\ude00","status":"\u0000\\"}`, `{"task":"t","task":"u"}`,
		`{"id":1e5,"task":"","status":null}`, `[[[[`, `{"task":"\ud800","status":"s"}`, "{\"task\":\"\xff\"}", "null", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data string) {
		got, err := read(data)
		if err != nil {
			return
		}
		for _, s := range []string{got.task, got.status} {
			if n := utf8.RuneCountInString(s); n < 1 || n > 50 || !utf8.ValidString(s) {
				t.Errorf("accepted %q", s)
			}
		}
		var want map[string]any
		if err := json.Unmarshal([]byte(data), &want); err != nil {
			t.Fatalf("accepted %q, encoding/json says %v", data, err)
		}
		if want["task"] != got.task || want["status"] != got.status || (want["id"] == nil) != (got.id == 0) {
			t.Errorf("read %+v, encoding/json %v", got, want)
		}
	})
}
