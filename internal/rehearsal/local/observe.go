package local

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/go-sql-driver/mysql"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/fault"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/client"
)

// Glance is how things stand.
func (s *system) Glance() rehearsal.Glance {
	var g rehearsal.Glance
	s.cloud.Do(func(state *awssim.State) {
		for _, global := range state.GlobalClusters.Values() {
			for _, m := range global.Members {
				region, _ := splitClusterARN(m.DBClusterARN)
				if m.IsWriter {
					g.Writer = region
				} else if lag, ok := state.Lag(m.DBClusterARN); ok {
					g.Lag = &lag
				}
			}
		}
		for _, store := range state.KeyValueStores.Values() {
			g.Active = s.activeRegion(store)
			_, g.Fenced = store.Items[topology.FenceKey]
		}
	})
	return g
}

// Calls are how often operations were called.
func (s *system) Calls() []rehearsal.Call {
	var calls []rehearsal.Call
	for _, c := range s.faults.Calls() {
		calls = append(calls, rehearsal.Call{
			Service: c.Service, Operation: c.Operation, Region: c.Region, ByOperator: c.Caller == s.operator,
			Calls: c.Calls, WhileLost: c.Unreachable,
		})
	}
	return calls
}

// Promotions are the changes of the writer.
func (s *system) Promotions() []rehearsal.Promotion {
	var all []rehearsal.Promotion
	s.cloud.Do(func(state *awssim.State) {
		for _, p := range state.Promotions() {
			region, _ := splitClusterARN(p.ARN)
			all = append(all, rehearsal.Promotion{Region: region, At: p.At, Lag: p.At.Sub(p.Until)})
		}
	})
	return all
}

// Unanswered is how many calls to lost Regions there were.
func (s *system) Unanswered() int {
	for _, c := range s.faults.Counts() {
		if c.Kind == fault.Unreachable {
			return c.Calls
		}
	}
	return 0
}

// Kill kills whatever a function is doing.
func (s *system) Kill(region, function string) (int, error) {
	for arn, f := range s.functions {
		if arn == "arn:aws:lambda:"+region+":"+s.account()+":function:"+function {
			return f.Kill(), nil
		}
	}
	return 0, fmt.Errorf("function %s does not run in %s", function, region)
}

// Items are the to-dos in the database that writes.
func (s *system) Items(ctx context.Context) ([]client.Item, error) {
	name := ""
	for _, c := range s.world.Clusters {
		if c.DatabaseName != "" {
			name = c.DatabaseName
		}
	}
	connector, err := mysql.NewConnector(s.servers.Active().Config(name))
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	items, err := selectItems(ctx, db)
	return items, errors.Join(err, db.Close())
}

func selectItems(ctx context.Context, db *sql.DB) ([]client.Item, error) {
	rows, err := db.QueryContext(ctx, "SELECT id, task, status FROM todos")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var items []client.Item
	for rows.Next() {
		var i client.Item
		if err := rows.Scan(&i.ID, &i.Task, &i.Status); err != nil {
			return nil, err
		}
		items = append(items, i)
	}
	return items, rows.Err()
}
