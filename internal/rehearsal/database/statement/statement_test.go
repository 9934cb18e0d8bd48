package statement_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/dolthub/vitess/go/vt/sqlparser"

	"github.com/warmstandby/warmstandby/internal/rehearsal/database/statement"
)

// reading are texts that change nothing.
var reading = []string{
	"", " ; ", "-- nothing", "# nothing", "/* nothing */",
	"SELECT 1",
	"select id from todo where task = 'insert into x'",
	"  (SELECT 1) UNION (SELECT 2)",
	"SELECT `update`, `for` FROM t",
	"SELECT 'it''s; DELETE FROM t' FROM t",
	`SELECT 'it\'s' FROM t WHERE a = 'that\'s it'`,
	`SELECT 'C:\\path' FROM t`,
	"SELECT 1 -- ; DELETE FROM t",
	"SELECT 1 # ; DELETE FROM t",
	"SELECT /* ; DELETE FROM t */ 1",
	"SELECT /*!80000 SQL_NO_CACHE */ 1",
	"SELECT /*+ MAX_EXECUTION_TIME(100) */ 1",
	"SELECT 1 FROM t FOR SHARE", "SELECT 1 FROM t LOCK IN SHARE MODE",
	"SELECT 1; SELECT 2",
	"WITH x AS (SELECT 1) SELECT * FROM x",
	"WITH RECURSIVE x (a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM x WHERE a < 3), y AS (TABLE x) TABLE y",
	"VALUES ROW(1)", "TABLE t",
	"SHOW TABLES", "DESCRIBE t", "EXPLAIN DELETE FROM t", "EXPLAIN ANALYZE SELECT 1", "HELP 'x'",
	"USE todo", "SET NAMES utf8mb4", "SET @x = 1", "SET SESSION TRANSACTION READ ONLY",
	"BEGIN", "begin work", "START TRANSACTION", "COMMIT", "ROLLBACK", "SAVEPOINT a", "RELEASE SAVEPOINT a",
	"DO SLEEP(1)", "KILL 7", "LOCK TABLES t READ", "UNLOCK TABLES",
	"PREPARE p FROM 'SELECT 1'", "EXECUTE p", "DEALLOCATE PREPARE p", "EXECUTE IMMEDIATE 'SELECT 1'",
	"/* c */ SELECT 1", "-- c\nSELECT 1", "#c\nSELECT 1",
}

// writing are texts that change something, or might.
var writing = []string{
	"INSERT INTO t VALUES (1)", "insert t set a = 1", "REPLACE INTO t VALUES (1)", "UPDATE t SET a = 1",
	"DELETE FROM t", "TRUNCATE t", "LOAD DATA INFILE 'x' INTO TABLE t", "CALL p()",
	"CREATE TABLE t (a INT)", "CREATE TEMPORARY TABLE t (a INT)", "ALTER TABLE t ADD b INT", "DROP TABLE t",
	"RENAME TABLE t TO u", "CREATE DATABASE d", "CREATE USER u", "GRANT ALL ON *.* TO u", "REVOKE ALL ON *.* FROM u",
	"OPTIMIZE TABLE t", "ANALYZE TABLE t", "LOCK TABLES t WRITE", "SET PASSWORD = 'x'", "SET DEFAULT ROLE r TO u",
	"SELECT 1 FROM t FOR UPDATE", "SELECT 1 FROM t WHERE a IN (SELECT b FROM u FOR /* */ UPDATE)",
	"WITH x AS (SELECT 1) DELETE FROM t", "WITH x AS (SELECT 1) UPDATE t SET a = 1", "WITH x",
	"EXPLAIN ANALYZE DELETE FROM t", "SET STATEMENT max_statement_time = 1 FOR DELETE FROM t",
	"BEGIN NOT ATOMIC DELETE FROM t; END", "START REPLICA",
	"SELECT 1; DELETE FROM t", "SELECT 1;;DELETE FROM t;", ";DELETE FROM t",
	"/* c */ DELETE FROM t", "-- c\nDELETE FROM t", "#c\nDELETE FROM t", "--\tc\nDELETE FROM t", "/**/DELETE FROM t",
	"/*!DELETE FROM t*/", "/*!50000 DELETE*/ FROM t", "/*M!100100 DELETE FROM t */", "/*!800001DELETE FROM t*/",
	"SELECT 1 /*!99999 ' */; DELETE FROM t /* ' */",
	"SELECT /*!99999 /* */ ' */ 1; DELETE FROM t; /* ' */",
	`SELECT 'a\'; DELETE FROM t; -- '`, `SELECT 'a\'; DELETE FROM t; -- '' '`, `SELECT "a\"; DELETE FROM t; -- "`, `SELECT 'a\'', "b\"; DELETE FROM t; -- "`,
	"SELECT '--', 1; DELETE FROM t", "SELECT 1--1; DELETE FROM t",
	"EXECUTE IMMEDIATE 'DELETE FROM t'", "EXECUTE IMMEDIATE @x", "EXECUTE IMMEDIATE 'DELETE' ' FROM t'",
	`EXECUTE IMMEDIATE '-- \nDELETE FROM t'`, "EXECUTE IMMEDIATE 'EXECUTE p'", "EXECUTE IMMEDIATE",
	"(DELETE FROM t)", "no SQL at all", "'DELETE'", "@x", "\xff",
}

