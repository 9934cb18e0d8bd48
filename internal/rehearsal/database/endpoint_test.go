package database_test

import (
	"errors"
	"net"
	"runtime"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"

	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
	"github.com/warmstandby/warmstandby/internal/rehearsal/database/wire"
)

func TestRoles(t *testing.T) {
	const noWriter = "The target group doesn't have any associated read/write instances"
	const noReader = "any associated read-only instances"
	for name, test := range map[string]struct {
		instances int
		readOnly  bool
		role      database.Role
		refused   string // why nobody can log in, or
		reads     bool   // whether they can only read
	}{
		"writer of one":             {1, false, database.Writer, "", false},
		"writer of a secondary":     {1, true, database.Writer, "", true},
		"reader of one":             {1, false, database.Reader, "", false},
		"reader of two":             {2, false, database.Reader, "", true},
		"reader of a secondary":     {1, true, database.Reader, "", true},
		"proxy of one":              {1, false, database.ProxyReadWrite, "", false},
		"proxy of a secondary":      {2, true, database.ProxyReadWrite, noWriter, false},
		"read proxy of one":         {1, false, database.ProxyReadOnly, noReader, false},
		"read proxy of two":         {2, false, database.ProxyReadOnly, "", true},
		"read proxy of a secondary": {1, true, database.ProxyReadOnly, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, database.Embedded, func(o *database.ClusterOptions) { o.Instances = test.instances })
			w.SetReadOnly(test.readOnly)
			e := w.listen(t, test.role)
			db := w.open(t, w.iamConfig(t, e))
			err := db.Ping()
			if test.refused != "" {
				wantError(t, err, 1105, test.refused)
				wantError(t, w.open(t, w.config(e, master, "wrong")).Ping(), 1045, "Access denied")
				return
			}
			if got := query[bool](t, db, "SELECT @@innodb_read_only"); got != test.reads {
				t.Errorf("reader: %t, want %t", got, test.reads)
			}
			_, err = db.Exec("INSERT INTO todo (task) VALUES ('x')")
			if refused := err != nil; refused != test.reads {
				t.Errorf("write: %v, want that it is refused: %t", err, test.reads)
			}
		})
	}
}

func TestTooManyConnections(t *testing.T) {
	w := newWorld(t, database.Embedded, nil)
	e := w.listen(t, database.Writer)
	e.LeaveRoom(1)
	first := w.open(t, w.config(e, master, password))
	conn, err := first.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, w.open(t, w.config(e, master, password)).Ping(), 1040, "Too many connections")
	conn.Close()
	first.Close()
	for {
		err := w.open(t, w.config(e, master, password)).Ping()
		var refused *mysql.MySQLError
		if errors.As(err, &refused) && refused.Number == 1040 {
			runtime.Gosched() // the endpoint may not have noticed yet that the first has gone
			continue
		}
		if err != nil {
			t.Error(err)
		}
		break
	}
}

func TestEndpointClose(t *testing.T) {
	w := newWorld(t, database.Embedded, nil)
	before := runtime.NumGoroutine()
	e := w.listen(t, database.Writer)
	db := w.open(t, w.config(e, master, password))
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	silent, err := net.Dial("tcp", e.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	if _, err := wire.ReadFrame(silent, nil, 1<<10); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := conn.PingContext(t.Context()); err == nil {
		t.Error("a connection outlived the endpoint")
	}
	if _, err := silent.Read(make([]byte, 1)); err == nil {
		t.Error("a connection that has not logged in outlived the endpoint")
	}
	if c, err := net.Dial("tcp", e.Addr()); err == nil {
		c.Close()
		t.Error("the port is still open")
	}
	conn.Close()
	db.Close()
	wantGoroutines(t, before)
}

func TestClusterFails(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*database.ClusterOptions)
		want   []string
	}{
		"fails on nothing": {func(o *database.ClusterOptions) { *o = database.ClusterOptions{Instances: -1} },
			[]string{"Server must be set", "Authority must be set", "Identities must be set", "Region must be set", "Account must be set", "Instances must be positive, got -1"}},
		"fails on half a master user": {func(o *database.ClusterOptions) { o.MasterPassword = "" }, []string{"MasterUser and MasterPassword must be set together"}},
	} {
		t.Run(name, func(t *testing.T) {
			options := newWorld(t, database.Embedded, nil).options
			test.change(&options)
			_, err := database.NewCluster(t.Context(), options)
			for _, want := range test.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%v, want %q in it", err, want)
				}
			}
		})
	}
	t.Run("fails without a server", func(t *testing.T) {
		options := newWorld(t, database.Embedded, nil).options
		gone, err := database.Start(t.Context(), database.Embedded)
		if err != nil {
			t.Fatal(err)
		}
		if err := gone.Close(); err != nil {
			t.Fatal(err)
		}
		options.Server = gone
		if _, err := database.NewCluster(t.Context(), options); err == nil {
			t.Error("no error")
		}
	})
	t.Run("fails on endpoints that are none", func(t *testing.T) {
		w := newWorld(t, database.Embedded, nil)
		if _, err := w.Listen(t.Context(), database.EndpointOptions{}); err == nil || !strings.Contains(err.Error(), "ResourceID") {
			t.Errorf("%v, want an error about ResourceID", err)
		}
		if _, err := w.Listen(t.Context(), database.EndpointOptions{ResourceID: resource, Role: 7}); err == nil || !strings.Contains(err.Error(), "got 7") {
			t.Errorf("%v, want an error about the role", err)
		}
	})
}
