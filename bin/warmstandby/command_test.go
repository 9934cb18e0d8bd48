package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	failoverreport "github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
	"github.com/warmstandby/warmstandby/internal/rehearsal/rehearsaltest"
	"github.com/warmstandby/warmstandby/internal/rehearsal/scenario"
	"github.com/warmstandby/warmstandby/internal/rehearsal/steady"
)

// system is a system whose problems are made up.
type system struct {
	*rehearsaltest.System
	problems   rehearsal.Problems
	incomplete bool
	closing    error
	closed     bool
}

func (s *system) Problems() rehearsal.Problems { return s.problems }
func (s *system) LogFile() string              { return "/tmp/rehearsal.log" }

// Disasters are none: the scenarios that are tested here do without.
func (s *system) Disasters() rehearsal.Disasters { return nil }

// Observer is none, for the same reason.
func (s *system) Observer() rehearsal.Observer { return nil }

func (s *system) Close() error {
	s.System.Close()
	s.closed = true
	return s.closing
}

func (s *system) Endpoints() endpoints.Endpoints {
	e := s.System.Endpoints()
	if s.incomplete {
		e.Edge = ""
	}
	return e
}

// command runs the command on s, and says what it did.
type command struct {
	system  system
	changes rehearsaltest.Options

	// starting is called by start, whose error is its.
	starting func(rehearsal.Options) error

	// playing plays a scenario in place of the true one.
	playing func(context.Context, scenario.Scenario, scenario.Options) (failoverreport.Report, error)

	// after is text in the output after which the command is interrupted.
	after string

	interrupt      context.CancelFunc
	stdin          bytes.Buffer
	options        rehearsal.Options
	stdout, stderr bytes.Buffer
	code           int
}

func (c *command) run(t *testing.T, args ...string) {
	t.Helper()
	var ctx context.Context
	ctx, c.interrupt = context.WithCancel(t.Context())
	defer c.interrupt()
	started := false
	start := func(_ context.Context, o rehearsal.Options, progress func(string)) (rehearsal.System, error) {
		c.options = o
		progress("starting functions")
		if c.starting != nil {
			if err := c.starting(o); err != nil {
				return nil, err
			}
		}
		c.system.System = rehearsaltest.Start(c.changes)
		started = true
		return &c.system, nil
	}
	c.code = run(ctx, args, host{start: start, play: c.play, stdin: &c.stdin, stdout: c, stderr: &c.stderr})
	if started && !c.system.closed {
		t.Error("the system was not closed")
		c.system.System.Close()
	}
}

// play plays a scenario in place of the true ones.
func (c *command) play(ctx context.Context, s scenario.Scenario, o scenario.Options) (failoverreport.Report, error) {
	return c.playing(ctx, s, o)
}

// Write writes to standard output.
func (c *command) Write(b []byte) (int, error) {
	c.stdout.Write(b)
	if c.after != "" && strings.Contains(c.stdout.String(), c.after) {
		c.interrupt()
	}
	return len(b), nil
}

// expect compares the exit code, and looks for texts in the output.
func (c *command) expect(t *testing.T, code int, stdout, stderr []string) {
	t.Helper()
	if c.code != code {
		t.Errorf("exit code is %d, want %d", c.code, code)
	}
	for _, part := range stdout {
		if !strings.Contains(c.stdout.String(), part) {
			t.Errorf("the output does not say %q", part)
		}
	}
	for _, part := range stderr {
		if !strings.Contains(c.stderr.String(), part) {
			t.Errorf("standard error does not say %q", part)
		}
	}
	if t.Failed() {
		t.Logf("stdout:\n%s\nstderr:\n%s", &c.stdout, &c.stderr)
	}
}

