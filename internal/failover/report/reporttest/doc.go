// Package reporttest makes up reports for tests: what a rehearsal could have measured, the same for the same seed.
package reporttest
