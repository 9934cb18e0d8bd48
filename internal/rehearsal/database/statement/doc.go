// Package statement tells what a SQL text asks for, as far as it matters to who stands before a database: whether it
// changes anything, whether it manages users, and whether it asks for the database's role. It can replace what the
// database behind would not understand, because it is not Aurora.
//
// It is no parser. It takes a text apart into tokens and looks at the words that decide. Where it cannot be sure that a
// statement only reads, it says that it writes: a reader that refuses too much is noticed, one that lets a write through
// is not. Texts whose tokens depend on the session's SQL mode or on the server's version are taken apart in every
// possible way, and the worst counts. Functions and procedures that write when they are called by a query that only
// reads are not recognized.
package statement
