package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/warmstandby/warmstandby/internal/todo"
)

// The servers answer reads with their number, so that tests see which one did.
const (
	fromReadWrite = 1
	fromReadOnly  = 2
)

// read reads a number and says how long that took.
func read(t *testing.T, e *Endpoints) (value int, took time.Duration, err error) {
	t.Helper()
	start := time.Now()
	err = e.QueryRow(t.Context(), "SELECT value", nil, &value)
	return value, time.Since(start), err
}

func TestReads(t *testing.T) {
	for name, test := range map[string]struct {
		readWrite, readOnly server
		want                int
		took                time.Duration
		err                 error
	}{
		"prefer the read/write endpoint":         {server{}, server{}, fromReadWrite, 0, nil},
		"do not need the read-only endpoint":     {server{}, server{connectErr: errDial}, fromReadWrite, 0, nil},
		"fall back where no writer is":           {server{err: errNoWriter}, server{}, fromReadOnly, 0, nil},
		"fall back where no writer is, at login": {server{connectErr: errNoWriter}, server{}, fromReadOnly, 0, nil},
		"fall back where nothing listens":        {server{connectErr: errDial}, server{}, fromReadOnly, 0, nil},
		"fall back where a connection breaks":    {server{err: mysql.ErrInvalidConn}, server{}, fromReadOnly, 0, nil},
		"fall back where clients are too many":   {server{err: &mysql.MySQLError{Number: 1040}}, server{}, fromReadOnly, 0, nil},
		"fall back where the server stops":       {server{err: &mysql.MySQLError{Number: 1053}}, server{}, fromReadOnly, 0, nil},
		"fall back where the proxy waits":        {server{err: &mysql.MySQLError{Number: 9501}}, server{}, fromReadOnly, 0, nil},
		"fall back where nothing answers":        {server{hangs: true}, server{}, fromReadOnly, 2 * time.Second, nil},
		"fail on an error in the statement":      {server{err: errSyntax}, server{}, 0, 0, errSyntax},
		"fail where the user is refused":         {server{connectErr: &mysql.MySQLError{Number: 1045}}, server{}, 0, 0, todo.ErrNotSetUp},
		"fail where no table is":                 {server{err: &mysql.MySQLError{Number: 1146}}, server{}, 0, 0, todo.ErrNotSetUp},
		"fail where both refuse":                 {server{err: errNoWriter}, server{connectErr: errDial}, 0, 0, todo.ErrUnavailable},
		"fail where both hang":                   {server{hangs: true}, server{hangs: true}, 0, 4 * time.Second, todo.ErrUnavailable},
		"fail on the second one's error":         {server{err: errNoWriter}, server{err: errSyntax}, 0, 0, errSyntax},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				test.readWrite.value, test.readOnly.value = fromReadWrite, fromReadOnly
				got, took, err := read(t, endpoints(t, &test.readWrite, &test.readOnly))
				if got != test.want || took != test.took || !errors.Is(err, test.err) {
					t.Errorf("got %d, %v after %s, want %d, %v after %s", got, err, took, test.want, test.err, test.took)
				}
			})
		})
	}
}

func TestReadsWithoutRow(t *testing.T) {
	readOnly := &server{}
	err := endpoints(t, &server{err: sql.ErrNoRows}, readOnly).QueryRow(t.Context(), "SELECT value", nil, new(int))
	if !errors.Is(err, sql.ErrNoRows) || readOnly.connects > 0 {
		t.Errorf("got %v and %d connections to the read-only endpoint, want none of both", err, readOnly.connects)
	}
}

// TestReadsRememberAFailure holds reads to not paying for a read/write endpoint that hangs every time, and to using it
// again, by themselves, once the cluster has been promoted.
func TestReadsRememberAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		readWrite, readOnly := &server{value: fromReadWrite, hangs: true}, &server{value: fromReadOnly}
		e := endpoints(t, readWrite, readOnly)
		expect := func(when string, want int, wantTook time.Duration) {
			t.Helper()
			if got, took, err := read(t, e); got != want || took != wantTook || err != nil {
				t.Errorf("%s: got %d, %v after %s, want %d after %s", when, got, err, took, want, wantTook)
			}
		}
		expect("standing by", fromReadOnly, readTimeout)
		expect("at once after", fromReadOnly, 0)
		time.Sleep(avoidance - time.Millisecond)
		expect("a little later", fromReadOnly, 0)
		time.Sleep(time.Millisecond)
		expect("later still", fromReadOnly, readTimeout)
		if readWrite.connects != 2 {
			t.Errorf("the read/write endpoint was tried %d times, want 2", readWrite.connects)
		}

		readWrite.hangs = false
		time.Sleep(avoidance)
		expect("promoted", fromReadWrite, 0)
		expect("promoted and remembered", fromReadWrite, 0)
	})
}