func TestRehearse(t *testing.T) {
	var c command
	c.run(t, "rehearse", "--scenario", "steady", "--rate", "200", "--duration", "100ms", "--seed", "42")
	c.expect(t, 0, []string{
		"ToDoMgmt from cdk.out is up, after ", "with the embedded database", "  edge                       http://127.0.0.1:",
		"(active)", "(stands by)", "/tmp/rehearsal.log", "Functions in us-east-1\n", "95 checks, 0 failed",
		"Load through the edge: 200 requests per second for 0.1s, seed 42", "OK: everything answered as specified.\n",
	}, []string{"starting functions\n", "checking: edge\n", "offering load: 200 requests per second for 100ms\n", "stopping\n"})
	if want := (rehearsal.Options{Assembly: "cdk.out", Database: "embedded", Listen: "127.0.0.1:0", Seed: 42, TimeScale: 0.02}); c.options != want {
		t.Errorf("started with %+v", c.options)
	}
	for line := range strings.Lines(c.stdout.String()) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 100 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestQuiet(t *testing.T) {
	var c command
	c.run(t, "rehearse", "--quiet", "--rate", "0", "--assembly", "other", "--database", "mariadb", "--listen", "[::1]:80", "--scenario", "steady",
		"--seed", "7", "--time-scale", "1")
	c.expect(t, 0, []string{"95 checks, 0 failed\n\nOK"}, nil)
	if !strings.HasPrefix(c.stdout.String(), "Tokens\n") || c.stderr.Len() > 0 {
		t.Errorf("got %s\n%s", &c.stdout, &c.stderr)
	}
	if want := (rehearsal.Options{Assembly: "other", Database: "mariadb", Listen: "[::1]:80", Seed: 7, TimeScale: 1}); c.options != want {
		t.Errorf("started with %+v", c.options)
	}
}

func TestSomethingAnswersWrong(t *testing.T) {
	c := command{changes: rehearsaltest.Options{Change: func(q rehearsaltest.Request, a *rehearsaltest.Answer) {
		if q.At == "edge" && strings.HasPrefix(q.Call, "DELETE") {
			a.Status = 502
		}
	}}}
	c.run(t, "rehearse", "--scenario", "steady", "--rate", "0")
	c.expect(t, 1, []string{"  FAIL  deletes it\n", "the status is 502, not 200", "FAILED. The parts' log is in /tmp/rehearsal.log\n"}, nil)
}

func TestProblems(t *testing.T) {
	role := rehearsal.Refusal{Principal: "ToDoMgmt-app-pri-GetToDos role", Action: "rds-db:connect", Resource: "arn:aws:rds-db:us-east-1:1:x"}
	operation := rehearsal.UnknownOperation{Service: "rds", Operation: "DescribeEvents", Count: 2}
	tests := []struct {
		problems rehearsal.Problems
		want     string
	}{
		{
			rehearsal.Problems{Refusals: []rehearsal.Refusal{role}},
			"\nRefused by policies:\n  ToDoMgmt-app-pri-GetToDos role lacked rds-db:connect on arn:aws:rds-db:us-east-1:1:x\n",
		},
		{
			rehearsal.Problems{UnknownOperations: []rehearsal.UnknownOperation{operation}},
			"\nUnknown operations, which the rehearsal does not have:\n  rds DescribeEvents (2 times)\n",
		},
	}
	for _, tt := range tests {
		c := command{system: system{problems: tt.problems}}
		c.run(t, "rehearse", "--scenario", "steady", "--rate", "0")
		c.expect(t, 1, []string{"95 checks, 0 failed", tt.want, "FAILED"}, nil)
	}
}

func TestJSON(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.json")
	var c command
	c.run(t, "rehearse", "--scenario", "steady", "--duration", "0", "--json", path)
	c.expect(t, 0, nil, nil)
	encoded, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		report

		Result steady.Result `json:"result"`
	}
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if !got.OK || !got.Result.OK || len(got.Result.Checks) != 95 || got.Result.Load != nil || got.Application != rehearsaltest.Application ||
		got.Assembly != "cdk.out" || got.Database != "embedded" || got.Scenario != "steady" || got.LogFile == "" {
		t.Errorf("got %+v", got)
	}
	if !bytes.Contains(encoded, []byte(`"refusals": []`)) || !bytes.Contains(encoded, []byte(`"unknownOperations": []`)) {
		t.Errorf("problems are no lists:\n%s", encoded)
	}
}

func TestSeedIsChosenAndTold(t *testing.T) {
	seeds := make(map[string]bool)
	for range 3 {
		var c command
		c.run(t, "rehearse", "--scenario", "steady", "--quiet", "--rate", "1", "--duration", "1ms")
		c.expect(t, 0, nil, nil)
		seeds[regexp.MustCompile(`seed \d+`).FindString(c.stdout.String())] = true
	}
	if len(seeds) < 2 || seeds[""] {
		t.Errorf("got %v", seeds)
	}
}

func TestResultCannotBeWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.json")
	c := command{starting: func(rehearsal.Options) error { return os.Mkdir(path, 0o700) }}
	c.run(t, "rehearse", "--scenario", "steady", "--rate", "0", "--json", path)
	c.expect(t, 1, nil, []string{"warmstandby: write the result: "})

	start := func(context.Context, rehearsal.Options, func(string)) (rehearsal.System, error) {
		return &system{System: rehearsaltest.Start(rehearsaltest.Options{})}, nil
	}
	code := run(t.Context(), []string{"rehearse", "--scenario", "steady", "--rate", "0"}, host{start: start, stdout: full{}, stderr: &c.stderr})
	if code != 1 {
		t.Errorf("exit code is %d when the output cannot be written", code)
	}
}

