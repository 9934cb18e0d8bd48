package schema

import (
	"database/sql"

	"github.com/warmstandby/warmstandby/internal/todo/database"
	"github.com/warmstandby/warmstandby/internal/todo/rdsca"
)

// New returns the Schema that c and db describe.
func New(c Config, secrets Secrets, db database.Config, endpoints *database.Endpoints) *Schema {
	return &Schema{
		Config:   c,
		Secrets:  secrets,
		Database: endpoints,
		Name:     db.Name,
		User:     db.User,
		Connect: func(user, password string) (*sql.DB, error) {
			roots, err := rdsca.Pool()
			if err != nil {
				return nil, err
			}
			cfg := database.DriverConfig(c.ClusterEndpoint, db.Name, roots)
			cfg.User, cfg.Passwd = user, password
			return database.Pool(cfg)
		},
	}
}
