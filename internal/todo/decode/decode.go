// Package decode reads JSON objects strictly.
//
// encoding/json forgives what an API should not: unknown fields unless told otherwise, fields given twice, names in
// another case, text that is not UTF-8, trailing data. This package forgives nothing, and reports everything that is
// wrong with an object at once, in words for the person who sent it: the field, what it got, what is allowed.
package decode

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// MaxBytes is the size up to which a body is read. The largest valid to-do, every character of it escaped, has less
// than 2 KiB.
const MaxBytes = 8 << 10

// Field is one field that an object may have.
type Field struct {
	// Name is the field's name, compared exactly.
	Name string

	// Optional fields may be absent. A null is not absence.
	Optional bool

	// Set takes the value as it was written. What it returns is reported after the name.
	Set func(json.RawMessage) error
}

// Object reads data as one JSON object with the fields given. The error joins everything that is wrong; the fields
// that are right have been set nevertheless.
func Object(data []byte, fields ...Field) error {
	if err := text(data); err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := open(dec, data); err != nil {
		return err
	}
	o := object{fields: fields, seen: map[string]bool{}}
	for dec.More() {
		if err := o.member(dec); err != nil {
			return err
		}
	}
	if err := finish(dec); err != nil {
		return err
	}
	o.requireRest()
	return errors.Join(o.problems...)
}

// text refuses what is not worth parsing.
func text(data []byte) error {
	switch {
	case len(data) > MaxBytes:
		return fmt.Errorf("the body must be at most %d bytes, got %d", MaxBytes, len(data))
	case len(bytes.TrimSpace(data)) == 0:
		return errors.New("the body must be a JSON object, got nothing")
	case !utf8.Valid(data):
		return errors.New("the body must be UTF-8 text, got other bytes")
	}
	return nil
}

// open reads the brace that data, which is not blank, begins with.
func open(dec *json.Decoder, data []byte) error {
	start := bytes.TrimSpace(data)
	if _, err := dec.Token(); err != nil {
		return broken(err)
	}
	if start[0] != '{' {
		return fmt.Errorf("the body must be a JSON object, got %s", kindOf(start))
	}
	return nil
}

// finish reads the closing brace and makes sure that nothing follows.
func finish(dec *json.Decoder) error {
	if _, err := dec.Token(); err != nil {
		return broken(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("the body must be one JSON object, got more after it")
	}
	return nil
}

// broken says how data is no JSON.
func broken(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the body must be JSON, got the beginning of it only")
	}
	return fmt.Errorf("the body must be JSON: %w", err)
}

// object is an object as far as it has been read.
type object struct {
	fields   []Field
	seen     map[string]bool
	problems []error
}

// member reads one name and its value. Its error means that data is no JSON; problems with the member are collected.
func (o *object) member(dec *json.Decoder) error {
	token, err := dec.Token()
	if err != nil {
		return broken(err)
	}
	var value json.RawMessage
	if err := dec.Decode(&value); err != nil {
		return broken(err)
	}
	name, _ := token.(string) // the decoder accepts nothing else as a name
	o.take(name, value)
	return nil
}

// take gives value to the field called name.
func (o *object) take(name string, value json.RawMessage) {
	i := slices.IndexFunc(o.fields, func(f Field) bool { return f.Name == name })
	switch {
	case i < 0:
		o.problem("unknown field %s, allowed: %s", quote(name), o.names())
	case o.seen[name]:
		o.problem("field %q must be given once", name)
	default:
		o.seen[name] = true
		if err := o.fields[i].Set(value); err != nil {
			o.problem("%s %w", name, err)
		}
	}
}

// requireRest reports the fields that are missing.
func (o *object) requireRest() {
	for _, f := range o.fields {
		if !f.Optional && !o.seen[f.Name] {
			o.problem("%s is missing", f.Name)
		}
	}
}

// problem collects what is wrong, up to a number that a reader can use.
func (o *object) problem(format string, args ...any) {
	const enough = 8
	if len(o.problems) < enough {
		o.problems = append(o.problems, fmt.Errorf(format, args...))
	}
}

// names lists the fields that are allowed.
func (o *object) names() string {
	names := make([]string, len(o.fields))
	for i, f := range o.fields {
		names[i] = f.Name
	}
	return strings.Join(names, ", ")
}

// quote shows what a caller sent, on one line and no longer than needed to recognise it.
func quote(s string) string {
	const enough = 40
	if utf8.RuneCountInString(s) > enough {
		s = string([]rune(s)[:enough]) + "…"
	}
	return fmt.Sprintf("%q", s)
}
