package database_test

import (
	"strings"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal/authority"
	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
)

func TestLoginWithToken(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		db := w.open(t, w.iamConfig(t, w.endpoint))
		if got := query[string](t, db, "SELECT SUBSTRING_INDEX(CURRENT_USER(), '@', 1)"); got != w.name {
			t.Errorf("logged in as %q, want %q", got, w.name)
		}
		execute(t, db, "INSERT INTO todo (task) VALUES ('Grüße 🎉')")
		if got := query[string](t, db, "SELECT task FROM todo WHERE id = ?", 1); got != "Grüße 🎉" {
			t.Errorf("read %q", got)
		}
	})
}

func TestLoginWithTokenUnderOtherName(t *testing.T) {
	w := newWorld(t, database.Embedded, nil)
	cfg := w.iamConfig(t, w.endpoint)
	cfg.Addr = strings.Replace(w.endpoint.Addr(), "127.0.0.1", "localhost", 1)
	cfg.Passwd = strings.Replace(cfg.Passwd, "127.0.0.1", "localhost", 1)
	wantError(t, w.open(t, cfg).Ping(), 1045, "Access denied")
	if !strings.Contains(w.log.String(), "signature does not match") {
		t.Errorf("logged %q", w.log)
	}
}

func TestLoginFailsWithToken(t *testing.T) {
	now := time.Now()
	clock := func() time.Time { return now }
	w := newWorld(t, database.Embedded, func(o *database.ClusterOptions) { o.Now = clock })
	valid := w.iamConfig(t, w.endpoint).Passwd
	other := w.listen(t, database.Writer)
	for name, test := range map[string]struct {
		token string
		later time.Duration
		log   string
	}{
		"fails when expired":             {valid, 16 * time.Minute, "token has expired"},
		"fails before it is valid":       {valid, -time.Hour, "token is valid from"},
		"fails when forged":              {strings.Replace(valid, "X-Amz-Signature=", "X-Amz-Signature=0", 1), 0, "signature does not match"},
		"fails for another user":         {w.token(t, w.endpoint, "somebody", "ASIA"+w.name), 0, "DBUser must be"},
		"fails for another endpoint":     {w.token(t, other, w.name, "ASIA"+w.name), 0, "host must be one of"},
		"fails without permission":       {w.token(t, w.endpoint, w.name, "ASIAother"), 0, "ASIAother is not allowed rds-db:connect on " + allowed + w.name},
		"fails with an unknown key":      {w.token(t, w.endpoint, w.name, "AKIAother"), 0, "access key"},
		"fails with a password":          {password, 0, "token must be"},
		"fails with nothing":             {"", 0, "token must be"},
		"fails with the user's own text": {w.name, 0, "token must be"},
	} {
		t.Run(name, func(t *testing.T) {
			now = time.Now().Add(test.later)
			cfg := w.config(w.endpoint, w.name, test.token)
			using := "YES"
			if test.token == "" {
				using = "NO"
			}
			wantError(t, w.open(t, cfg).Ping(), 1045, "Access denied for user '"+w.name+"'@'127.0.0.1' (using password: "+using+")")
			if !strings.Contains(w.log.String(), test.log) {
				t.Errorf("logged %q, want %q", w.log, test.log)
			}
		})
	}
}

func TestLoginWithPassword(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		execute(t, w.open(t, w.masterConfig()), "CREATE USER '"+w.name+"pw'@'%' IDENTIFIED BY 'her password'")
		user := w.config(w.endpoint, w.name+"pw", "her password")
		if err := w.open(t, user).Ping(); err != nil {
			t.Error(err)
		}
		for name, test := range map[string]struct{ user, password, using string }{
			"fails with another password": {master, "wrong", "YES"},
			"fails without a password":    {master, "", "NO"},
			"fails for a stranger":        {"stranger", "x", "YES"},
			"fails for nobody":            {"", "", "NO"},
			"fails for the server's root": {"root", "x", "YES"},
		} {
			t.Run(name, func(t *testing.T) {
				err := w.open(t, w.config(w.endpoint, test.user, test.password)).Ping()
				wantError(t, err, 1045, "Access denied for user '"+test.user+"'@'127.0.0.1' (using password: "+test.using+")")
			})
		}
	})
}

func TestLoginFailsForUnknownDatabase(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		cfg := w.masterConfig()
		cfg.DBName = "nowhere"
		wantError(t, w.open(t, cfg).Ping(), 1049, "nowhere")
	})
}

