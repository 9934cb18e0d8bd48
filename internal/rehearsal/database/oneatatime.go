package database

import (
	"context"
	"strings"
	"sync"

	"github.com/dolthub/go-mysql-server/server"
	"github.com/dolthub/vitess/go/mysql"
	"github.com/dolthub/vitess/go/sqltypes"
	querypb "github.com/dolthub/vitess/go/vt/proto/query"
	"github.com/dolthub/vitess/go/vt/sqlparser"
)

// oneAtATime makes an embedded server execute a statement that may change something only while no other one is executed. Its
// in-memory tables give the same AUTO_INCREMENT value to statements that are executed at once, and show one the half of what
// another does. Statements that only read are executed together.
type oneAtATime struct{ mu sync.RWMutex }

var _ server.Interceptor = (*oneAtATime)(nil)

// options are what makes a server use it.
func (o *oneAtATime) options() []server.Option {
	var chain server.InterceptorChain
	chain.WithInterceptor(o)
	return []server.Option{chain.Option()}
}

// Priority is of no bearing, because there is no other interceptor.
func (o *oneAtATime) Priority() int { return 0 }

// begin waits until a statement may be executed, and returns what to call when it has been.
func (o *oneAtATime) begin(query string) (end func()) {
	if word, _, _ := strings.Cut(strings.TrimSpace(query), " "); strings.EqualFold(word, "SELECT") {
		o.mu.RLock()
		return o.mu.RUnlock
	}
	o.mu.Lock()
	return o.mu.Unlock
}

// Query executes a statement.
func (o *oneAtATime) Query(ctx context.Context, chain server.Chain, c *mysql.Conn, query string, callback func(*sqltypes.Result, bool) error) error {
	defer o.begin(query)()
	return chain.ComQuery(ctx, c, query, callback)
}

// ParsedQuery executes a statement that has been parsed already.
func (o *oneAtATime) ParsedQuery(chain server.Chain, c *mysql.Conn, query string, _ sqlparser.Statement, callback func(*sqltypes.Result, bool) error) error {
	return o.Query(context.Background(), chain, c, query, callback)
}

// MultiQuery executes the first of several statements.
func (o *oneAtATime) MultiQuery(ctx context.Context, chain server.Chain, c *mysql.Conn, query string, callback func(*sqltypes.Result, bool) error) (string, error) {
	defer o.begin(query)()
	return chain.ComMultiQuery(ctx, c, query, callback)
}

// Prepare prepares a statement.
func (o *oneAtATime) Prepare(ctx context.Context, chain server.Chain, c *mysql.Conn, query string, prepare *mysql.PrepareData) ([]*querypb.Field, error) {
	defer o.begin(query)()
	return chain.ComPrepare(ctx, c, query, prepare)
}

// StmtExecute executes a prepared statement.
func (o *oneAtATime) StmtExecute(ctx context.Context, chain server.Chain, c *mysql.Conn, prepare *mysql.PrepareData, callback func(*sqltypes.Result) error) error {
	defer o.begin(prepare.PrepareStmt)()
	return chain.ComStmtExecute(ctx, c, prepare, callback)
}
