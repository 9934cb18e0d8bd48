// Package busrule defines what every rule on a lifecycle bus has, whatever its target: a pattern, a retry policy, a dead-letter
// queue for events that could not be delivered, and alarms on both.
package busrule
