package eventpattern

import (
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// filter says whether a value of an event is wanted.
type filter interface{ matches(v value) bool }

type (
	exact        struct{ value value }
	exactNumber  struct{ micros int64 }
	prefix       struct{ text string }
	prefixFold   struct{ lower string }
	suffix       struct{ text string }
	suffixFold   struct{ lower string }
	equalsFold   struct{ text string }
	anythingBut  struct{ excluded []filter }
	exists       struct{}
	absent       struct{} // matches no value: conditions look for it
	addressRange struct{ from, to netip.Addr }
	either       struct{ filters []filter }

	numberRange struct {
		from, to         int64
		openFrom, openTo bool
	}

	// wildcard are the texts between the asterisks. There are at least two, if there is an asterisk.
	wildcard struct{ texts []string }
)

func (f exact) matches(v value) bool { return v.kind == f.value.kind && v.text == f.value.text }

func (f exactNumber) matches(v value) bool {
	n, ok := v.micros()
	return ok && n == f.micros
}

func (f prefix) matches(v value) bool {
	return v.kind == stringKind && strings.HasPrefix(v.text, f.text)
}

func (f prefixFold) matches(v value) bool {
	return v.kind == stringKind && strings.HasPrefix(strings.ToLower(v.text), f.lower)
}

func (f suffix) matches(v value) bool {
	return v.kind == stringKind && strings.HasSuffix(v.text, f.text)
}

func (f suffixFold) matches(v value) bool {
	return v.kind == stringKind && strings.HasSuffix(strings.ToLower(v.text), f.lower)
}

func (f equalsFold) matches(v value) bool {
	return v.kind == stringKind && strings.EqualFold(v.text, f.text)
}

func (f either) matches(v value) bool {
	return slices.ContainsFunc(f.filters, func(f filter) bool { return f.matches(v) })
}

func (f anythingBut) matches(v value) bool { return !either{f.excluded}.matches(v) }

func (exists) matches(value) bool { return true }

func (absent) matches(value) bool { return false }

func (f addressRange) matches(v value) bool {
	if v.kind != stringKind {
		return false
	}
	a, ok := address(v.text)
	return ok && a.BitLen() == f.from.BitLen() && a.Compare(f.from) >= 0 && a.Compare(f.to) <= 0
}

// address is s as an IP address. Zones, which belong to one machine, are none of it.
func address(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(s)
	return a, err == nil && a.Zone() == ""
}

func (f numberRange) matches(v value) bool {
	n, ok := v.micros()
	return ok && (n > f.from || n == f.from && !f.openFrom) && (n < f.to || n == f.to && !f.openTo)
}

// maxNumber is the greatest number that can be compared.
const maxNumber = 5e9

// micros is the number in millionths, if it is one that can be compared.
func (v value) micros() (int64, bool) {
	if v.kind != numberKind {
		return 0, false
	}
	n, err := strconv.ParseFloat(v.text, 64)
	if err != nil || math.Abs(n) > maxNumber {
		return 0, false
	}
	return int64(math.Round(n * 1e6)), true // 5e15 is less than 2^53, so that nothing but the seventh digit is lost
}

func (f wildcard) matches(v value) bool {
	if v.kind != stringKind {
		return false
	}
	last := len(f.texts) - 1
	if last == 0 {
		return v.text == f.texts[0]
	}
	rest, ok := strings.CutPrefix(v.text, f.texts[0])
	if !ok {
		return false
	}
	for _, text := range f.texts[1:last] {
		if _, rest, ok = strings.Cut(rest, text); !ok {
			return false
		}
	}
	return strings.HasSuffix(rest, f.texts[last])
}
