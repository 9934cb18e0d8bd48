// Command health is the Lambda function Health: it says whether this Region can serve, and whether it can write.
package main

import (
	"log/slog"

	"github.com/warmstandby/warmstandby/internal/todo/api"
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
	return api.New(cfg.Region, &api.Health{Region: cfg.Region, Database: db}, log), nil
}
