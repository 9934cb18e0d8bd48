package jsonpath_test

import (
	"testing"

	"github.com/warmstandby/warmstandby/internal/rehearsal/jsonpath"
)

func TestFind(t *testing.T) {
	value, err := jsonpath.Decode([]byte(`{"a-b":{"c":[1.0,{"d":null},[2]],"x":"<&>"},"m":{"k":{"v":1},"l":{"v":2},"n":3}}`))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"$.a-b.c[0]": "1.0", "$.a-b.c[1].d": "null", "$.a-b.c[2][0]": "2", "$.a-b.x": `"<&>"`, "$.m.*.v": "[1,2]", "$.a-b.c[*].d": "[null]",
		"$.a-b.c[3]": "", "$.none": "", "$.a-b.x.y": "", "$.m.x.*": "", "$.a-b.c.d": "",
	} {
		p, err := jsonpath.Parse(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		found, ok := p.Find(value)
		if ok != (want != "") || ok && jsonpath.Encode(found) != want {
			t.Errorf("%s: got %v, %v; want %s", path, found, ok, want)
		}
	}
	for _, bad := range []string{"", "a", "$a", "$..a", "$['a']", "$.a[", "$.a[-1]", "$.a b", "$.a.", "$.a[1:2]", "$[?(@.a)]"} {
		if _, err := jsonpath.Parse(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
