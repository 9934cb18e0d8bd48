package database

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/go-sql-driver/mysql"

	"github.com/warmstandby/warmstandby/internal/rehearsal/child"
)

// startAttempts bounds how often a MariaDB server is started on another port, because somebody else has taken the one
// that was free a moment ago.
const startAttempts = 5

// errPortTaken says that a server could not listen on the port that it was given.
var errPortTaken = errors.New("port is taken")

// mariaDB is where the programs of an installed MariaDB are, and how they are to run.
type mariaDB struct {
	server, install string
	binaryLog       bool // whether there is one, which replication needs
}

// findMariaDB looks for MariaDB's server and for the script that makes a data directory, on PATH and where Linux
// distributions put servers, which is not always on everybody's PATH.
func findMariaDB() (mariaDB, error) {
	server, err := findProgram("mariadbd", "/usr/sbin", "/usr/libexec", "/usr/local/sbin")
	if err != nil {
		return mariaDB{}, err
	}
	install, err := findProgram("mariadb-install-db", "/usr/bin", "/usr/libexec", "/usr/local/bin")
	return mariaDB{server: server, install: install}, err
}

func findProgram(name string, dirs ...string) (string, error) {
	path, err := exec.LookPath(name)
	for i := 0; err != nil && i < len(dirs); i++ {
		if found, e := exec.LookPath(filepath.Join(dirs[i], name)); e == nil {
			return found, nil
		}
	}
	if err != nil {
		err = fmt.Errorf("the database mariadb needs %s, which is neither on PATH nor in %s: install MariaDB (on Debian, apt-get install mariadb-server), or take the database embedded",
			name, strings.Join(dirs, ", "))
	}
	return path, err
}

// start finds an installed MariaDB and starts it on a data directory of its own.
func (m mariaDB) start(ctx context.Context, password string) (addr string, stop func() error, err error) {
	programs, err := findMariaDB()
	if err != nil {
		return "", nil, err
	}
	programs.binaryLog = m.binaryLog
	dir, remove, err := child.TempDir("warmstandby-mariadb-")
	if err != nil {
		return "", nil, err
	}
	addr, process, err := programs.run(ctx, dir, password)
	if err != nil {
		return "", nil, errors.Join(err, remove())
	}
	return addr, sync.OnceValue(func() error {
		process.Kill() // nothing it would still write is ever read
		return remove()
	}), nil
}

// run makes a data directory under dir and starts a server on it.
func (m mariaDB) run(ctx context.Context, dir, password string) (string, *child.Process, error) {
	data := filepath.Join(dir, "data")
	// A server that starts deletes what it takes for temporary tables of a dead one, so each has a directory of its own.
	temporary := filepath.Join(dir, "tmp")
	if err := os.Mkdir(temporary, 0o700); err != nil {
		return "", nil, err
	}
	if err := m.installData(ctx, data, temporary); err != nil {
		return "", nil, err
	}
	initial := filepath.Join(dir, "init.sql")
	if err := os.WriteFile(initial, []byte(initialStatements(password)), 0o600); err != nil {
		return "", nil, err
	}
	for attempt := 1; ; attempt++ {
		addr, process, err := m.listen(ctx, data, temporary, initial, password)
		if !errors.Is(err, errPortTaken) || attempt == startAttempts {
			return addr, process, err
		}
	}
}

// installData makes a data directory. The script would change the owner of files of the installation if it were told
// which user to run as, so it is not.
func (m mariaDB) installData(ctx context.Context, data, temporary string) error {
	var said bytes.Buffer
	cmd := exec.Command(m.install, "--no-defaults", "--datadir="+data, "--skip-name-resolve",
		"--auth-root-authentication-method=normal", "--skip-test-db", "--innodb-log-file-size=8M",
		"--loose-innodb-flush-method=nosync")
	cmd.Env = append(os.Environ(), "TMPDIR="+temporary)
	cmd.Stdout, cmd.Stderr = &said, &said
	process, err := child.Start(cmd)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, process.Kill)
	defer stop()
	<-process.Done()
	if err := process.Err(); err != nil {
		return errors.Join(ctx.Err(), fmt.Errorf("%s: %w: %s", m.install, err, tail(said.String())))
	}
	return nil
}

// initialStatements are what a server executes before it answers anybody. A server of somebody else that has taken our
// port does not know this password, so reaching one is noticed.
func initialStatements(password string) string {
	return "SET sql_log_bin = 0;\n" + // a replica has a password of its own
		"ALTER USER root@localhost IDENTIFIED BY '" + password + "';\n" +
		"CREATE OR REPLACE USER root@127.0.0.1 IDENTIFIED BY '" + password + "';\n" +
		"GRANT ALL ON *.* TO root@127.0.0.1 WITH GRANT OPTION;\n"
}

// listen starts a server on a port that is free now, and returns when it answers.
func (m mariaDB) listen(ctx context.Context, data, temporary, initial, password string) (string, *child.Process, error) {
	addr, err := freeAddr(ctx)
	if err != nil {
		return "", nil, err
	}
	cmd := exec.Command(m.server, append(serverArguments(addr, data, temporary, initial), m.logArguments(addr)...)...)
	messages, stderr, err := os.Pipe() // unlike the command's own pipe, it can be read after the command has ended
	if err != nil {
		return "", nil, err
	}
	cmd.Stderr = stderr
	process, err := child.Start(cmd)
	stderr.Close()
	if err != nil {
		messages.Close()
		return "", nil, err
	}
	stop := context.AfterFunc(ctx, process.Kill)
	err = awaitReady(messages)
	if err == nil {
		err = ping(ctx, adminConfig(addr, password, ""))
	}
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		process.Kill()
		return "", nil, errors.Join(ctx.Err(), err)
	}
	return addr, process, nil
}

func freeAddr(ctx context.Context) (string, error) {
	l, err := listenLoopback(ctx)
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// awaitReady reads a server's messages until one says that it answers, and goes on reading the rest in the background,
// until the server ends. If the server ends first, the error holds what it said.
func awaitReady(messages io.ReadCloser) error {
	lines := bufio.NewScanner(messages)
	var said strings.Builder
	for lines.Scan() {
		if strings.Contains(lines.Text(), "ready for connections") {
			go func() {
				_, _ = io.Copy(io.Discard, messages)
				messages.Close()
			}()
			return nil
		}
		said.WriteString(lines.Text() + "\n")
	}
	messages.Close()
	err := fmt.Errorf("server ended: %s", tail(said.String()))
	if strings.Contains(said.String(), "already in use") {
		return fmt.Errorf("%w: %w", errPortTaken, err)
	}
	return err
}

// tail is the end of what a program said, where the reason is.
func tail(s string) string {
	const limit = 1000
	s = strings.TrimSpace(s)
	return s[max(0, len(s)-limit):]
}

func ping(ctx context.Context, cfg *mysql.Config) error {
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	return errors.Join(db.PingContext(ctx), db.Close())
}