func TestAnalyzeWrites(t *testing.T) {
	for _, text := range reading {
		if statement.Analyze(text).Writes {
			t.Errorf("%q is said to write", text)
		}
	}
	for _, text := range writing {
		if !statement.Analyze(text).Writes {
			t.Errorf("%q is said to read", text)
		}
	}
}

func TestAnalyzePrepared(t *testing.T) {
	for text, want := range map[string]bool{
		"PREPARE p FROM 'SELECT 1'":       false,
		"PREPARE p FROM 'DELETE FROM t'":  true,
		"PREPARE p FROM @text":            true,
		"PREPARE p FROM 'DEL' 'ETE'":      true,
		`PREPARE p FROM 'DE\LETE FROM t'`: true,
		"PREPARE p":                       true,
		"SELECT 1":                        false,
	} {
		if got := statement.Analyze(text); got.PreparesWrite != want || got.Writes || got.Executes {
			t.Errorf("%q: %+v, want that it prepares a write: %t", text, got, want)
		}
	}
	if got := statement.Analyze("EXECUTE p USING @a"); !got.Executes || got.Writes {
		t.Errorf("EXECUTE: %+v", got)
	}
}

func TestAnalyzeSeveral(t *testing.T) {
	for text, want := range map[string]bool{"": false, ";": false, "SELECT 1;": false, "SELECT ';'": false, "SELECT 1; SELECT 2": true} {
		if got := statement.Analyze(text).Several; got != want {
			t.Errorf("%q: several: %t, want %t", text, got, want)
		}
	}
}

func TestAnalyzeManagesUsers(t *testing.T) {
	for text, want := range map[string]bool{
		"CREATE USER a":                       true,
		"create or replace user a":            true,
		"ALTER USER IF EXISTS a":              true,
		"DROP USER a":                         true,
		"RENAME USER a TO b":                  true,
		"SET PASSWORD FOR a = 'x'":            true,
		"GRANT ALL ON *.* TO a IDENTIFIED BY": true,
		"GRANT ALL ON *.* TO a":               false,
		"CREATE TABLE user (a INT)":           false,
		"SHOW CREATE USER a":                  false,
		"SET @user = 1":                       false,
	} {
		if got := statement.Analyze(text).ManagesUsers; got != want {
			t.Errorf("%q: manages users: %t, want %t", text, got, want)
		}
	}
}

