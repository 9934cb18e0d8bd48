package database

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"github.com/go-sql-driver/mysql"

	"github.com/warmstandby/warmstandby/internal/todo"
)

// Server errors that mean something to the application.
const (
	tooManyConnections     = 1040
	databaseAccessDenied   = 1044
	accessDenied           = 1045
	serverShutdown         = 1053
	tableAccessDenied      = 1142
	noSuchTable            = 1146
	proxyConnectionTimeout = 9501 // RDS Proxy: timed out waiting for a connection to the database
)

// noWriter is what RDS Proxy says where its cluster has no writer. Its number is not documented.
const noWriter = "read/write instances"

// unreachable tells whether an error is about the way to the database rather than about the statement, so that another
// way may work. A server's own errors are not, but for those with which it turns clients away.
func unreachable(err error) bool {
	if err == nil || errors.Is(err, sql.ErrNoRows) {
		return false
	}
	if answer, ok := errors.AsType[*mysql.MySQLError](err); ok {
		switch answer.Number {
		case tooManyConnections, serverShutdown, proxyConnectionTimeout:
			return true
		}
		return hasNoWriter(err)
	}
	return true
}

// hasNoWriter tells whether the proxy refuses because its cluster only reads.
func hasNoWriter(err error) bool {
	answer, ok := errors.AsType[*mysql.MySQLError](err)
	return ok && strings.Contains(answer.Message, noWriter)
}

// classifyWrite returns the error of a write as one of package todo.
//
// [driver.ErrBadConn] is what is left of MySQL's errors 1290, 1792 and 1836 once RejectReadOnly has closed the
// connection: database/sql has then tried again, at last with a new connection, which a server that writes does not
// refuse.
func classifyWrite(err error) error {
	if errors.Is(err, driver.ErrBadConn) || hasNoWriter(err) {
		return fmt.Errorf("%w: %w", todo.ErrReadOnly, err)
	}
	return classifyRead(err)
}

// classifyRead returns the error of a read as one of package todo. Those that are none of them are defects.
func classifyRead(err error) error {
	if unreachable(err) {
		return fmt.Errorf("%w: %w", todo.ErrUnavailable, err)
	}
	if answer, ok := errors.AsType[*mysql.MySQLError](err); ok {
		switch answer.Number {
		case databaseAccessDenied, accessDenied, tableAccessDenied, noSuchTable:
			return fmt.Errorf("%w: %w", todo.ErrNotSetUp, err)
		}
	}
	return err
}
