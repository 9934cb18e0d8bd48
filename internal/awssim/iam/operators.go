package iam

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// operator is a condition operator without its modifiers.
type operator struct {
	negated bool
	compile func(operands []string, variables bool) (test, error)
}

// operators are those of "IAM JSON policy elements: Condition operators" in the IAM user guide, but for Null.
var operators = map[string]operator{
	"StringEquals":              {false, compileStrings(syntax{})},
	"StringNotEquals":           {true, compileStrings(syntax{})},
	"StringEqualsIgnoreCase":    {false, compileStrings(syntax{fold: true})},
	"StringNotEqualsIgnoreCase": {true, compileStrings(syntax{fold: true})},
	"StringLike":                {false, compileStrings(syntax{wildcards: true})},
	"StringNotLike":             {true, compileStrings(syntax{wildcards: true})},

	// The two ARN operators behave in the same way.
	"ArnEquals":    {false, compileARNs},
	"ArnLike":      {false, compileARNs},
	"ArnNotEquals": {true, compileARNs},
	"ArnNotLike":   {true, compileARNs},

	"NumericEquals":            {false, compare(parseNumber, func(a, b float64) bool { return a == b })},
	"NumericNotEquals":         {true, compare(parseNumber, func(a, b float64) bool { return a == b })},
	"NumericLessThan":          {false, compare(parseNumber, func(a, b float64) bool { return a < b })},
	"NumericLessThanEquals":    {false, compare(parseNumber, func(a, b float64) bool { return a <= b })},
	"NumericGreaterThan":       {false, compare(parseNumber, func(a, b float64) bool { return a > b })},
	"NumericGreaterThanEquals": {false, compare(parseNumber, func(a, b float64) bool { return a >= b })},

	"DateEquals":            {false, compare(parseDate, time.Time.Equal)},
	"DateNotEquals":         {true, compare(parseDate, time.Time.Equal)},
	"DateLessThan":          {false, compare(parseDate, time.Time.Before)},
	"DateLessThanEquals":    {false, compare(parseDate, func(a, b time.Time) bool { return !a.After(b) })},
	"DateGreaterThan":       {false, compare(parseDate, time.Time.After)},
	"DateGreaterThanEquals": {false, compare(parseDate, func(a, b time.Time) bool { return !a.Before(b) })},

	"Bool":         {false, compileBooleans},
	"BinaryEquals": {false, compare(parseBinary, func(a, b string) bool { return a == b })},
	"IpAddress":    {false, compileAddresses},
	"NotIpAddress": {true, compileAddresses},
}

// compileStrings compiles values that are compared as text.
func compileStrings(s syntax) func([]string, bool) (test, error) {
	return func(operands []string, variables bool) (test, error) {
		s := s
		s.variables = variables
		ps, err := s.compileAll(operands)
		if !s.fold {
			return ps.match, err
		}
		return func(got string, c *values) (bool, error) { return ps.match(strings.ToLower(got), c) }, err
	}
}

// compileBooleans compiles "true" and "false", in any case. The guide allows policy variables here in one place and excludes
// them in another; they are allowed.
func compileBooleans(operands []string, variables bool) (test, error) {
	for _, o := range operands {
		if b := strings.ToLower(o); b != "true" && b != "false" && (!variables || !strings.Contains(o, "${")) {
			return nil, fmt.Errorf(`must be "true" or "false", got %q`, o)
		}
	}
	return compileStrings(syntax{fold: true})(operands, variables)
}

// arnPattern is an ARN whose six parts are compared one by one.
type arnPattern [6]pattern

// compileARNs compiles ARNs with wildcards. A wildcard does not reach beyond its part; the last part may have colons.
func compileARNs(operands []string, variables bool) (test, error) {
	arns := make([]arnPattern, len(operands))
	var errs []error
	for i, o := range operands {
		parts := splitARN(o)
		if len(parts) != 6 {
			errs = append(errs, fmt.Errorf("%q is not an ARN: it must have six parts separated by colons", o))
			continue
		}
		for j, part := range parts {
			p, err := syntax{wildcards: true, variables: variables}.compile(part)
			arns[i][j] = p
			errs = append(errs, err)
		}
	}
	return func(got string, c *values) (bool, error) { return matchARN(arns, got, c) }, errors.Join(errs...)
}

