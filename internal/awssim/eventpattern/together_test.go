package eventpattern

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// Whether values are found together is the same as when all combinations of values are tried.
func TestTogether(t *testing.T) {
	const seed = 11
	r := rand.New(rand.NewPCG(seed, 0))
	matched := 0
	for range 5000 {
		event := `{"x":` + randomValue(r, 0) + `}`
		pattern := `{"x":{"a":[1],"b":[1]},"x.x":{"a":[1],"b":[2]},"x.x.x":{"a":[1,2],"b":[1,2]}}`
		for _, drop := range []string{`,"b":[2]`, `,"x.x.x":{"a":[1,2],"b":[1,2]}`, `{"a":[1],"b":[1]},"x.x":`} {
			if r.IntN(2) == 0 {
				pattern = strings.Replace(pattern, drop, "", 1)
			}
		}
		p, err := Compile([]byte(pattern))
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.Match([]byte(event))
		if err != nil {
			t.Fatal(err)
		}
		if want := tryAll(t, p, event); got != want {
			t.Fatalf("seed %d: %s and %s: %v, want %v", seed, pattern, event, got, want)
		}
		if got {
			matched++
		}
	}
	if matched < 50 || matched > 4900 {
		t.Errorf("%d of 5000 matched, which proves little", matched)
	}
}

func randomValue(r *rand.Rand, depth int) string {
	var parts []string
	switch n := r.IntN(4); {
	case depth > 4 || n == 0:
		return fmt.Sprint(r.IntN(3))
	case n == 1:
		for range 1 + r.IntN(3) {
			parts = append(parts, randomValue(r, depth+1))
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	for _, name := range []string{"a", "b", "x"} {
		if r.IntN(4) > 0 {
			parts = append(parts, fmt.Sprintf("%q:%s", name, randomValue(r, depth+1)))
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// tryAll matches a pattern without choices by trying all combinations of values.
func tryAll(t *testing.T, p *Pattern, event string) bool {
	t.Helper()
	found, err := scan([]byte(event), p.rules.paths)
	if err != nil {
		t.Fatal(err)
	}
	var try func(conditions []int, chosen []value) bool
	try = func(conditions []int, chosen []value) bool {
		if len(conditions) == 0 {
			return true
		}
		c := p.rules.conditions[conditions[0]]
		return slices.ContainsFunc(found[c.leaves], func(v value) bool {
			return c.matches(v) && !slices.ContainsFunc(chosen, func(w value) bool { return !compatible(v, w) }) &&
				try(conditions[1:], append(slices.Clip(chosen), v))
		})
	}
	return try(p.rules.rules[0][0], nil)
}

// compatible reports whether two values are in the same element of every list that both are in.
func compatible(v, w value) bool {
	for i := 0; i < len(v.in) && i < len(w.in) && v.in[i].list == w.in[i].list; i++ {
		if v.in[i].index != w.in[i].index {
			return false
		}
	}
	return true
}

// A list of an event of the greatest size does not take forever, although no element has all fields. Trying all combinations
// would take minutes.
func TestLongList(t *testing.T) {
	var elements []string
	for i := range 50_000 {
		elements = append(elements, fmt.Sprintf(`{"a":1,"%c":1}`, "bc"[i%2]))
	}
	p, err := Compile([]byte(`{"l":{"a":[1],"b":[1],"c":[1]}}`))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := p.Match([]byte(`{"l":[` + strings.Join(elements, ",") + `]}`)); got || err != nil {
		t.Errorf("%v, error %v", got, err)
	}
}