func TestRewrite(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT @@innodb_read_only":                                                                    "SELECT 1 AS `@@innodb_read_only`",
		"select @@GLOBAL.innodb_read_only, 2 from t":                                                   "select 1 AS `@@GLOBAL.innodb_read_only`, 2 from t",
		"SELECT @@`innodb_read_only` AS reader":                                                        "SELECT 1 AS reader",
		"SELECT IF(@@innodb_read_only, 'a', 'b')":                                                      "SELECT IF(1, 'a', 'b')",
		"SELECT COALESCE(1, @@session.innodb_read_only, 2)":                                            "SELECT COALESCE(1, 1, 2)",
		"SELECT 1, @@innodb_read_only LIMIT 1":                                                         "SELECT 1, 1 AS `@@innodb_read_only` LIMIT 1",
		"SELECT '@@innodb_read_only', @@innodb_read_only_x, @innodb_read_only":                         "SELECT '@@innodb_read_only', @@innodb_read_only_x, @innodb_read_only",
		"SHOW GLOBAL VARIABLES LIKE 'innodb_read_only'":                                                "SELECT 'innodb_read_only' AS Variable_name, 'ON' AS Value",
		"show variables like \"INNODB_READ_ONLY\";":                                                    "SELECT 'innodb_read_only' AS Variable_name, 'ON' AS Value;",
		"SHOW VARIABLES LIKE 'innodb%'":                                                                "SHOW VARIABLES LIKE 'innodb%'",
		"CREATE USER 'app'@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'":                       "CREATE USER 'app'@'%' IDENTIFIED BY 'secret of app'",
		"create user if not exists app identified with 'awsauthenticationplugin' as 'RDS' require ssl": "create user if not exists app IDENTIFIED BY 'secret of app' ",
		"CREATE USER a IDENTIFIED WITH AWSAuthenticationPlugin BY 'RDS', `b`@h IDENTIFIED WITH AWSAuthenticationPlugin, c IDENTIFIED BY 'x'": "CREATE USER a IDENTIFIED BY 'secret of a', `b`@h IDENTIFIED BY 'secret of b', c IDENTIFIED BY 'x'",
		"ALTER USER 'app'@'%' REQUIRE SSL":                       "SET @require_ssl = 1",
		"ALTER USER 'app'@'%' IDENTIFIED BY 'x' REQUIRE SSL":     "ALTER USER 'app'@'%' IDENTIFIED BY 'x' ",
		"SELECT 'IDENTIFIED WITH AWSAuthenticationPlugin AS 1'":  "SELECT 'IDENTIFIED WITH AWSAuthenticationPlugin AS 1'",
		"SELECT 1 REQUIRE SSL":                                   "SELECT 1 REQUIRE SSL",
		"CREATE USER IDENTIFIED WITH AWSAuthenticationPlugin AS": "CREATE USER IDENTIFIED WITH AWSAuthenticationPlugin AS",
	} {
		got := statement.Analyze(text).Rewrite(true, func(user string) string { return "secret of " + user })
		if got != want {
			t.Errorf("%s\nbecame %s\nwant   %s", text, got, want)
		}
	}
	if got := statement.Analyze("SELECT @@innodb_read_only").Rewrite(false, nil); got != "SELECT 0 AS `@@innodb_read_only`" {
		t.Errorf("became %s", got)
	}
	if got := statement.Analyze("SHOW VARIABLES LIKE 'innodb_read_only'").Rewrite(false, nil); !strings.Contains(got, "'OFF'") {
		t.Errorf("became %s", got)
	}
}

func TestAnalyzeIAMUsers(t *testing.T) {
	got := statement.Analyze("CREATE USER 'a'@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS', \"b\"\"c\" IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'").IAMUsers
	if want := []string{"a", `b"c`}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// FuzzAnalyze compares with a parser of MySQL's grammar: what it takes for a change must be said to write, wherever it
// stands.
func FuzzAnalyze(f *testing.F) {
	for _, text := range slices.Concat(reading, writing) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a := statement.Analyze(text)
		if !a.AsksRole && !a.ManagesUsers && a.Rewrite(true, nil) != text {
			t.Errorf("%q was rewritten", text)
		}
		tree := parse(text)
		switch tree.(type) {
		case *sqlparser.Insert, *sqlparser.Update, *sqlparser.Delete, *sqlparser.DDL, *sqlparser.AlterTable,
			*sqlparser.DBDDL, *sqlparser.CreateUser, *sqlparser.DropUser, *sqlparser.GrantPrivilege, *sqlparser.Call,
			*sqlparser.Load:
			for _, text := range []string{text, "SELECT 1; " + text, "/* */" + text} {
				if !statement.Analyze(text).Writes {
					t.Errorf("%q is said to read, and is a %T", text, tree)
				}
			}
		}
	})
}

// parse is what the parser makes of a text: nothing, if it refuses it or, as it does with some, panics.
func parse(text string) (tree sqlparser.Statement) {
	defer func() {
		if recover() != nil {
			tree = nil
		}
	}()
	tree, err := sqlparser.Parse(text)
	if err != nil {
		return nil
	}
	return tree
}

func BenchmarkAnalyze(b *testing.B) {
	for b.Loop() {
		statement.Analyze("SELECT id, task, status, created_at FROM todo WHERE id = 12345 AND status = 'open' LIMIT 1")
	}
}