func matchARN(arns []arnPattern, got string, c *values) (bool, error) {
	parts := strings.SplitN(got, ":", 6)
	if len(parts) != 6 {
		return false, nil
	}
	var failed error
	for _, arn := range arns {
		matched := true
		for i := 0; i < len(arn) && matched; i++ {
			ok, err := arn[i].match(parts[i], c)
			if err != nil {
				failed = err
			}
			matched = ok
		}
		if matched {
			return true, nil
		}
	}
	return false, failed
}

// splitARN splits an ARN into its six parts. The colons within policy variables do not separate.
func splitARN(arn string) []string {
	var parts []string
	from, depth := 0, 0
	for i := 0; i < len(arn) && len(parts) < 5; i++ {
		switch {
		case strings.HasPrefix(arn[i:], "${"):
			depth = 1
		case arn[i] == '}':
			depth = 0
		case arn[i] == ':' && depth == 0:
			parts = append(parts, arn[from:i])
			from = i + 1
		}
	}
	return append(parts, arn[from:])
}

// compare makes the operator that parses values and holds for a value of the request and one of the policy. A value of the
// request that cannot be parsed matches nothing.
func compare[T any](parse func(string) (T, error), holds func(got, want T) bool) func([]string, bool) (test, error) {
	return func(operands []string, _ bool) (test, error) {
		wants := make([]T, len(operands))
		errs := make([]error, len(operands))
		for i, o := range operands {
			wants[i], errs[i] = parse(o)
		}
		return func(value string, _ *values) (bool, error) {
			got, err := parse(value)
			if err != nil {
				return false, nil
			}
			for _, want := range wants {
				if holds(got, want) {
					return true, nil
				}
			}
			return false, nil
		}, errors.Join(errs...)
	}
}

func parseNumber(s string) (float64, error) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) || strings.ContainsAny(s, "xXpP_") {
		return 0, fmt.Errorf("%q is not a number", s)
	}
	return f, nil
}

// dateLayouts are the W3C's profile of ISO 8601 (NOTE-datetime), which IAM takes.
var dateLayouts = []string{
	time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02", "2006-01", "2006",
}

// parseDate reads an ISO 8601 date or, as IAM does too, seconds since 1970.
func parseDate(s string) (time.Time, error) {
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	if seconds, err := strconv.ParseInt(s, 10, 64); err == nil {
		return time.Unix(seconds, 0), nil
	}
	return time.Time{}, fmt.Errorf("%q is not a date: it must be like 2026-01-31T23:59:59Z or seconds since 1970", s)
}

// parseBinary reads base64, which stands for the bytes both in a policy and in [Request].Context.
func parseBinary(s string) (string, error) {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return "", fmt.Errorf("%q is not base64", s)
	}
	return string(b), nil
}

// compileAddresses compiles IP addresses and ranges in CIDR notation.
func compileAddresses(operands []string, _ bool) (test, error) {
	ranges := make([]netip.Prefix, len(operands))
	errs := make([]error, len(operands))
	for i, o := range operands {
		ranges[i], errs[i] = parseRange(o)
	}
	return func(got string, _ *values) (bool, error) {
		addr, err := netip.ParseAddr(got)
		if err != nil {
			return false, nil
		}
		for _, r := range ranges {
			if r.Contains(addr.Unmap()) {
				return true, nil
			}
		}
		return false, nil
	}, errors.Join(errs...)
}

func parseRange(s string) (netip.Prefix, error) {
	if r, err := netip.ParsePrefix(s); err == nil {
		return r.Masked(), nil
	}
	addr, err := netip.ParseAddr(s)
	if err != nil || addr.Zone() != "" {
		return netip.Prefix{}, fmt.Errorf("%q is neither an IP address nor a range of them in CIDR notation", s)
	}
	addr = addr.Unmap()
	return netip.PrefixFrom(addr, addr.BitLen()), nil
}
