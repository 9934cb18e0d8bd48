package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/internal/rehearsal"
)

func TestReplayArguments(t *testing.T) {
	recording := filepath.Join(t.TempDir(), "r.json")
	if err := os.WriteFile(recording, []byte(`{"source":"io.arpio","detail-type":"x","detail":{}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		args []string
		want string
	}{
		{nil, "warmstandby arpio replay takes one argument, FILE or DIR, got []"},
		{[]string{recording, recording}, "warmstandby arpio replay takes one argument, FILE or DIR, got ["},
		{[]string{recording + "x"}, "no such file"},
		{[]string{t.TempDir()}, "has no events"},
		{[]string{recording, "--speed", "0"}, `invalid argument "0" for "--speed" flag: must be a number greater than 0`},
		{[]string{recording, "--speed", "NaN"}, "must be a number greater than 0"},
		{[]string{recording, "--speed", "fast"}, "must be a number greater than 0"},
		{[]string{recording, "--endpoints", recording + "x"}, "read the endpoints"},
		{[]string{recording, "--endpoints", "e.json", "--assembly", "a"}, "none of the others can be"},
		{[]string{recording, "--json", ""}, "must be a file"},
		{[]string{recording}, "it was started"},
	}
	for _, tt := range tests {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			c := command{starting: func(o rehearsal.Options) error {
				if !o.Recovery {
					t.Error("the recovery stack is not asked for")
				}
				return errors.New("it was started")
			}}
			c.run(t, append([]string{"arpio", "replay"}, tt.args...)...)
			c.expect(t, 2, nil, []string{"warmstandby: ", tt.want})
		})
	}
	var help command
	help.run(t, "arpio", "replay", "--help")
	help.expect(t, 0, []string{"--speed", "--endpoints", "Exit codes:\n  0  the bus", "Examples:\n  warmstandby arpio replay"}, nil)
	for line := range strings.Lines(help.stdout.String()) {
		if len(line) > 101 {
			t.Errorf("%d columns: %s", len(line), line)
		}
	}
}

// A system without a lifecycle bus cannot be replayed to, and is taken down.
func TestReplayWithoutBus(t *testing.T) {
	var c command
	c.run(t, "arpio", "replay", "../../constructs/lifecycle/testdata/example.json", "--quiet")
	c.expect(t, 2, nil, []string{"warmstandby: list the event buses of us-east-1"})
}

func TestRecoveryIsAskedForWithItsScenario(t *testing.T) {
	for scenario, want := range map[string]bool{"steady": false, "arpio-failover": true} {
		c := command{starting: func(o rehearsal.Options) error {
			if o.Recovery != want {
				t.Errorf("%s: got %v", scenario, o.Recovery)
			}
			return errors.New("enough")
		}}
		c.run(t, "rehearse", "--scenario", scenario)
	}
}
