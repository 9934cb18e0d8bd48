package database

import (
	"context"
	"io"
	"sync"

	sqle "github.com/dolthub/go-mysql-server"
	"github.com/dolthub/go-mysql-server/memory"
	"github.com/dolthub/go-mysql-server/server"
	"github.com/dolthub/go-mysql-server/sql"
	"github.com/dolthub/go-mysql-server/sql/mysql_db"
	vitesslog "github.com/dolthub/vitess/go/vt/log"
	"github.com/sirupsen/logrus"
)

// embedding guards what all embedded servers of a process share: go-mysql-server keeps its system variables and its
// loggers in package variables, and sets some of them whenever an engine is made.
var embedding struct {
	sync.Mutex
	prepared bool
}

// prepareEmbedding sets the process-wide variables, once. The loggers are silenced because they write every connection
// and every refused statement to standard error, where a rehearsal shows its progress.
func prepareEmbedding() error {
	if embedding.prepared {
		return nil
	}
	logrus.SetOutput(io.Discard)
	discard, discardf := func(...any) {}, func(string, ...any) {}
	vitesslog.Info, vitesslog.Warning, vitesslog.Error = discard, discard, discard
	vitesslog.Infof, vitesslog.Warningf, vitesslog.Errorf = discardf, discardf, discardf
	if err := sql.SystemVariables.AssignValues(map[string]any{"time_zone": "+00:00"}); err != nil {
		return err
	}
	embedding.prepared = true
	return nil
}

// startEmbedded starts a go-mysql-server with an in-memory engine.
func startEmbedded(ctx context.Context, password string) (addr string, stop func() error, err error) {
	l, err := listenLoopback(ctx)
	if err != nil {
		return "", nil, err
	}
	tracked := newListener(l)
	engine, srv, err := newEmbedded(tracked, password)
	if err != nil {
		tracked.Close()
		return "", nil, err
	}
	accepted := make(chan struct{})
	go func() {
		defer close(accepted)
		srv.Listener.Accept()
	}()
	return l.Addr().String(), sync.OnceValue(func() error {
		srv.Listener.Close()
		<-accepted
		err := engine.Close() // which ends the statements that are being executed
		tracked.Wait()
		return err
	}), nil
}

func newEmbedded(l *listener, password string) (*sqle.Engine, *server.Server, error) {
	embedding.Lock()
	defer embedding.Unlock()
	if err := prepareEmbedding(); err != nil {
		return nil, nil, err
	}
	provider := memory.NewDBProvider()
	engine := sqle.NewDefault(provider)
	users := engine.Analyzer.Catalog.MySQLDb
	users.SetPersister(&mysql_db.NoopPersister{}) // without one, every change of a user is a panic
	editor := users.Editor()
	users.AddSuperUser(editor, rootUser, "127.0.0.1", password)
	editor.Close()
	cfg := server.Config{Listener: l}
	srv, err := server.NewServerWithHandler(cfg, engine, sql.NewContext, memory.NewSessionBuilder(provider), nil, newSerial)
	return engine, srv, err
}
