package dns_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
	"github.com/warmstandby/warmstandby/constructs/recoverydns/dnsplan"
	"github.com/warmstandby/warmstandby/internal/awssim/eventpattern"
	"github.com/warmstandby/warmstandby/internal/recovery/dns"
	"github.com/warmstandby/warmstandby/internal/recovery/dns/dnstest"
	"github.com/warmstandby/warmstandby/internal/recovery/recoverytest"
)

var (
	seeds = flag.Int("seeds", 10_000, "how many seeds TestSimulation runs")
	seed  = flag.Uint64("seed", 1, "the first of them")
)

// TestSimulation sends histories through the patterns, the matcher and the handler, as EventBridge and Lambda do: three attempts,
// then a dead-letter queue, which somebody sends again in the end. The subtest's name is the seed of a history that went wrong.
func TestSimulation(t *testing.T) {
	rules := compile(t, simulatedPlan())
	totals := tally{}
	var mu sync.Mutex
	var workers sync.WaitGroup
	for worker := range 2 {
		workers.Go(func() {
			for i := worker; i < *seeds && !t.Failed(); i += 2 {
				s := simulate(t, recoverytest.New(*seed+uint64(i)), rules)
				mu.Lock()
				totals.add(s.tally)
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	t.Logf("seeds %d to %d: %+v", *seed, *seed+uint64(*seeds)-1, totals)
	if totals.delivered != totals.unmatched+totals.handled+totals.dead {
		t.Errorf("events are not accounted for: %+v", totals)
	}
	if *seeds >= 1000 && (totals.moves == 0 || totals.dead == 0 || totals.unmatched == 0 || totals.failbacks == 0 || totals.away == 0 || totals.home == 0) {
		t.Errorf("the simulation proves nothing: %+v", totals)
	}
}

// TestSimulationIsDeterministic makes sure that a seed says it all.
func TestSimulationIsDeterministic(t *testing.T) {
	rules := compile(t, simulatedPlan())
	for n := range uint64(50) {
		first, second := simulate(t, recoverytest.New(n), rules), simulate(t, recoverytest.New(n), rules)
		if first.tally != second.tally || first.points() != second.points() {
			t.Errorf("seed %d: %+v and %+v", n, first.tally, second.tally)
		}
	}
}

// tally counts what became of events.
type tally struct{ delivered, unmatched, handled, dead, moves, failbacks, away, home int }

func (a *tally) add(b tally) {
	a.delivered, a.unmatched, a.handled, a.dead = a.delivered+b.delivered, a.unmatched+b.unmatched, a.handled+b.handled, a.dead+b.dead
	a.moves, a.failbacks, a.away, a.home = a.moves+b.moves, a.failbacks+b.failbacks, a.away+b.away, a.home+b.home
}

func simulatedPlan() dnsplan.Plan {
	p := plan()
	p.Records = p.Records[:2]
	return p
}

// compile are the rules of a plan, in the matcher.
func compile(t *testing.T, p dnsplan.Plan) []*eventpattern.Pattern {
	t.Helper()
	var rules []*eventpattern.Pattern
	for _, pattern := range []lifecycle.Pattern{p.Ends(recoverytest.Account), p.Upserts(recoverytest.Account)} {
		text, err := pattern.JSON()
		if err != nil {
			t.Fatal(err)
		}
		rule, err := eventpattern.Compile([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		rules = append(rules, rule)
	}
	return rules
}

// simulation is one history on its way.
type simulation struct {
	*testing.T
	tally
	seed    uint64
	rules   []*eventpattern.Pattern
	handler *dns.Handler
	route53 *dnstest.Route53
	now     time.Time
	fault   bool // whether the next calls may fail
	random  *rand.Rand
	moved   map[string]int // batches by event
	letters []recoverytest.Step

	// What was handled: the newest times, which nothing older may override. Tried is of ends that say failover, handled or not.
	failedOver, tried, other, returned time.Time
}

func simulate(t *testing.T, s recoverytest.Sequence, rules []*eventpattern.Pattern) *simulation {
	sim := &simulation{
		T: t, seed: s.Seed, rules: rules, route53: &dnstest.Route53{}, random: rand.New(rand.NewPCG(s.Seed, 1)), moved: map[string]int{},
	}
	table := &dnstest.DynamoDB{Fault: sim.fail}
	sim.handler = &dns.Handler{
		Plan: simulatedPlan(), Store: dns.NewStore(table, "Order"), Zone: dns.NewZone(sim.route53, "Z1"), Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return sim.now }, Owner: func(context.Context) string { return "invocation" },
	}
	sim.route53.Set(set("api.example.com", "CNAME", 60, homeAPI))
	sim.route53.Set(set("static.example.com", "A", 30, homeIP))
	sim.route53.Fault = sim.fail
	for _, step := range s.Steps {
		sim.step(step, s.Replicas)
	}
	sim.redrive(s)
	sim.check(s)
	return sim
}

// errFault is what a call fails with that was made to.
var errFault = errors.New("throttled")

func (s *simulation) fail(call string, after bool) error {
	if !s.fault || call == "DeleteItem" || s.random.IntN(50) > 0 {
		return nil
	}
	s.fault = false // one for each delivery
	return errFault
}

func (s *simulation) wrong(format string, args ...any) {
	s.Errorf("seed %d at %d: %s", s.seed, s.now.Unix(), fmt.Sprintf(format, args...))
}

// points is what the records point at.
func (s *simulation) points() string {
	return s.route53.Values("api.example.com", "CNAME") + " " + s.route53.Values("static.example.com", "A")
}

func (s *simulation) step(step recoverytest.Step, replicas map[string]bool) {
	s.now = step.Now
	if step.Event == nil {
		s.failback()
		return
	}
	s.delivered++
	if !s.matches(step.Event) {
		s.unmatched++
		return
	}
	s.fault = true
	defer func() { s.fault = false }()
	for range 3 {
		if s.invoke(step, replicas) {
			s.handled++
			return
		}
	}
	s.dead++
	s.letters = append(s.letters, step)
}

// matches asks the rules. One that does not select the event must say why.
func (s *simulation) matches(event []byte) bool {
	for _, rule := range s.rules {
		matched, err := rule.Match(event)
		if err != nil {
			s.wrong("the event cannot be matched: %v", err)
		}
		if matched {
			return true
		}
		if mismatches, err := rule.Explain(event); err != nil || len(mismatches) == 0 {
			s.wrong("nobody says why the event is not selected: %v", err)
		}
	}
	return false
}

// invoke hands an event to the function and checks what it did. It reports whether the function succeeded.
func (s *simulation) invoke(step recoverytest.Step, replicas map[string]bool) bool {
	before, batches := s.points(), s.route53.Batches()
	_, err := s.handler.Handle(s.Context(), step.Event)
	if step.Type == lifecycle.RecoveryEnd && step.Phase == lifecycle.Failover && step.At.After(s.tried) && !errors.Is(err, dns.ErrWentBack) {
		s.tried = step.At
	}
	after, changed := s.points(), s.route53.Batches() > batches
	if changed != (before != after) {
		s.wrong("%d batches changed %s to %s", s.route53.Batches()-batches, before, after)
	}
	if changed {
		s.moves++
		s.checkMove(step, after, replicas)
	}
	if err == nil {
		s.remember(step)
	}
	return err == nil
}

// checkMove checks that an event was one to move records for, and that it moved them to something that was recovered.
func (s *simulation) checkMove(step recoverytest.Step, points string, replicas map[string]bool) {
	id, rest, _ := strings.Cut(points, ".")
	if !replicas[id] || rest != "execute-api.us-east-2.amazonaws.com "+awayIP {
		s.wrong("records point at %s, of %v", points, replicas)
	}
	if step.Phase != lifecycle.Failover {
		s.wrong("a %s of phase %s moved records", step.Type, step.Phase)
	}
	switch step.Type {
	case lifecycle.RecoveryEnd:
		if step.At.Before(s.failedOver) || !step.At.After(s.other) || !step.At.After(s.returned) {
			s.wrong("an end of %d moved records after %d, %d, %d", step.At.Unix(), s.failedOver.Unix(), s.other.Unix(), s.returned.Unix())
		}
	case lifecycle.ResourceUpsert: // late: the end of its failover is known
		if !s.tried.After(s.other) || !s.tried.After(s.returned) || step.At.After(s.tried) {
			s.wrong("an upsert of %d moved records after %d, %d, %d", step.At.Unix(), s.tried.Unix(), s.other.Unix(), s.returned.Unix())
		}
	default:
		s.wrong("a %s moved records", step.Type)
	}
	key := string(step.Type) + strconv.FormatInt(step.At.UnixMilli(), 10) + points
	if s.moved[key]++; s.moved[key] > 1 {
		s.wrong("the same %s moved records to %s again", step.Type, points)
	}
}

// remember keeps what the function has been told with success.
func (s *simulation) remember(step recoverytest.Step) {
	switch {
	case step.Type != lifecycle.RecoveryEnd:
	case step.Phase != lifecycle.Failover && step.At.After(s.other):
		s.other = step.At
	case step.Phase == lifecycle.Failover && step.At.After(s.failedOver):
		s.failedOver = step.At
	}
}

func (s *simulation) failback() {
	s.failbacks++
	if _, err := s.handler.Handle(s.Context(), []byte(dnsplan.Failback(app))); err != nil {
		s.wrong("failback: %v", err)
	}
	s.returned = s.now
	if got := s.points(); got != homeAPI+" "+homeIP {
		s.wrong("after failback, records point at %s", got)
	}
}

// redrive sends the dead letters again, an hour later.
func (s *simulation) redrive(sequence recoverytest.Sequence) {
	s.now = s.now.Add(time.Hour)
	for _, letter := range s.letters {
		s.invoke(letter, sequence.Replicas)
	}
}

// check checks where traffic is in the end. If events were lost, that may be anywhere it was allowed to be.
func (s *simulation) check(sequence recoverytest.Sequence) {
	if !sequence.Lossless {
		return
	}
	switch got := s.points(); {
	case sequence.Away != "":
		s.away++
		if got != sequence.Away+".execute-api.us-east-2.amazonaws.com "+awayIP {
			s.wrong("in the end, records point at %s instead of %s", got, sequence.Away)
		}
	case sequence.Home:
		s.home++
		if got != homeAPI+" "+homeIP {
			s.wrong("in the end, records point at %s instead of home", got)
		}
	}
}
