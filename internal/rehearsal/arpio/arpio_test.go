package arpio

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
)

const one = `{"source":"io.arpio","detail-type":"%","detail":{"a":1},"time":"2023-08-31T16:57:35Z","more":[]}`

func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestRead(t *testing.T) {
	event := func(kind string) string { return strings.Replace(one, "%", kind, 1) }
	dir := write(t, map[string]string{
		"2.json": "[" + event("c") + "," + event("d") + "]", "1.jsonl": event("a") + "\n" + event("b") + "\n", "3.txt": "ignored", "4.json": "",
	})
	for path, want := range map[string]string{dir: "abcd", filepath.Join(dir, "2.json"): "cd", filepath.Join(dir, "1.jsonl"): "ab"} {
		events, err := Read(path)
		got := ""
		for _, e := range events {
			got += e.DetailType
		}
		if err != nil || got != want {
			t.Errorf("%s: got %s, %v", path, got, err)
		}
	}
	for name, text := range map[string]string{
		"no JSON": "{", "no events": "[]", "a text": `"x"`, "no source": `{"detail-type":"x","detail":{}}`, "no detail": `{"source":"x","detail-type":"x"}`,
		"a bad time": strings.Replace(one, "2023", "yesterday", 1), "nothing": "",
	} {
		if _, err := Read(filepath.Join(write(t, map[string]string{"x.json": text}), "x.json")); err == nil {
			t.Errorf("%s is read", name)
		}
	}
	if _, err := Read(t.TempDir() + "/none"); err == nil {
		t.Error("a file that does not exist is read")
	}
}

// A recovery is the same for the same seed, and its events are such as Arpio sends.
func TestRecovery(t *testing.T) {
	now := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	recovery := func(seed uint64) (*recovery, []Event) {
		r := newRecovery(seed, now, anyApplication, anyAccount)
		return r, slices.Concat(r.test, r.failover, r.conclusion)
	}
	r, events := recovery(5)
	for seed, same := range map[uint64]bool{5: true, 6: false} {
		if _, again := recovery(seed); reflect.DeepEqual(events, again) != same {
			t.Errorf("seed %d makes the same recovery as seed 5: %v", seed, !same)
		}
	}
	kinds, newer := map[string]int{}, 0
	for _, e := range events {
		text := encode(map[string]any{
			"version": e.Version, "id": e.ID, "detail-type": e.DetailType, "source": e.Source, "account": e.Account, "time": e.Time.Format(time.RFC3339),
			"region": e.Region, "resources": e.Resources, "detail": e.Detail,
		})
		if bytes.Contains(e.Detail, []byte(`"arpio-schema-version":"1"`)) {
			newer++
			continue
		}
		kinds[e.DetailType]++
		if _, err := lifecycle.Decode(text); err != nil && e.DetailType != string(lifecycle.ResourceDelete) {
			t.Errorf("%s: %v", text, err)
		}
	}
	repeats := 0
	for _, n := range r.runs {
		repeats += n - 1
	}
	if len(r.runs) != servers || len(r.untested) != tested || r.failures != 1 || repeats == 0 || newer != resources || kinds["ArpioRecoveryStart"] != 3 || kinds["ArpioResourceDelete"] != deleted {
		t.Errorf("got %d servers, %d tested, %d failures, %d repeats, %d of the next schema, %v", len(r.runs), len(r.untested), r.failures, repeats, newer, kinds)
	}
}

func TestTextsFromEventsAreMadePrintable(t *testing.T) {
	var b bytes.Buffer
	Result{Events: []EventResult{{Type: "x", Subject: "\x1b[31mred\x07\u009b" + strings.Repeat("y", 10_000)}}}.WriteText(&b)
	if strings.ContainsAny(b.String(), "\x1b\x07\u009b") || b.Len() > 1000 {
		t.Errorf("got %q", b.String())
	}
}
