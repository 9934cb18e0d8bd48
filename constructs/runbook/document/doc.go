// Package document models the Automation runbooks of AWS Systems Manager: schema 0.3 with its parameters, steps and outputs.
//
// A [Document] is built in Go, by hand or with the constructors of common steps, checked with [Document.Validate], and rendered as
// JSON; [Parse] reads it back. Validate reports everything at once that Systems Manager would refuse when the document is created,
// or worse, in the middle of an execution: a reference to a step that has not run yet, a nextStep that does not exist.
//
// # Values from outside
//
// Systems Manager pastes parameters into a document as text. A script that a value is pasted into is open to injection, whatever
// quotes are around it. So Validate is stricter than Systems Manager:
//
//   - every String and StringList parameter has an AllowedPattern or AllowedValues;
//   - a script holds no reference at all. What it needs of parameters, it gets as environment variables ([Script.Environment]), each
//     assigned in single quotes from a parameter whose pattern admits letters, digits and _ . : / @ + = , - only. Validate
//     computes that from the pattern, it does not take anybody's word for it;
//   - the role is fixed in the document. It is never a parameter, which the sender of an event could set.
//
// The package is plain Go without jsii.
//
// Sources: AWS Systems Manager User Guide, "Data elements and parameters", "Systems Manager Automation actions reference" with its
// "Properties shared by all actions", and "Automation system variables"; API Reference, StartAutomationExecution.
//
// # What is left out
//
// Steps inside loops (aws:loop), the attachments of scripts, and the inputs of actions other than those that this package has
// constructors for, which are checked for references only.
package document
