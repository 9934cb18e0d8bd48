// Package todo is the reference application: a list of to-dos that is served from one Region at a time.
//
// This package holds the domain and nothing else. Around it:
//
//   - decode reads JSON objects strictly and says everything that is wrong with them;
//   - api turns Lambda invocations into calls of the domain, and outcomes into HTTP responses;
//   - store keeps items in a MySQL table;
//   - database connects to the two endpoints of the Region's RDS Proxy with IAM tokens;
//   - schema creates the table and the application's database user, with the certificates of rdsca.
package todo

import "errors"

// MaxTextLength is the greatest length of a task and of a status, in Unicode code points. The least is 1.
const MaxTextLength = 50

// Item is one to-do.
type Item struct {
	// ID is what the database numbered the item with; 0 in an item that has not been stored.
	ID uint64 `json:"id"`

	// Task is what is to be done: 1 to [MaxTextLength] code points of any script.
	Task string `json:"task"`

	// Status is how far it is: 1 to [MaxTextLength] code points of any script, of the caller's choosing.
	Status string `json:"status"`
}

// Role is what the database in this Region may do at the moment.
type Role string

// The roles of a database.
const (
	// Writer accepts reads and writes: the Region is active.
	Writer Role = "writer"

	// Reader accepts reads only: the Region stands by.
	Reader Role = "reader"
)

// What can go wrong that a caller has to know. Any other error is a defect.
var (
	// ErrNotFound means that no item has the ID.
	ErrNotFound = errors.New("no such item")

	// ErrReadOnly means that a write reached a database that only reads: the Region stands by. Nothing was changed.
	ErrReadOnly = errors.New("the database does not accept writes")

	// ErrUnavailable means that the database could not be reached, or did not answer in time.
	ErrUnavailable = errors.New("the database cannot be reached")

	// ErrNotSetUp means that the database answers but has no table, or no user, for the application yet.
	ErrNotSetUp = errors.New("the database is not set up")
)
