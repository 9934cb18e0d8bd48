package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/warmstandby/warmstandby/internal/todo/decode"
)

// Schema prepares the database for the application.
type Schema interface {
	// Ensure makes sure that the application's table and user are there, and returns the table's name.
	Ensure(ctx context.Context) (table string, err error)
}

// CreateTable is what CreateTableFunction does. It can be run any number of times, in any Region.
type CreateTable struct{ Schema Schema }

// Method is POST.
func (*CreateTable) Method() string { return http.MethodPost }

// Serve prepares the database if the body asks for it with {"action":"CREATE_TABLE"}.
func (c *CreateTable) Serve(ctx context.Context, r Request) (Reply, error) {
	if err := r.object(decode.Field{Name: "action", Set: decode.OneOf("CREATE_TABLE")}); err != nil {
		return Reply{}, err
	}
	table, err := c.Schema.Ensure(ctx)
	if err != nil {
		return Reply{}, fmt.Errorf("create the table: %w", err)
	}
	return Reply{Status: http.StatusOK, Body: prepared{Table: table, Status: "ready"}}, nil
}

// prepared is the body that tells of a database that is ready.
type prepared struct {
	Table  string `json:"table"`
	Status string `json:"status"`
}
