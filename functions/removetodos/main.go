// Command removetodos is the Lambda function RemoveToDos: it removes to-dos.
package main

import (
	"log/slog"

	"github.com/warmstandby/warmstandby/internal/todo/api"
	"github.com/warmstandby/warmstandby/internal/todo/database"
	"github.com/warmstandby/warmstandby/internal/todo/store"
)

func main() { api.Start(newFunction) }

// newFunction wires the function from its environment.
func newFunction(getenv func(string) string, log *slog.Logger) (*api.Function, error) {
	cfg, err := database.ReadConfig(getenv)
	if err != nil {
		return nil, err
	}
	db, err := database.Open(cfg)
	if err != nil {
		return nil, err
	}
	return api.New(cfg.Region, &api.Remove{Items: store.New(db)}, log), nil
}
