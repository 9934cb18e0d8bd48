// Package steady is the scenario of an application that runs undisturbed: each Region as it should be, the primary active.
//
// It is an outsider. All it has is where the application can be reached, and what is specified: it gets tokens, creates the
// table, then creates, reads, updates and deletes to-dos by Lambda Invoke, through the edge, and at each Region's API, asks for
// what must be refused too, and reads from the Region that stands by what the other one wrote. Every check is made, whatever came
// of those before, and says what was sent, what was expected and what came. Then it offers load through the edge.
//
// To-dos that it creates by Lambda Invoke in the primary Region first, with the values that the project's documentation uses,
// stay. All others that the checks create are deleted again, those of the load are not.
package steady
