package main

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/internal/rehearsal"
)

func TestArguments(t *testing.T) {
	here := t.TempDir()
	file := here + "/file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	type test struct {
		args []string
		want string
	}
	tests := []test{
		{[]string{"--assembly", ""}, `invalid argument "" for "--assembly" flag: must not be empty`},
		{[]string{"--scenario", "storm"}, `invalid argument "storm" for "--scenario" flag: must be switchover or drill or`},
		{[]string{"--database", "oracle"}, `invalid argument "oracle" for "--database" flag: must be embedded or mariadb`},
		{[]string{"--listen", "8080"}, `invalid argument "8080" for "--listen" flag: must be host:port`},
		{[]string{"--listen", "127.0.0.1:65536"}, "must be host:port"},
		{[]string{"--listen", "0.0.0.0:80"}, "must be an address of the loopback interface"},
		{[]string{"--listen", ":80"}, "must be an address of the loopback interface"},
		{[]string{"--listen", "example.com:80"}, "must be an address of the loopback interface"},
		{[]string{"--endpoints", file + "/e.json"}, "must be a file in a directory that exists or can be made"},
		{[]string{"--endpoints", here}, `for "--endpoints" flag: must be a file, not a directory`},
		{[]string{"--json", ""}, `invalid argument "" for "--json" flag: must be a file`},
		{[]string{"--rate", "many"}, `invalid argument "many" for "--rate" flag: must be a whole number from 0 to 10000`},
		{[]string{"--rate", "-1"}, "must be a whole number from 0 to 10000"},
		{[]string{"--rate", "10001"}, "must be a whole number from 0 to 10000"},
		{[]string{"--duration", "20"}, `invalid argument "20" for "--duration" flag: must be a duration from 0s to 30m0s, such as 20s`},
		{[]string{"--duration", "31m"}, "must be a duration from 0s to 30m0s"},
		{[]string{"--duration", "-1s"}, "must be a duration from 0s to 30m0s"},
		{[]string{"--rto", "60"}, `invalid argument "60" for "--rto" flag: must be a duration from 0s to 24h0m0s, such as 60s`},
		{[]string{"--rpo", "-1s"}, `invalid argument "-1s" for "--rpo" flag: must be a duration from 0s to 24h0m0s`},
		{[]string{"--rpo", "25h"}, "must be a duration from 0s to 24h0m0s"},
		{[]string{"--seed", "-1"}, `invalid argument "-1" for "--seed" flag: must be a whole number that is not negative`},
		{[]string{"--repeat", "0"}, `invalid argument "0" for "--repeat" flag: must be a whole number from 1 to 1000`},
		{[]string{"--time-scale", "0"}, `for "--time-scale" flag: must be a number from 0.001 to 1`},
		{[]string{"--time-scale", "2"}, "must be a number from 0.001 to 1"},
		{[]string{"--time-scale", "NaN"}, "must be a number from 0.001 to 1"},
		{[]string{"--approve", "perhaps"}, `for "--approve" flag: must be auto, ask or command:CMD`},
		{[]string{"--approve", "command: "}, "must be auto, ask or command:CMD"},
		{[]string{"--report", file}, `for "--report" flag: must be a directory, there or to be made`},
		{[]string{"--report", file + "/below"}, "must be a directory, there or to be made"},
		{[]string{"--report", ""}, "must be a directory, there or to be made"},
		{[]string{"--speed", "1"}, "unknown flag: --speed; warmstandby rehearse --help lists the flags"},
		{[]string{"--seed"}, "flag needs an argument: --seed; warmstandby rehearse --help lists the flags"},
		{[]string{"more"}, `warmstandby rehearse takes flags only, got ["more"]`},
	}
	together := []test{
		{[]string{"--hold", "--scenario", "all"}, "--hold keeps one system running: it goes with one scenario, without --repeat"},
		{[]string{"--hold", "--repeat", "2"}, "--hold keeps one system running"},
		{[]string{"--duration", "1s"}, "--duration is for the scenario steady"},
		{[]string{"--scenario", "all", "--duration", "1s"}, "--duration is for the scenario steady"},
		{[]string{"--rate", "0"}, "--rate must be from 1 to 10000 for the scenario switchover"},
		{[]string{"--scenario", "steady", "--repeat", "2"}, "--repeat is for scenarios that move the application, and steady does not"},
		{[]string{"--scenario", "steady", "--rto", "60s"}, "--rto is for scenarios that move the application"},
		{[]string{"--scenario", "steady", "--report", here}, "--report is for scenarios that move the application"},
		{[]string{"--move", "somehow"}, `for "--move" flag: must be pipeline, hand or command:CMD`},
		{[]string{"--move", "command: "}, "must be pipeline, hand or command:CMD"},
		{[]string{"--scenario", "steady", "--move", "hand"}, "--move is for scenarios that move the application"},
		{[]string{"--scenario", "drill", "--move", "hand"}, "--move hand goes with --scenario switchover or region-loss"},
		{[]string{"--scenario", "all", "--move", "command:true"}, "--move command:true goes with --scenario switchover or region-loss"},
		{[]string{"--move", "hand", "--approve", "auto"}, "--approve is for pipelines, and --move hand uses none"},
		{[]string{"--scenario", "steady", "--approve", "auto"}, "--approve is for scenarios that move the application"},
		{[]string{"--scenario", "list", "--json", here + "/x"}, "--json is for a rehearsal, and --scenario list only explains the scenarios"},
		{[]string{"--scenario", "list", "--hold"}, "--hold is for a rehearsal"},
		{[]string{"--report", "/proc/none"}, "--report: nothing can be written in /proc/none: "}, // not even for root
		{[]string{"--json", "/proc/none/x.json"}, "--json: nothing can be written in /proc/none: "},
		{[]string{"--approve", "ask"}, "--approve ask needs a terminal: use auto or command:CMD"},
		{[]string{"--rate", "0", "--approve", "ask"}, "for the scenario switchover\n--approve ask needs a terminal"}, // all mistakes at once
	}
	tests = append(tests, together...)
	for _, tt := range tests {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			c := command{starting: func(rehearsal.Options) error { return errors.New("it was started") }}
			c.run(t, append([]string{"rehearse"}, tt.args...)...)
			c.expect(t, 2, nil, []string{"warmstandby: ", tt.want})
		})
	}
	for _, listen := range []string{"localhost:0", "127.0.0.2:65535"} {
		c := command{starting: func(o rehearsal.Options) error { return errors.New("listening on " + o.Listen) }}
		c.run(t, "rehearse", "--listen", listen)
		c.expect(t, 2, nil, []string{"listening on " + listen})
	}
}

func TestHelp(t *testing.T) {
	var c command
	c.run(t, "rehearse", "--help")
	c.expect(t, 0, []string{
		"--assembly", "--scenario", "--database", "--listen", "--endpoints", "--hold", "--rate", "--duration", "--seed", "--json", "--quiet",
		"--repeat", "--time-scale", "--approve", "--move", "--report",
		"Exit codes:\n  0  everything", "\n  1  something", "\n  2  an argument", "Examples:\n  warmstandby rehearse\n",
	}, nil)
	for line := range strings.Lines(c.stdout.String()) {
		if len(line) > 101 {
			t.Errorf("%d columns: %s", len(line), line)
		}
	}
	var root command
	root.run(t)
	root.expect(t, 0, []string{"rehearse    Run the synthesized application"}, nil)
	var unknown command
	unknown.run(t, "rehears")
	unknown.expect(t, 2, nil, []string{`warmstandby: unknown command "rehears"`})
}
