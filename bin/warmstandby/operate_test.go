package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/failovertest"
	"github.com/warmstandby/warmstandby/internal/operator"
)

// console is where an operator runs the command, on a simulated application that is served over HTTP.
type console struct {
	*failovertest.Application
	t *testing.T

	// types is what the operator types.
	types string

	// after is text in the output after which the command is interrupted.
	after string

	interrupt      context.CancelFunc
	stdout, stderr bytes.Buffer
	code           operator.Exit
}

func newConsole(t *testing.T, o failovertest.Options) *console {
	t.Helper()
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	t.Setenv("AWS_CONFIG_FILE", os.DevNull)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", os.DevNull)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	c := &console{t: t, Application: failovertest.New(t, o)}
	for name, value := range c.Environment(failovertest.Secondary) {
		t.Setenv(name, value)
	}
	return c
}

// Write is standard output.
func (c *console) Write(b []byte) (int, error) {
	c.stdout.Write(b)
	if c.after != "" && strings.Contains(c.stdout.String(), c.after) {
		c.interrupt()
	}
	return len(b), nil
}

// run runs the command, and expects an exit code and texts in both outputs together.
func (c *console) run(want operator.Exit, line string, texts ...string) {
	c.t.Helper()
	var ctx context.Context
	ctx, c.interrupt = context.WithCancel(c.t.Context())
	defer c.interrupt()
	c.stdout.Reset()
	c.stderr.Reset()
	args := append(strings.Fields(line), "--application", failovertest.Name)
	c.code = operator.Exit(run(ctx, args, host{clock: c.Clock, stdin: strings.NewReader(c.types), stdout: c, stderr: &c.stderr}))
	all := c.stdout.String() + c.stderr.String()
	ok := c.code == want
	for _, text := range texts {
		ok = ok && strings.Contains(all, text)
	}
	if !ok {
		c.t.Errorf("%s: exit code is %d, want %d and %q\nstdout:\n%s\nstderr:\n%s", line, c.code, want, texts, &c.stdout, &c.stderr)
	}
	for line := range strings.Lines(c.stderr.String()) {
		if strings.Contains(line, "goroutine ") || strings.Contains(line, "panic") {
			c.t.Errorf("stack trace: %s", line)
		}
	}
}

// wantActive fails unless a Region is active and not fenced, and nobody holds the lease.
func (c *console) wantActive(role topology.Role) {
	c.t.Helper()
	items := c.Store()
	active := cmp.Or(items[topology.ActiveKey], string(topology.Primary))
	if active != string(role) || items[topology.FenceKey] != "" || items[topology.LeaseKey] != "" {
		c.t.Errorf("the store has %v, want %s active and nothing else", items, role)
	}
}

const switchover = "switchover --reason test --yes"

// Each exit code of a move, with what is left behind.
func TestMoveExitCodes(t *testing.T) {
	t.Run("0 done, and done already", func(t *testing.T) {
		c := newConsole(t, failovertest.Options{})
		c.run(operator.Done, switchover, "MOVED: us-east-2 is active", "promote", "asked RDS in us-east-1", "s3://shop-reports-us-east-2/runs/")
		c.wantActive(topology.Secondary)
		c.run(operator.Done, switchover, "nothing to do: the target is active")
		c.Report()
		c.run(operator.Done, "failback --reason test --yes --region us-east-1", "MOVED: us-east-1 is active")
		c.wantActive(topology.Primary)
	})
	t.Run("3 refused", func(t *testing.T) {
		c := newConsole(t, failovertest.Options{})
		c.run(operator.Refused, "failover --reason test --yes --confirm us-east-2", "SourceServing", "use switchover")
		if len(c.Calls()) != 0 || len(c.Store()) != 0 {
			t.Errorf("something was changed: %v %v", c.Calls(), c.Store())
		}
	})
	t.Run("4 put back", func(t *testing.T) {
		c := newConsole(t, failovertest.Options{})
		c.Deny(func(operation string) bool { return operation == "SwitchoverGlobalCluster" })
		c.run(operator.PutBack, switchover, "PUT-BACK: failed, and everything is as it was", "AccessDenied")
		c.wantActive(topology.Primary)
	})
	t.Run("5 fenced", func(t *testing.T) {
		c := newConsole(t, failovertest.Options{})
		c.Deny(func(operation string) bool { return operation == "UpdateKeys" && c.Store()[topology.FenceKey] != "" })
		c.run(operator.Fenced, switchover, "FENCED: FAILED, AND WRITES ARE REFUSED", "What remains to be done", "1. ")
		if c.Store()[topology.FenceKey] == "" {
			t.Error("there is no fence")
		}
		c.Deny(nil)
		c.run(operator.Refused, switchover, "LeaseHeld", "writes are refused: REFUSED since")
	})
	t.Run("5 fenced, because the promotion hangs, and gone on with", func(t *testing.T) {
		c := newConsole(t, failovertest.Options{Parameter: func(s string) string {
			return strings.Replace(s, `{"version":1`, `{"version":1,"promoteSeconds":60`, 1)
		}})
		fate := func(f awssim.Fate) {
			c.Cloud.Do(func(s *awssim.State) { s.SetFate(c.Document.GlobalCluster, f) })
		}
		fate(awssim.Fate{Outcome: awssim.Hang, Phase: awssim.Switching})
		c.run(operator.Fenced, switchover, "FENCED", "has not ended within 1m0s", "warmstandby detach")
		c.run(operator.Done, "status", "REFUSED since", "switchover to us-east-2 is")
		fate(awssim.Fate{})
		c.run(operator.Done, switchover, "MOVED")
		c.wantActive(topology.Secondary)
	})
	t.Run("6 interrupted, and gone on with", func(t *testing.T) {
		c := newConsole(t, failovertest.Options{})
		c.after = "… drain"
		c.run(operator.Interrupted, switchover+" --run r1", "stopping at the next safe point", "--run r1")
		if c.Store()[topology.FenceKey] == "" {
			t.Error("there is no fence")
		}
		c.after = ""
		c.run(operator.Done, switchover+" --run r1", "MOVED")
		c.wantActive(topology.Secondary)
	})
	t.Run("8 not verified", func(t *testing.T) {
		c := newConsole(t, failovertest.Options{})
		c.Deny(func(operation string) bool { return operation == "Invoke" && c.Store()[topology.ActiveKey] == "secd" })
		c.run(operator.Unverified, switchover, "MOVED: us-east-2 is active", "UNVERIFIED: ")
	})
}

