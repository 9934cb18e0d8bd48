// Package scenario plays disasters on an application that is up, while clients read and write through its edge, and measures what
// they cost.
//
// A [Scenario] is played by [Play]: clients begin, something happens, the application is moved by its own pipeline as an operator would
// move it, the clients end, and what they were promised is compared with what the database holds. Whether the scenario held is
// decided by what the clients and the machine saw ([report.Rehearsal]). Of what the automation says of itself it is only judged whether
// it says what it must: that the run succeeded, reasons and overrides, instructions, and a bound that covers what clients miss.
//
// The pipeline is started, approved and watched over CodePipeline's API, with the operator's credentials. Nothing of the application
// knows that it is rehearsed, but for the figures in its topology parameter that stand for times of AWS: they are scaled like the
// control planes.
package scenario
