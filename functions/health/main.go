// Command health is the Lambda function Health: it says whether this Region can serve, and whether it can write, to clients and to
// those who move the application.
package main

import (
	"log/slog"

	"github.com/warmstandby/warmstandby/internal/todo/api"
	"github.com/warmstandby/warmstandby/internal/todo/check"
	"github.com/warmstandby/warmstandby/internal/todo/database"
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
	f := api.New(cfg.Region, &api.Health{Region: cfg.Region, Database: db}, log)
	f.Check = &check.Check{Region: cfg.Region, Database: db}
	return f, nil
}
