// Package series plays scenarios one after the other, shows them while they are played, and writes down what came of them.
//
// On a terminal both Regions are shown as they are ten times a second, below a line for everything that happens. Elsewhere there are
// only the lines. Nothing of the terminal is changed that would have to be restored: neither its mode nor its cursor.
package series
