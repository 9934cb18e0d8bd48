// Package outcome sums played scenarios up: one of them for a reader, several as a table and as distributions over seeds.
//
// Every figure is taken from a [report.Report]; nothing is measured here.
package outcome
