// Package eventpattern is the part of EventBridge that decides which events a rule selects: it reads event patterns, refuses the
// ones that PutRule and TestEventPattern refuse, matches events, and says why an event does not match.
//
// What patterns mean is taken from the EventBridge User Guide ("Creating Amazon EventBridge event patterns", "Comparison operators
// for use in event patterns") and, where it leaves questions open, from the documentation and source of Event Ruler
// (github.com/aws/event-ruler), which AWS publishes as the library that EventBridge matches with:
//
//   - All fields of a pattern must match; of the filters that a field lists, one must.
//   - A field of an event that is a list matches if one of its elements does. Fields within a list of objects must match
//     within one and the same object. Lists of lists count as one list.
//   - A field name with a dot is the same as a field in a field: "a.b" and "a" with "b" in it.
//   - A list without elements, and an object, count as absent where a filter asks whether a field exists.
//   - Anything-but matches values of any type that are not excluded, but no absent field.
//   - Numbers are compared up to six digits after the point, between -5e9 and 5e9. Beyond, they match only a number that is
//     written in the same way.
//   - A string that is an IP address matches every way to write that address.
//   - A CIDR range starts at the address as it is written: 10.0.0.5/24 leaves out 10.0.0.4.
//
// # What is left out
//
// EventBridge also refuses wildcards that would cost too much to match. How it computes that is not documented, and nothing is
// refused for it here. Nothing is refused for its size: that is up to the API that takes the pattern.
package eventpattern
