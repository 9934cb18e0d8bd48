package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"sync"
	"sync/atomic"
	"time"
)

// ErrRefused is why no script runs here: the system does not permit what keeps scripts in.
var ErrRefused = errors.New("scripts of simulated instances cannot be confined on this system, so none is run")

// Limits of a script.
const (
	// MaxOutput is how many bytes of each of its two outputs are kept.
	MaxOutput = 1 << 20

	// MaxTime is how long it may take at most.
	MaxTime = 10 * time.Minute

	maxFile   = 256 << 20 // bytes
	maxMemory = 2 << 30   // bytes of address space
)

// Script is what to run.
type Script struct {
	// Text is the script. Its first line may say what interprets it; a shell does if it does not.
	Text string

	// Env holds environment variables beside PATH, HOME and LANG, as NAME=value.
	Env []string

	// Directory is where it starts, a path on the instance.
	//
	// Default: a directory of its own.
	Directory string

	// Timeout is how long it may take, at most [MaxTime].
	//
	// Default: MaxTime.
	Timeout time.Duration
}

// Result is what came of a script.
type Result struct {
	// ExitCode is the script's, or -1 if it was ended.
	ExitCode int

	// Stdout and Stderr are the beginning of what it wrote.
	Stdout, Stderr string

	// TimedOut says that it was ended because its time was over.
	TimedOut bool
}

// Machine is the directory of a simulated instance. Scripts of one Machine run one after the other.
type Machine struct {
	dir  string
	mu   sync.Mutex
	runs atomic.Int64
}

// New makes a Machine of a directory, which is created if it is missing. Its parent must exist.
func New(dir string) (*Machine, error) {
	if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("make a simulated instance: %w", err)
	}
	return &Machine{dir: dir}, nil
}

// Dir is the machine's directory.
func (m *Machine) Dir() string { return m.dir }

// ReadFile returns a file of the machine by its path on the machine, such as tmp/hello.txt or /tmp/hello.txt. It follows no
// link out of the machine.
func (m *Machine) ReadFile(name string) ([]byte, error) {
	root, err := os.OpenRoot(m.dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.ReadFile(path.Clean("/" + name)[1:])
}

// Run runs a script to its end. An error means that it did not run: [ErrRefused] if it could not be confined. That it failed, or
// that its time was over, is in the result.
func (m *Machine) Run(ctx context.Context, s Script) (Result, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	layout, err := m.prepare()
	if err != nil {
		return Result{}, fmt.Errorf("prepare simulated instance %s: %w", path.Base(m.dir), err)
	}
	own := fmt.Sprintf("%s/%d", scripts, m.runs.Add(1))
	if err := m.writeScript(own, s.Text); err != nil {
		return Result{}, fmt.Errorf("prepare a script of simulated instance %s: %w", path.Base(m.dir), err)
	}
	layout.Script, layout.Directory = "/"+own+"/"+scriptName, s.Directory
	if layout.Directory == "" {
		layout.Directory = "/" + own
	}
	if s.Timeout <= 0 || s.Timeout > MaxTime {
		s.Timeout = MaxTime
	}
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	return confine(ctx, layout, append([]string{
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8",
	}, s.Env...))
}

const (
	scripts    = "var/lib/amazon/ssm/scripts" // where scripts are, one directory for each run
	scriptName = "_script.sh"
)

// writeScript writes a script into a directory of the machine.
func (m *Machine) writeScript(dir, text string) error {
	root, err := os.OpenRoot(m.dir)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return root.WriteFile(dir+"/"+scriptName, []byte(text), 0o755)
}