// An operator who is asked can say no, and nothing happens.
func TestMoveAsks(t *testing.T) {
	tests := []struct {
		line, types, text string
		code              operator.Exit
	}{
		{"switchover --reason test", "n\n", "Move Shop to us-east-2? [y/N]", operator.Declined},
		{"switchover --reason test", "", "there is nobody to answer", operator.Declined},
		{"switchover --reason test", "y\n", "MOVED", operator.Done},
		{"switchover --reason test", "yes", "MOVED", operator.Done},
		{"failover --reason test", "y\n", `got "y", not us-east-2`, operator.Declined},
		{"failover --reason test", "us-east-1\n", `got "us-east-1"`, operator.Declined},
		{"failover --reason test", "", "Type the name of the Region, us-east-2, to go on", operator.Declined},
		{"failover --reason test", "us-east-2\n", "MOVED", operator.Done},
		{"detach --reason test", "us-east-2\n", "warmstandby failback", operator.Done},
	}
	for _, tt := range tests {
		t.Run(tt.line+" "+tt.types, func(t *testing.T) {
			c := newConsole(t, failovertest.Options{})
			if !strings.HasPrefix(tt.line, "switchover") {
				c.Lose(failovertest.Primary)
				tt.line += " --override LagUnknown --override LagAboveLimit"
			}
			c.types = tt.types
			c.run(tt.code, tt.line, tt.text, "What is lost")
			if declined := tt.code == operator.Declined; declined != (len(c.Calls()) == 0) {
				t.Errorf("got the calls %v", c.Calls())
			}
		})
	}
}

func TestMoveUsage(t *testing.T) {
	c := newConsole(t, failovertest.Options{})
	for line, text := range map[string]string{
		"switchover": "--reason must say why",
		"switchover --reason test --override Everything":   "must be one of LagAboveLimit",
		"switchover --reason test --override LeaseHeld":    "nothing else can be overridden",
		"switchover --reason test --target us-east-1":      "must be pri or secd",
		"switchover --reason test --run ../x":              "--run must be",
		"switchover --reason test --max-data-loss 1s":      "unknown flag",
		"failover --reason test --yes":                     "add --confirm us-east-2",
		"failover --reason test --yes --confirm us-east-1": `--confirm must be the Region us-east-2, got "us-east-1"`,
		"failover --reason test --max-data-loss -1s":       "must be a duration",
		"detach --reason test --yes --target pri":          "add --confirm us-east-1",
		"drill --reason test --yes":                        "--yes needs --hold",
		"failback --reason test --target secd":             "unknown flag",
		"assess --mode move":                               "must be drill or switchover",
		"assess --mode failback --target secd":             "use switchover",
		"report":                                           "warmstandby report takes one argument, RUN or FILE, got []",
		"report ../none":                                   "there is no file ../none",
		"status now":                                       `warmstandby status takes flags only, got ["now"]`,
		"status --regoin us-east-2":                        "unknown flag: --regoin; warmstandby status --help lists the flags",
	} {
		c.run(operator.Usage, line, text)
		if n := strings.Count(c.stderr.String(), "\n"); n != 1 {
			t.Errorf("%s: %d lines", line, n)
		}
	}
	t.Setenv("AWS_REGION", "")
	c.run(operator.Usage, "status", "which Region? Pass --region")
}