func TestLoginRequiresTLS(t *testing.T) {
	w := newWorld(t, database.Embedded, nil)
	for role, want := range map[database.Role]string{
		database.Writer:         "Connections using insecure transport are prohibited",
		database.ProxyReadWrite: "This RDS Proxy requires TLS connections",
	} {
		cfg := w.config(w.listen(t, role), master, password)
		cfg.TLS = nil
		wantError(t, w.open(t, cfg).Ping(), 3159, want)
	}
	stranger, err := authority.New()
	if err != nil {
		t.Fatal(err)
	}
	cfg := w.masterConfig()
	cfg.TLS = stranger.ClientConfig("127.0.0.1")
	if err := w.open(t, cfg).Ping(); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("%v, want an error about the certificate", err)
	}
}

func TestLoginWhileTheServerIsGone(t *testing.T) {
	server := start(t, database.Embedded)
	w := newWorld(t, database.Embedded, func(o *database.ClusterOptions) { o.Server = server })
	db := w.open(t, w.masterConfig())
	if err := db.Ping(); err != nil {
		t.Fatal(err)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if err := db.Ping(); err == nil {
		t.Error("a connection outlived the server")
	}
}

func TestCreateUserForIAM(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		db := w.open(t, w.masterConfig())
		name := w.name + "x"
		login := func() error {
			return w.open(t, w.config(w.endpoint, name, w.token(t, w.endpoint, name, "ASIA"+name))).Ping()
		}
		wantError(t, login(), 1045, name)
		for range 2 {
			execute(t, db, "CREATE USER IF NOT EXISTS '"+name+"'@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL")
			if err := login(); err != nil {
				t.Errorf("after it was created: %v", err)
			}
		}
		execute(t, db, "ALTER USER '"+name+"'@'%' REQUIRE SSL")
		if err := login(); err != nil {
			t.Errorf("after it was altered: %v", err)
		}
		execute(t, db, "ALTER USER '"+name+"'@'%' IDENTIFIED BY 'a password'")
		wantError(t, login(), 1045, name)
		if err := w.open(t, w.config(w.endpoint, name, "a password")).Ping(); err != nil {
			t.Errorf("with a password: %v", err)
		}
		execute(t, db, "ALTER USER '"+name+"'@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'")
		if err := login(); err != nil {
			t.Errorf("after it was altered back: %v", err)
		}
		execute(t, db, "DROP USER '"+name+"'@'%'")
		wantError(t, login(), 1045, name)
	})
}

func TestCreateUserForIAMFails(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		users := database.NewUsers()
		w.options.Users = users
		w.options.MasterUser, w.options.MasterPassword = "", ""
		cluster, err := database.NewCluster(t.Context(), w.options)
		if err != nil {
			t.Fatal(err)
		}
		admin := w.open(t, w.masterConfig())
		execute(t, admin, "CREATE USER '"+w.name+"pw'@'%' IDENTIFIED BY 'her password'")
		e, err := cluster.Listen(t.Context(), database.EndpointOptions{ResourceID: resource})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		db := w.open(t, w.config(e, w.name+"pw", "her password"))
		for _, s := range []string{
			"CREATE USER '" + w.name + "y'@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'",
			"ALTER USER '" + master + "'@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'",
		} {
			if _, err := db.Exec(s); err == nil {
				t.Errorf("%s succeeded for a user without privileges", s)
			}
		}
		for _, name := range []string{w.name + "y", master} {
			if users.IsIAM(name) {
				t.Errorf("%s is authenticated by IAM, though nobody was allowed to say so", name)
			}
		}
		cfg := w.masterConfig()
		cfg.MultiStatements = true
		_, err = w.open(t, cfg).Exec("SELECT 1; CREATE USER z IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'")
		wantError(t, err, 1235, "among several statements")
		_, err = admin.Prepare("CREATE USER z IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'")
		wantError(t, err, 1295, "not supported in the prepared statement protocol")
	})
}

func TestLoginWithOtherMethods(t *testing.T) {
	// A server that is not ours says which method it wants; clients that begin with another are asked to change.
	for _, plugin := range []string{"mysql_native_password", "caching_sha2_password", "mysql_clear_password"} {
		t.Run(plugin, func(t *testing.T) {
			w := newWorld(t, database.Embedded, nil)
			c := dialRaw(t, w.endpoint, w.options.Authority)
			c.login(master, plugin, []byte("not empty"), password)
			c.wantOK()
			c = dialRaw(t, w.endpoint, w.options.Authority)
			token := w.token(t, w.endpoint, w.name, "ASIA"+w.name)
			c.login(w.name, plugin, append([]byte(token), 0), token)
			c.wantOK()
		})
	}
}