// full is a disk without space.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestEndpoints(t *testing.T) {
	path := filepath.Join(t.TempDir(), "e.json")
	if err := os.WriteFile(path, []byte("stale"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := command{starting: func(rehearsal.Options) error {
		if _, err := os.Stat(path); err == nil {
			t.Error("the endpoints of an earlier rehearsal are there before this one is up")
		}
		return nil
	}}
	c.run(t, "rehearse", "--scenario", "steady", "--rate", "0", "--endpoints", path)
	c.expect(t, 0, nil, nil)
	encoded, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var got endpoints.Endpoints
	if err := json.Unmarshal(encoded, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c.system.Endpoints(), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEndpointsCannotBeWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "e.json")
	c := command{starting: func(rehearsal.Options) error { return os.MkdirAll(filepath.Join(path, "in the way"), 0o700) }}
	c.run(t, "rehearse", "--endpoints", path)
	c.expect(t, 2, nil, []string{"warmstandby: write the endpoints: "})
}

func TestEndpointsAreIncomplete(t *testing.T) {
	c := command{system: system{incomplete: true}}
	c.run(t, "rehearse")
	c.expect(t, 2, nil, []string{"warmstandby: the rehearsal has no edge\n"})
}

func TestHold(t *testing.T) {
	c := command{
		after:  "Everything runs until Ctrl-C",
		system: system{problems: rehearsal.Problems{UnknownOperations: []rehearsal.UnknownOperation{{Service: "ec2", Operation: "DescribeVpcs"}}}},
	}
	c.run(t, "rehearse", "--hold")
	c.expect(t, 0, []string{"is up, after", "Unknown operations, which the rehearsal does not have:\n  ec2 DescribeVpcs\n"}, []string{"stopping"})
	if strings.Contains(c.stdout.String(), "checks") {
		t.Errorf("a scenario ran, so the database is not empty:\n%s", &c.stdout)
	}
	e := c.system.Endpoints()
	want := fmt.Sprintf(`Everything runs until Ctrl-C. In another terminal:

export AWS_ENDPOINT_URL='%[1]s' AWS_DEFAULT_REGION='us-east-1'
export AWS_ACCESS_KEY_ID='AKIAOPERATOR'
export AWS_SECRET_ACCESS_KEY='operator'\''s secret'
aws lambda invoke --function-name ToDoMgmt-app-pri-CreateTableFunction \
    --payload '{"action": "CREATE_TABLE"}' --cli-binary-format raw-in-base64-out /dev/stdout

TOKEN=$(curl --silent --request POST '%[2]s' \
    --user 'client-us-east-1:secret of us-east-1' --data-urlencode 'grant_type=client_credentials' |
    sed -E 's/.*"access_token": *"([^"]*)".*/\1/')

curl --request POST '%[3]s/v1' --header "Authorization: $TOKEN" \
    --header 'Content-Type: application/json' --data-raw '{"task": "Sample Task new", "status": "wip"}'
curl --request GET '%[3]s/v1?id=1' --header "Authorization: $TOKEN"
curl --request DELETE '%[3]s/v1' --header "Authorization: $TOKEN" \
    --header 'Content-Type: application/json' --data-raw '{"id": "1"}'
`, e.AWS.Endpoint, e.Token["us-east-1"], e.Edge)
	_, got, _ := strings.Cut(c.stdout.String(), "\n\nEverything")
	if got = "Everything" + got; !strings.HasPrefix(got, want) {
		t.Errorf("(-want +got):\n%s", cmp.Diff(want, got))
	}
}

func TestHoldAfterScenario(t *testing.T) {
	c := command{after: "Everything runs until Ctrl-C"}
	c.run(t, "rehearse", "--hold", "--scenario", "steady", "--rate", "0")
	c.expect(t, 0, []string{"95 checks, 0 failed"}, nil)
}

func TestInterrupted(t *testing.T) {
	t.Run("while starting", func(t *testing.T) {
		var c command
		c.starting = func(rehearsal.Options) error { c.interrupt(); return context.Canceled }
		c.run(t, "rehearse")
		c.expect(t, 2, nil, []string{"warmstandby: interrupted before everything was up: context canceled"})
	})
	t.Run("while the scenario is played", func(t *testing.T) {
		c := command{after: "is up"}
		c.run(t, "rehearse", "--hold", "--scenario", "steady")
		c.expect(t, 1, []string{"Interrupted before the end.", "FAILED"}, nil)
		if strings.Contains(c.stdout.String(), "another terminal") {
			t.Error("holds nevertheless")
		}
	})
}

func TestStartFails(t *testing.T) {
	c := command{starting: func(rehearsal.Options) error { return errors.New("stack S: Bucket: AWS::X::Y is not known") }}
	c.run(t, "rehearse")
	c.expect(t, 2, nil, []string{"warmstandby: stack S: Bucket: AWS::X::Y is not known\n"})
	if c.stdout.Len() > 0 {
		t.Errorf("got %s", &c.stdout)
	}
}

func TestCloseFails(t *testing.T) {
	c := command{system: system{closing: errors.New("mariadbd does not stop")}}
	c.run(t, "rehearse", "--scenario", "steady", "--rate", "0")
	c.expect(t, 1, []string{"OK"}, []string{"warmstandby: stop the rehearsal: mariadbd does not stop\n"})
}