// What is wrong with the topology is told in lines, whatever it is.
func TestHostileTopology(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(string) string
		text   string
	}{
		"empty":     {func(string) string { return "" }, "read topology"},
		"no JSON":   {func(string) string { return "{" }, "read topology: unexpected end"},
		"too new":   {func(s string) string { return strings.Replace(s, `"version":1`, `"version":2`, 1) }, "version must be 1, got 2"},
		"no Region": {func(s string) string { return strings.Replace(s, `"region":"us-east-2"`, `"region":"mars-1"`, 1) }, "must be the ARN of a cluster in mars-1"},
		"another application's": {func(s string) string {
			return strings.NewReplacer("us-east-2", "eu-west-1").Replace(s)
		}, "describes an application in us-east-1 and eu-west-1"},
		"same Region": {func(s string) string { return strings.ReplaceAll(s, "us-east-1", "us-east-2") }, "the Regions must differ"},
		"null":        {func(string) string { return "null" }, "version must be 1, got 0"},
		"a list":      {func(string) string { return `[1, "\u0000"]` }, "cannot unmarshal array"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newConsole(t, failovertest.Options{Parameter: tt.change})
			c.run(operator.Failed, "status", tt.text)
			c.run(operator.Failed, switchover, tt.text)
		})
	}
	c := newConsole(t, failovertest.Options{})
	c.run(operator.Failed, "status --region eu-west-1", "there is no parameter /Shop/topology in eu-west-1", "--application and --region")
	c.Lose(failovertest.Secondary)
	c.run(operator.Failed, "status", "the application's other Region has it, too")
}

