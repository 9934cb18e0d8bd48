// Command createtable is the Lambda function CreateTableFunction: it prepares the database for the application.
package main

import (
	"errors"
	"log/slog"

	"github.com/warmstandby/warmstandby/internal/todo/api"
	"github.com/warmstandby/warmstandby/internal/todo/database"
	"github.com/warmstandby/warmstandby/internal/todo/schema"
)

func main() { api.Start(newFunction) }

// newFunction wires the function from its environment.
func newFunction(getenv func(string) string, log *slog.Logger) (*api.Function, error) {
	cfg, cfgErr := database.ReadConfig(getenv)
	creation, creationErr := schema.ReadConfig(getenv)
	if err := errors.Join(cfgErr, creationErr); err != nil {
		return nil, err
	}
	db, err := database.Open(cfg)
	if err != nil {
		return nil, err
	}
	s := schema.New(creation, schema.NewSecrets(cfg, getenv), cfg, db)
	return api.New(cfg.Region, &api.CreateTable{Schema: s}, log), nil
}
