package database

import (
	"context"

	"github.com/dolthub/vitess/go/mysql"
	"github.com/dolthub/vitess/go/sqltypes"
	querypb "github.com/dolthub/vitess/go/vt/proto/query"
	"github.com/dolthub/vitess/go/vt/sqlparser"
)

// serial has the embedded server execute one statement at a time. The engine's tables in memory need that: a statement works on
// copies of the tables that it uses, also if it only reads them, and in the end puts them in the place of what is there. Of two
// at the same time, one would undo the other, and both could give a row the same number. For the same reason a transaction of
// several statements undoes what others have written meanwhile; there is nothing here against that. Statements that use no table,
// such as SELECT SLEEP(60), have nothing to wait for, and nobody waits for them.
type serial struct {
	mysql.Handler
	turn chan struct{} // has room for the one whose turn it is
}

func newSerial(h mysql.Handler) (mysql.Handler, error) {
	return serial{h, make(chan struct{}, 1)}, nil
}

// wait waits for the turn of a statement, which ends when done is called.
func (s serial) wait(ctx context.Context, query string) (done func(), err error) {
	if !usesTables(query) {
		return func() {}, nil
	}
	select {
	case s.turn <- struct{}{}:
		return func() { <-s.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// usesTables is false for a SELECT in which no table is named. The parser has it select from the table dual.
func usesTables(query string) bool {
	parsed, err := sqlparser.Parse(query)
	if _, ok := parsed.(*sqlparser.Select); err != nil || !ok {
		return true
	}
	uses := false
	_ = sqlparser.Walk(func(node sqlparser.SQLNode) (bool, error) {
		switch n := node.(type) {
		case sqlparser.TableName:
			uses = uses || !n.IsEmpty() && n.Name.String() != "dual"
		case *sqlparser.Subquery:
			uses = true
		}
		return !uses, nil
	}, parsed)
	return uses
}

// ComQuery executes a statement.
func (s serial) ComQuery(ctx context.Context, c *mysql.Conn, query string, callback mysql.ResultSpoolFn) error {
	done, err := s.wait(ctx, query)
	if err != nil {
		return err
	}
	defer done()
	return s.Handler.ComQuery(ctx, c, query, callback)
}

// ComMultiQuery executes the first of several statements and returns the others.
func (s serial) ComMultiQuery(ctx context.Context, c *mysql.Conn, query string, callback mysql.ResultSpoolFn) (string, error) {
	done, err := s.wait(ctx, query)
	if err != nil {
		return "", err
	}
	defer done()
	return s.Handler.ComMultiQuery(ctx, c, query, callback)
}

// ComPrepare prepares a statement. The engine begins a transaction for that, with copies of the tables, which the statement would
// find when it is executed, whatever has happened to the tables until then. So that transaction is ended, unless the client is in
// one of their own.
func (s serial) ComPrepare(ctx context.Context, c *mysql.Conn, query string, prepare *mysql.PrepareData) ([]*querypb.Field, error) {
	done, err := s.wait(ctx, query)
	if err != nil {
		return nil, err
	}
	defer done()
	fields, err := s.Handler.ComPrepare(ctx, c, query, prepare)
	if err != nil || c.StatusFlags&uint16(mysql.ServerInTransaction) != 0 {
		return fields, err
	}
	return fields, s.Handler.ComQuery(ctx, c, "ROLLBACK", func(*sqltypes.Result, bool) error { return nil })
}

// ComStmtExecute executes a prepared statement.
func (s serial) ComStmtExecute(ctx context.Context, c *mysql.Conn, prepare *mysql.PrepareData, callback func(*sqltypes.Result) error) error {
	done, err := s.wait(ctx, prepare.PrepareStmt)
	if err != nil {
		return err
	}
	defer done()
	return s.Handler.ComStmtExecute(ctx, c, prepare, callback)
}
