package simulation

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/endpoint"
	"github.com/warmstandby/warmstandby/internal/recovery/dns"
	"github.com/warmstandby/warmstandby/internal/recovery/recoverytest"
	"github.com/warmstandby/warmstandby/internal/rehearsal/automation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/eventbridge"
	"github.com/warmstandby/warmstandby/internal/rehearsal/provision"
)

// Wiring is what a world is made of and a caller of [Stack.Run] may replace.
type Wiring struct {
	// Shell runs scripts of servers. Default: [Shell], which another one must call: it notes effects.
	Shell automation.Shell

	// Caller makes the calls of EventBridge. Default: the endpoint, with faults.
	Caller eventbridge.Caller

	// DNS and Table are what the DNS function calls. Default: the endpoint, with faults.
	DNS   dns.Route53
	Table dns.DynamoDB
}

// world is a stack that is up.
type world struct {
	Wiring

	history recoverytest.Sequence
	random  *rand.Rand
	report  *Report
	cloud   *awssim.Cloud
	aws     *endpoint.Handler
	faults  *faults
	closers []func()

	rules map[kind]awssim.EventRule
	shell *Shell
	began time.Time

	delivered []recoverytest.Step          // the events
	steps     map[string]recoverytest.Step // the same, by what the function gets of them
	letters   map[kind][]awssim.QueueMessage

	// undelivered are dead letters that the function could not handle, either.
	undelivered []awssim.QueueMessage

	function function
}

// kind is a rule by what it is for.
type kind string

// The rules of the stack.
const (
	scripts  kind = "Hello"
	failures kind = "Failures"
	ends     kind = "DnsEnds"
	log      kind = "BusLogRule"
)

func newWorld(ctx context.Context, s Stack, history recoverytest.Sequence, change func(*Wiring)) (*world, error) {
	w := &world{
		history: history, random: rand.New(rand.NewPCG(history.Seed, 2)), report: &Report{Seed: history.Seed}, //nolint:gosec // to be reproducible, not secret
		cloud: awssim.New(awssim.Options{Account: recoverytest.Account, Seed: history.Seed}),
		steps: map[string]recoverytest.Step{}, letters: map[kind][]awssim.QueueMessage{}, began: time.Now(),
	}
	deployed, err := provision.Deploy(ctx, s.assembly, provision.Options{Cloud: w.cloud, Seed: history.Seed})
	if err != nil {
		return nil, err
	}
	if err := w.findRules(); err != nil {
		return nil, err
	}
	w.aws = endpoint.New(w.cloud)
	w.faults = &faults{world: w, seed: history.Seed, windows: map[string]*window{}}
	if w.shell, err = newShell(w); err != nil {
		return nil, err
	}
	w.Wiring = Wiring{Shell: w.shell, Caller: w.faults}
	if err := w.wireFunction(deployed); err != nil {
		return nil, err
	}
	w.Wiring.DNS, w.Wiring.Table = w.function.clients()
	if change != nil {
		change(&w.Wiring)
	}
	w.startFunction()
	w.startEngines()
	w.cloud.Do(func(s *awssim.State) { s.Region(region).Launch(recoverytest.Bystander, nil) })
	return w, nil
}

// findRules finds the rules by the beginnings of their names, which CloudFormation makes of their logical ids.
func (w *world) findRules() error {
	w.rules = map[kind]awssim.EventRule{}
	w.cloud.Do(func(s *awssim.State) {
		for _, rule := range s.Region(region).EventRules.All() {
			for _, k := range []kind{scripts, failures, ends, log} {
				if strings.Contains(rule.Name, string(k)) {
					w.rules[k] = rule
				}
			}
		}
	})
	var errs []error
	for _, k := range []kind{scripts, failures, ends, log} {
		if r, ok := w.rules[k]; !ok || len(r.Targets) != 1 {
			errs = append(errs, fmt.Errorf("the template must have a rule %s with a target", k))
		}
	}
	return errors.Join(errs...)
}

func (w *world) startEngines() {
	events := eventbridge.New(eventbridge.Options{Cloud: w.cloud, Caller: w.Caller, Seed: w.history.Seed})
	automations := automation.New(automation.Options{Cloud: w.cloud, Caller: w.aws, Shell: w.Shell})
	w.cloud.SetRunners(awssim.Runners{
		Deliver: events.Deliver, Replay: events.Replay, Automate: automations.Automate, Command: automations.Command,
	})
	w.closers = append(w.closers, func() {
		w.cloud.SetRunners(awssim.Runners{})
		automations.Close()
		events.Close()
	})
}

func (w *world) close() {
	for _, c := range w.closers {
		c()
	}
	w.aws.Close()
}

// in runs f with the stack's Region.
func (w *world) in(f func(*awssim.Region)) {
	w.cloud.Do(func(s *awssim.State) { f(s.Region(region)) })
}
