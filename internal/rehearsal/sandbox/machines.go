package sandbox

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"sync"
)

// concurrency is how many scripts run at a time: they share this machine's processors.
const concurrency = 4

// Machines are the simulated instances of one rehearsal, below one directory. It can be used concurrently.
type Machines struct {
	dir  string
	free chan struct{}

	mu    sync.Mutex
	known map[string]*Machine
}

// NewMachines returns Machines whose directories are made in dir, which must exist. Whoever made dir removes it.
func NewMachines(dir string) *Machines {
	return &Machines{dir: dir, free: make(chan struct{}, concurrency), known: map[string]*Machine{}}
}

// id is what an instance's id must look like. It becomes the name of a directory.
var id = regexp.MustCompile(`^m?i-[0-9a-f]{8,32}$`)

// Machine is the instance of an id.
func (m *Machines) Machine(instance string) (*Machine, error) {
	if !id.MatchString(instance) {
		return nil, fmt.Errorf("%.100q is not the id of an instance", instance)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if found, ok := m.known[instance]; ok {
		return found, nil
	}
	made, err := New(filepath.Join(m.dir, instance))
	if err == nil {
		m.known[instance] = made
	}
	return made, err
}

// Run runs a script on an instance; see [Machine.Run].
func (m *Machines) Run(ctx context.Context, instance string, s Script) (Result, error) {
	machine, err := m.Machine(instance)
	if err != nil {
		return Result{}, err
	}
	select {
	case m.free <- struct{}{}:
		defer func() { <-m.free }()
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
	return machine.Run(ctx, s)
}
