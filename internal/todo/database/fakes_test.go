package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
)

// What servers answer in these tests.
var (
	errDial     = errors.New("dial tcp 10.0.0.7:3306: connect: connection refused")
	errNoWriter = &mysql.MySQLError{Number: 1105, Message: "The target group doesn't have any associated read/write instances"}
	errSyntax   = &mysql.MySQLError{Number: 1064, Message: "You have an error in your SQL syntax"}
)

// server is one endpoint. Every statement on it gets value as its only row, or fails with err; a hanging one does
// neither. What was asked of it is counted.
type server struct {
	value      int64
	err        error
	connectErr error
	hangs      bool
	takes      time.Duration // until a connection is there

	connects, statements int
}

func (s *server) Connect(ctx context.Context) (driver.Conn, error) {
	s.connects++
	if s.hangs {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	time.Sleep(s.takes)
	return &connection{s}, s.connectErr
}

func (*server) Driver() driver.Driver { return nil }

// connection is a connection to a server.
type connection struct{ server *server }

func (c *connection) QueryContext(context.Context, string, []driver.NamedValue) (driver.Rows, error) {
	c.server.statements++
	return &row{value: c.server.value}, c.server.err
}

func (c *connection) ExecContext(context.Context, string, []driver.NamedValue) (driver.Result, error) {
	c.server.statements++
	return driver.RowsAffected(1), c.server.err
}

func (*connection) Prepare(string) (driver.Stmt, error) { return nil, errors.ErrUnsupported }
func (*connection) Begin() (driver.Tx, error)           { return nil, errors.ErrUnsupported }
func (*connection) Close() error                        { return nil }

// row is a result of one row with one column.
type row struct {
	value int64
	read  bool
}

func (*row) Columns() []string { return []string{"value"} }
func (*row) Close() error      { return nil }

func (r *row) Next(dest []driver.Value) error {
	if r.read {
		return io.EOF
	}
	r.read, dest[0] = true, r.value
	return nil
}

// endpoints connects to two servers.
func endpoints(t *testing.T, readWrite, readOnly *server) *Endpoints {
	t.Helper()
	e := NewEndpoints(sql.OpenDB(readWrite), sql.OpenDB(readOnly))
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}