func TestAssess(t *testing.T) {
	c := newConsole(t, failovertest.Options{})
	c.run(operator.Done, "assess", "switchover of Shop to us-east-2", "decision   go")
	c.run(operator.Done, "assess --target pri", "nothing to do: the target is active")
	c.run(operator.Refused, "assess --mode failover --json", "SourceServing")
	var out operator.Outcome
	if err := json.Unmarshal(c.stdout.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	d := out.Moves[0].Assessment.Decision
	if out.Version != 1 || out.Exit != operator.Refused || out.Mode != failover.Failover || d.Go || d.Reasons[0].Code != failover.SourceServing {
		t.Errorf("got %+v", out)
	}
	c.run(operator.Done, "assess --mode failover --override SourceServing", "(overridden)")
	if _, err := os.Stat(filepath.Join(os.Getenv("XDG_STATE_HOME"), "warmstandby")); err == nil {
		t.Error("an assessment left a record")
	}
}

func TestStatus(t *testing.T) {
	c := newConsole(t, failovertest.Options{})
	c.run(operator.Done, "status", "us-east-1 is active; reads come from us-east-1, writes go to us-east-1", "accepted (no fence)", "nobody's",
		"shop-global is available; writer us-east-1", "ACTIVE, WRITER", "stands by, reads", "connected, lag 200ms", "reads and writes", "of 16 ACU")
	if strings.Contains(c.stdout.String(), "could not be seen") {
		t.Errorf("there are problems:\n%s", &c.stdout)
	}
	if lines := strings.Count(c.stdout.String(), "\n"); lines > 24 {
		t.Errorf("%d lines are more than a screen", lines)
	}
	c.PutKey(t, topology.FenceKey, "?")
	c.PutKey(t, topology.LeaseKey, `{"run":"r1","by":"ada","mode":"failover","target":"secd","expires":"2020-01-02T03:04:05Z"}`)
	c.run(operator.Done, "status", "writes are refused", "REFUSED since", "run r1 of ada (failover to us-east-2) has ended at 2020-01-02 03:04:05 UTC")
}

// With one Region gone, whichever it is, the other one tells what there is to tell.
func TestStatusWithOneRegionGone(t *testing.T) {
	for lost, asked := range map[string]string{failovertest.Primary: failovertest.Secondary, failovertest.Secondary: failovertest.Primary} {
		t.Run(lost, func(t *testing.T) {
			c := newConsole(t, failovertest.Options{})
			c.Lose(lost)
			start := c.Clock.Now()
			c.run(operator.Done, "status --json --region "+asked)
			if took := c.Clock.Now().Sub(start); took > 20*time.Second {
				t.Errorf("took %s", took)
			}
			var s operator.Status
			if err := json.Unmarshal(c.stdout.Bytes(), &s); err != nil {
				t.Fatal(err)
			}
			for role, r := range s.Regions {
				gone := r.Region == lost
				if (r.Database.Error != "") != gone || (r.Cluster.Error != "") != gone || (r.Proxy.Error != "") != gone || (r.Check.Error != "") != gone {
					t.Errorf("%s (%s): %+v", role, r.Region, r)
				}
			}
			if s.Version != 1 || s.Active != topology.Primary || s.Writer != topology.Primary || len(s.Problems) < 4 || s.Edge.Version == "" {
				t.Errorf("got %+v", s)
			}
			c.run(operator.Done, "status --region "+asked, "not seen", "What could not be seen", lost+": describe cluster")
		})
	}
}

func TestMoveJSON(t *testing.T) {
	c := newConsole(t, failovertest.Options{})
	c.run(operator.Done, switchover+" --json")
	var out operator.Outcome
	if err := json.Unmarshal(c.stdout.Bytes(), &out); err != nil {
		t.Fatalf("%v\n%s", err, &c.stdout)
	}
	m := out.Moves[0]
	if out.Version != 1 || out.Exit != 0 || out.Application != "Shop" || len(out.Moves) != 1 || m.Result.Outcome != failover.Moved ||
		m.Verification.Outcome != failover.Verified || m.Region != "us-east-2" || !strings.HasPrefix(out.Report, "s3://shop-reports-us-east-2/runs/"+out.Run) {
		t.Errorf("got %+v", out)
	}
	if !strings.Contains(c.stderr.String(), "MOVED") {
		t.Error("standard error has no text for people")
	}
	for _, what := range []string{out.Run, out.Journal} {
		c.run(operator.Done, "report "+what, "us-east-2 is active", "reason: test", "| promote |", "| release |")
		c.run(operator.Done, "report --json "+what)
		var r struct{ Run string }
		if err := json.Unmarshal(c.stdout.Bytes(), &r); err != nil || r.Run != out.Run {
			t.Errorf("got %v, %+v", err, r)
		}
	}
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	c.run(operator.Done, "report "+out.Run, "us-east-2 is active", "| promote |") // from the bucket
	c.run(operator.Failed, "report none", "there is no run none")
	c.run(operator.Failed, "report "+os.DevNull, "is neither a report.json nor the journal of a run")
	again := filepath.Join(t.TempDir(), "again")
	c.run(operator.Done, "report "+out.Run+" --report "+again)
	c.run(operator.Done, "report "+filepath.Join(again, "report.json"), "us-east-2 is active", "reason: test", "| promote |")
	if page, err := os.ReadFile(filepath.Join(again, "report.html")); err != nil || !strings.Contains(string(page), out.Run) {
		t.Errorf("the page is %.100q, %v", page, err)
	}
	newer := filepath.Join(t.TempDir(), "newer.json")
	if err := os.WriteFile(newer, []byte(`{"version":2,"run":"x","moves":[]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	c.run(operator.Failed, "report "+newer, "newer.json: the report has version 2, and this command reads version 1; use the release that wrote it")
}

func TestDrill(t *testing.T) {
	c := newConsole(t, failovertest.Options{})
	c.run(operator.Done, "drill --reason test --yes --hold 10s", "MOVED: us-east-2", "Staying for 10s", "MOVED: us-east-1")
	c.wantActive(topology.Primary)
	want := []string{"us-east-1 SwitchoverGlobalCluster", "us-east-2 SwitchoverGlobalCluster"}
	if got := c.Calls(); !slices.Equal(got, want) {
		t.Errorf("got the calls %q, want %q", got, want)
	}
}

// A drill that is interrupted wherever it is goes on, and ends at home.
func TestDrillGoesOn(t *testing.T) {
	for _, after := range []string{"… fence", "Press Enter", "waiting until us-east-1", "us-east-2 SwitchoverGlobalCluster"} {
		t.Run(after, func(t *testing.T) {
			c := newConsole(t, failovertest.Options{})
			c.after, c.types = after, "y\n\n"
			if strings.Contains(after, "SwitchoverGlobalCluster") {
				c.after = ""
				c.Deny(func(operation string) bool {
					if operation == "SwitchoverGlobalCluster" && len(c.Calls()) == 1 {
						c.interrupt()
					}
					return false
				})
			}
			c.run(operator.Interrupted, "drill --reason test --run d1", "safe point")
			c.after = ""
			c.Deny(nil)
			c.types = "y\n\ny\n"
			c.run(operator.Done, "drill --reason test --run d1 --target secd", "MOVED: us-east-1")
			c.wantActive(topology.Primary)
		})
	}
	c := newConsole(t, failovertest.Options{})
	c.run(operator.Done, switchover)
	c.run(operator.Refused, "drill --reason test --yes --hold 1s", "us-east-2 is active already", "--target secd", "--target pri")
}