// TestReadsFindTheWriterWhileAvoidingIt promotes the only instance of a cluster: its read-only endpoint stops serving.
func TestReadsFindTheWriterWhileAvoidingIt(t *testing.T) {
	readWrite, readOnly := &server{value: fromReadWrite, err: errNoWriter}, &server{value: fromReadOnly}
	e := endpoints(t, readWrite, readOnly)
	if got, _, err := read(t, e); got != fromReadOnly {
		t.Fatalf("standing by: got %d, %v", got, err)
	}
	readWrite.err, readOnly.err = nil, &mysql.MySQLError{Number: 9501}
	if got, _, err := read(t, e); got != fromReadWrite {
		t.Errorf("promoted: got %d, %v, want %d", got, err, fromReadWrite)
	}
	before := readOnly.statements
	if got, _, err := read(t, e); got != fromReadWrite || readOnly.statements != before {
		t.Errorf("promoted and remembered: got %d, %v, want %d from the endpoint that served", got, err, fromReadWrite)
	}
}

func TestWrites(t *testing.T) {
	for name, test := range map[string]struct {
		readWrite server
		took      time.Duration
		err       error
	}{
		"succeed":                           {server{}, 0, nil},
		"fail on a reader":                  {server{err: driver.ErrBadConn}, 0, todo.ErrReadOnly},
		"fail where no writer is":           {server{err: errNoWriter}, 0, todo.ErrReadOnly},
		"fail where no writer is, at login": {server{connectErr: errNoWriter}, 0, todo.ErrReadOnly},
		"fail where nothing listens":        {server{connectErr: errDial}, 0, todo.ErrUnavailable},
		"fail where a connection breaks":    {server{err: mysql.ErrInvalidConn}, 0, todo.ErrUnavailable},
		"fail where nothing answers":        {server{hangs: true}, 5 * time.Second, todo.ErrUnavailable},
		"fail where no table is":            {server{err: &mysql.MySQLError{Number: 1146}}, 0, todo.ErrNotSetUp},
		"fail on an error in the statement": {server{err: errSyntax}, 0, errSyntax},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				readOnly := &server{}
				e := endpoints(t, &test.readWrite, readOnly)
				start := time.Now()
				_, err := e.Exec(t.Context(), "INSERT")
				if took := time.Since(start); took != test.took || !errors.Is(err, test.err) {
					t.Errorf("got %v after %s, want %v after %s", err, took, test.err, test.took)
				}
				if readOnly.connects > 0 {
					t.Error("a write went to the read-only endpoint")
				}
			})
		})
	}
}

func TestRole(t *testing.T) {
	const writes, reads = 0, 1 // of innodb_read_only
	for name, test := range map[string]struct {
		readWrite, readOnly server
		want                todo.Role
		took                time.Duration
		err                 error
	}{
		"active":                            {server{value: writes}, server{value: reads}, todo.Writer, 0, nil},
		"active with one instance":          {server{value: writes}, server{err: errNoWriter}, todo.Writer, 0, nil},
		"active without reader":             {server{value: writes}, server{hangs: true}, todo.Writer, 0, nil},
		"standing by":                       {server{err: errNoWriter}, server{value: reads}, todo.Reader, 0, nil},
		"standing by, writer hangs":         {server{hangs: true}, server{value: reads}, todo.Reader, patience, nil},
		"just demoted":                      {server{value: reads}, server{connectErr: errDial}, todo.Reader, 0, nil},
		"only the other endpoint is right":  {server{value: reads}, server{value: writes}, todo.Writer, 0, nil},
		"fails where neither can be used":   {server{connectErr: errDial}, server{err: errNoWriter}, "", 0, todo.ErrUnavailable},
		"standing by, all is slow":          {server{hangs: true}, server{value: reads, takes: time.Second}, todo.Reader, 2 * time.Second, nil},
		"active, all is slow":               {server{value: writes, takes: 1900 * time.Millisecond}, server{value: reads, takes: time.Second}, todo.Writer, 1900 * time.Millisecond, nil},
		"active, and much slower":           {server{value: writes, takes: 3 * time.Second}, server{hangs: true}, todo.Writer, 3 * time.Second, nil},
		"fails where neither answers":       {server{hangs: true}, server{hangs: true}, "", 4 * time.Second, todo.ErrUnavailable},
		"fails where both refuse the query": {server{err: errSyntax}, server{err: errSyntax}, "", 0, todo.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := endpoints(t, &test.readWrite, &test.readOnly)
				ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
				defer cancel()
				start := time.Now()
				got, err := e.Role(ctx)
				if took := time.Since(start); got != test.want || took != test.took || !errors.Is(err, test.err) {
					t.Errorf("got %q, %v after %s, want %q, %v after %s", got, err, took, test.want, test.err, test.took)
				}
			})
		})
	}
}

func TestRoleHeedsItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := endpoints(t, &server{hangs: true}, &server{hangs: true})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		start := time.Now()
		if _, err := e.Role(ctx); !errors.Is(err, todo.ErrUnavailable) || time.Since(start) != 10*time.Millisecond {
			t.Errorf("got %v after %s", err, time.Since(start))
		}
	})
}
