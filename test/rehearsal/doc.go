// Package rehearsal proves the rehearsal as a whole: the application is synthesized once, by its own binary, and the operator's
// command brings it up, as anyone would. It proves that everything answers as specified and that nothing is left behind; and,
// with templates that one thing is wrong with, that the rehearsal finds it and says what it is.
package rehearsal
