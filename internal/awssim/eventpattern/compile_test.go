package eventpattern

import (
	"strings"
	"testing"
)

func TestRefusedPatterns(t *testing.T) {
	for pattern, want := range map[string]string{
		``:                      "the pattern is not JSON",
		`{`:                     "the pattern is not JSON",
		`[]`:                    "the pattern: it must be an object that is not empty, got []",
		`{}`:                    "the pattern: it must be an object that is not empty, got {}",
		`{"detail": {}}`:        "detail: it must be an object that is not empty",
		`{"source": "aws.ec2"}`: `source: it must be a list or an object, got "aws.ec2"`,
		`{"source": null}`:      "source: it must be a list or an object, got null",
		`{"detail": {"a": []}}`: "detail.a: it must not be an empty list",
		`{"a": [["x"]]}`:        `a: a filter must be a string, a number, true, false, null or an object, got the list ["x"]`,
		`{"a": [{}]}`:           "a: a filter must have one key, the name of an operator, got 0 in {}",
		`{"a": [{"prefix": "x", "suffix": "y"}]}`:              "a: a filter must have one key, the name of an operator, got 2",
		`{"a": [{"contains": "x"}]}`:                           `a: a filter may have the operators anything-but, cidr, equals-ignore-case, exists, numeric, prefix, suffix, wildcard, got "contains"`,
		`{"a": [{"prefix": 5}]}`:                               `a: "prefix" needs a string, got 5`,
		`{"a": [{"suffix": ["x"]}]}`:                           `a: "suffix" needs a string, got ["x"]`,
		`{"a": [{"prefix": {"wildcard": "x"}}]}`:               `a: "prefix" may have the operators equals-ignore-case, got "wildcard"`,
		`{"a": [{"equals-ignore-case": ["x"]}]}`:               `a: "equals-ignore-case" needs a string, got ["x"]`,
		`{"a": [{"wildcard": "x**"}]}`:                         `a: "wildcard": it must not have consecutive asterisks, got "x**"`,
		`{"a": [{"wildcard": "x\\y"}]}`:                        `a: "wildcard": it may have a backslash only before "*" or another backslash`,
		`{"a": [{"wildcard": "x\\"}]}`:                         `a: "wildcard": it may have a backslash only`,
		`{"a": [{"exists": "true"}]}`:                          `a: "exists" must be true or false, got "true"`,
		`{"a": [{"anything-but": true}]}`:                      `a: "anything-but" needs a string, a number, a list of either or an operator, got true`,
		`{"a": [{"anything-but": []}]}`:                        `a: "anything-but" must not be an empty list`,
		`{"a": [{"anything-but": ["x", 5]}]}`:                  `a: "anything-but" needs a list of strings only or of numbers only, got ["x", 5]`,
		`{"a": [{"anything-but": [null]}]}`:                    `a: "anything-but" needs a list of strings only`,
		`{"a": [{"anything-but": [{"prefix": "x"}]}]}`:         `a: "anything-but" needs a list of strings only`,
		`{"a": [{"anything-but": {"numeric": ["=", 5]}}]}`:     `a: "anything-but" may have the operators equals-ignore-case, prefix, suffix, wildcard, got "numeric"`,
		`{"a": [{"anything-but": {"prefix": ""}}]}`:            `a: "prefix" in "anything-but" must not be an empty string`,
		`{"a": [{"anything-but": {"suffix": ["x", ""]}}]}`:     `a: "suffix" in "anything-but" must not be an empty string`,
		`{"a": [{"anything-but": {"prefix": []}}]}`:            `a: "prefix" must not be an empty list`,
		`{"a": [{"anything-but": {"wildcard": ["*", "**"]}}]}`: `a: "wildcard": it must not have consecutive asterisks`,
		`{"a": [{"numeric": 5}]}`:                              "it has two or four elements, got 5",
		`{"a": [{"numeric": []}]}`:                             "it has two or four elements, got []",
		`{"a": [{"numeric": ["=", "5"]}]}`:                     "numbers must be between -5e9 and 5e9",
		`{"a": [{"numeric": ["=", 5000000001]}]}`:              "numbers must be between -5e9 and 5e9",
		`{"a": [{"numeric": ["!=", 5]}]}`:                      "the operators are =, >, >=, <, <=",
		`{"a": [{"numeric": ["<", 5, ">", 1]}]}`:               "a range goes from the lower limit to the upper",
		`{"a": [{"numeric": ["=", 5, "<", 9]}]}`:               "a range goes from the lower limit to the upper",
		`{"a": [{"numeric": [">", 5, "<", 5]}]}`:               "the lower limit must be less than the upper",
		`{"a": [{"cidr": "10.0.0.0"}]}`:                        `a: "cidr": it must be a range of IP addresses such as 10.0.0.0/24, got "10.0.0.0"`,
		`{"a": [{"cidr": "10.0.0.0/33"}]}`:                     "it must be a range of IP addresses",
		`{"a": [{"cidr": "10.0.0.0/32"}]}`:                     "it must have at least one bit for hosts",
		`{"a": [{"cidr": 10}]}`:                                `a: "cidr" needs a string, got 10`,
		`{"$or": {"a": [1]}}`:                                  `$or: it must be a list of at least two objects, got {"a": [1]}`,
		`{"b": {"$or": [{"a": [1]}]}}`:                         "b.$or: it must be a list of at least two objects",
		`{"$or": [{"a": [1]}, 5]}`:                             "the pattern: it must be an object that is not empty, got 5",
		`{"$or": [{"a": [1]}, {"prefix": ["x"]}]}`:             "prefix: a field in $or must not have the name of an operator",
		`{"a": [1], "$or": [{"a": [2]}, {"b": [3]}]}`:          "a: the pattern must not have the same field twice",
		`{"a.b": [1], "a": {"b": [2]}}`:                        "a.b: the pattern must not have the same field twice",
	} {
		p, err := Compile([]byte(pattern))
		if err == nil || p != nil {
			t.Errorf("%s is accepted", pattern)
			continue
		}
		if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %q, want %q", pattern, err, want)
		}
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	_, err := Compile([]byte(`{"a": [{"prefix": 5}, {"cidr": "x"}], "b": "c", "$or": [{"d": []}, {"e": {}}]}`))
	if err == nil || strings.Count(err.Error(), "\n") != 4 {
		t.Errorf("error %v", err)
	}
}

// A thousand combinations are accepted, and more are refused before they are made.
func TestCombinations(t *testing.T) {
	ten := func(prefix string) string {
		var alternatives []string
		for i := range 10 {
			alternatives = append(alternatives, `{"`+prefix+string(rune('0'+i))+`": [1]}`)
		}
		return `{"$or": [` + strings.Join(alternatives, ",") + `]}`
	}
	pattern := `{"a": ` + ten("a") + `, "b": ` + ten("b") + `, "c": ` + ten("c")
	if _, err := Compile([]byte(pattern + "}")); err != nil {
		t.Error(err)
	}
	for _, more := range []string{"d", "e", "f", "g", "h"} {
		pattern += `, "` + more + `": ` + ten(more)
	}
	if _, err := Compile([]byte(pattern + "}")); err == nil || !strings.Contains(err.Error(), "more than 1000 combinations") {
		t.Errorf("error %v", err)
	}
}
