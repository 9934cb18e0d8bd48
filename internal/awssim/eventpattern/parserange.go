package eventpattern

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// parseNumeric reads a comparison, such as ["=", 5], or a range, such as [">", 0, "<=", 5].
func parseNumeric(name string, raw json.RawMessage) (filter, error) {
	wrong := func(why string) (filter, error) {
		return nil, fmt.Errorf(`%q must be a comparison such as ["=", 5] or a range such as [">", 0, "<=", 5]: %s, got %s`, name, why, clip(raw))
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil || len(list) != 2 && len(list) != 4 {
		return wrong("it has two or four elements")
	}
	most := int64(maxNumber * 1e6)
	f := numberRange{from: -most, to: most}
	for i := 0; i < len(list); i += 2 {
		operator, _ := parseString(list[i])
		limit, ok := parseValue(list[i+1]).micros()
		if !ok {
			return wrong("numbers must be between -5e9 and 5e9")
		}
		switch {
		case operator == "=" && len(list) == 2:
			f.from, f.to = limit, limit
		case (operator == ">" || operator == ">=") && i == 0:
			f.from, f.openFrom = limit, operator == ">"
		case (operator == "<" || operator == "<=") && (i == 2 || len(list) == 2):
			f.to, f.openTo = limit, operator == "<"
		default:
			return wrong("the operators are =, >, >=, <, <=, and a range goes from the lower limit to the upper")
		}
	}
	if f.from > f.to || len(list) == 4 && f.from == f.to {
		return wrong("the lower limit must be less than the upper")
	}
	return f, nil
}

// parseCIDR reads a range of IP addresses, which starts at the address as it is written.
func parseCIDR(s string) (filter, error) {
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return nil, errors.New("it must be a range of IP addresses such as 10.0.0.0/24")
	}
	if p.Bits() == p.Addr().BitLen() {
		return nil, errors.New("it must have at least one bit for hosts")
	}
	to := p.Addr().AsSlice()
	for bit := p.Bits(); bit < len(to)*8; bit++ {
		to[bit/8] |= 0x80 >> (bit % 8)
	}
	last, _ := netip.AddrFromSlice(to)
	return addressRange{p.Addr(), last}, nil
}

// parseWildcard reads a text in which asterisks stand for any characters, unless a backslash is before them.
func parseWildcard(s string) (filter, error) {
	f := wildcard{texts: []string{""}}
	var text strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '*' && i+1 < len(s) && s[i+1] == '*':
			return nil, errors.New("it must not have consecutive asterisks")
		case c == '*':
			f.texts[len(f.texts)-1] = text.String()
			f.texts = append(f.texts, "")
			text.Reset()
		case c == '\\' && (i+1 == len(s) || s[i+1] != '*' && s[i+1] != '\\'):
			return nil, errors.New(`it may have a backslash only before "*" or another backslash`)
		case c == '\\':
			i++
			text.WriteByte(s[i])
		default:
			text.WriteByte(c)
		}
	}
	f.texts[len(f.texts)-1] = text.String()
	return f, nil
}
