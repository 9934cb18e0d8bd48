// Package check answers a failover's questions about a Region, as package regioncheck has them: over the application's own way
// to the database, with its role, its network and its proxy.
//
// Writing takes a table of its own, with one row for each Region, so that a check changes nothing that clients see.
package check

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/warmstandby/warmstandby/constructs/regioncheck"
	"github.com/warmstandby/warmstandby/internal/todo"
	"github.com/warmstandby/warmstandby/internal/todo/store"
)

// Table is the name of the table that checks write.
const Table = "failover_checks"

// CreateTable is the statement that creates the table if it is not there.
const CreateTable = "CREATE TABLE IF NOT EXISTS `" + Table + "` (" +
	"`region` VARCHAR(30) NOT NULL PRIMARY KEY, " +
	"`run` VARCHAR(128) NOT NULL, " +
	"`checked` DATETIME NOT NULL" +
	") CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"

// maxRun is the length of a run's name that the table has room for.
const maxRun = 128

// timeout bounds a check. Whoever fails over allows five seconds for the whole invocation.
const timeout = 4 * time.Second

// write stores who checked last, and when by the database's own time.
const write = "INSERT INTO " + Table + " (region, run, checked) VALUES (?, ?, UTC_TIMESTAMP()) " +
	"ON DUPLICATE KEY UPDATE run = VALUES(run), checked = VALUES(checked)"

// Database is the Region's database. It is implemented by *database.Endpoints.
type Database interface {
	store.Database

	// Role returns the role of this Region's database, or [todo.ErrUnavailable].
	Role(ctx context.Context) (todo.Role, error)
}

// Check answers checks of one Region.
type Check struct {
	// Region is where the function runs.
	Region string

	// Database is the way to the database that is checked.
	Database Database
}

// Invoke answers an event that asks for a check, and returns false for all other events. A check that fails is an error, which
// is for operators to read: it names the endpoints and users of the database, and no password or token.
func (c *Check) Invoke(ctx context.Context, event []byte) (answer []byte, asked bool, err error) {
	request, asked, err := regioncheck.Parse(event)
	if !asked || err != nil {
		return nil, asked, err
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	role, err := c.role(ctx, request)
	if err != nil {
		return nil, true, fmt.Errorf("%s check in %s: %w", request.Check, c.Region, err)
	}
	answer, err = json.Marshal(regioncheck.Answer{Region: c.Region, Role: string(role)})
	return answer, true, err
}

// role is the database's, after a write if one is asked for.
func (c *Check) role(ctx context.Context, r regioncheck.Request) (todo.Role, error) {
	if r.Check == regioncheck.Read {
		return c.Database.Role(ctx)
	}
	if len(r.Run) > maxRun {
		return "", fmt.Errorf("run must have at most %d bytes, got %d", maxRun, len(r.Run))
	}
	if _, err := c.Database.Exec(ctx, write, c.Region, r.Run); err != nil {
		return "", fmt.Errorf("write to table %s: %w", Table, err)
	}
	var run string
	err := c.Database.QueryRow(ctx, "SELECT run FROM "+Table+" WHERE region = ?", []any{c.Region}, &run)
	if err != nil {
		return "", fmt.Errorf("read back from table %s: %w", Table, err)
	}
	if run != r.Run {
		return "", fmt.Errorf("read back from table %s: got the row of run %q, want that of %q", Table, run, r.Run)
	}
	return todo.Writer, nil
}
