package eventbridge

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/endpoint"
	"github.com/warmstandby/warmstandby/internal/awssim/eventpattern"
)

// Caller makes the calls that EventBridge makes; an [*endpoint.Handler] is one.
type Caller interface {
	// Do makes a call. An error that is an [*endpoint.Error] is the called service's; any other means that there was no answer.
	Do(ctx context.Context, r endpoint.Request) (any, error)
}

// Options configure an [Engine]. Cloud and Caller are required.
type Options struct {
	// Cloud holds buses, rules, archives and metrics.
	Cloud *awssim.Cloud

	// Caller makes the calls.
	Caller Caller

	// Seed decides how long the jitter makes waits.
	Seed uint64
}

// Engine delivers events. Its methods can be called concurrently.
type Engine struct {
	Options

	ctx     context.Context // ends with the engine
	cancel  context.CancelFunc
	running sync.WaitGroup

	mu       sync.Mutex
	random   *rand.Rand
	patterns map[string]*eventpattern.Pattern // by their text
}

// New returns an Engine. Close must be called when it is not needed any longer.
func New(o Options) *Engine {
	e := &Engine{
		Options: o, patterns: map[string]*eventpattern.Pattern{},
		random: rand.New(rand.NewPCG(o.Seed, 0)), //nolint:gosec // jitter is to be reproducible, not secret
	}
	e.ctx, e.cancel = context.WithCancel(context.Background())
	return e
}

// Close ends all deliveries, also those that wait for another attempt, and waits until they have. Nothing is delivered after it.
func (e *Engine) Close() {
	e.mu.Lock()
	e.cancel()
	e.mu.Unlock()
	e.running.Wait()
}

// start runs f, unless the engine is closed.
func (e *Engine) start(f func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ctx.Err() == nil {
		e.running.Go(f)
	}
}

// Deliver archives an event that a bus has taken, and takes it to the targets of the bus's rules. It returns before the targets
// are called.
func (e *Engine) Deliver(region string, event awssim.Event) {
	text := event.JSON()
	e.archive(region, event, text)
	e.toRules(region, event, text, nil)
}

// archive keeps an event in the archives of its bus. Those of a replay are not archived again (EventBridge user guide, "Archiving
// and replaying events").
func (e *Engine) archive(region string, event awssim.Event, text []byte) {
	if event.Replay != "" {
		return
	}
	e.Cloud.Do(func(s *awssim.State) {
		r := s.Region(region)
		bus, _ := r.FindEventBus(event.Bus)
		for name, a := range r.Archives.All() {
			if a.BusARN == bus.ARN && e.matches(a.Pattern, text) {
				a.Events = append(a.Events, event) // behind what earlier readers see
				r.Archives.Put(name, a)
			}
		}
	})
}

// toRules takes an event to the targets of the rules of its bus that match it, or of those with these ARNs only.
func (e *Engine) toRules(region string, event awssim.Event, text []byte, only []string) {
	var rules []awssim.EventRule
	e.Cloud.Do(func(s *awssim.State) { rules = s.Region(region).RulesOf(event.Bus) })
	for _, rule := range rules {
		if rule.Disabled || rule.Pattern == "" || len(only) > 0 && !slices.Contains(only, rule.ARN) || !e.matches(rule.Pattern, text) {
			continue
		}
		e.count(region, rule, "MatchedEvents")
		e.count(region, rule, "TriggeredRules")
		for _, target := range rule.Targets {
			d := &delivery{Engine: e, region: region, rule: rule, target: target, event: event}
			e.start(d.run)
		}
	}
}

// matches says whether a pattern matches an event. None matches every event; one that does not compile matches none, and no
// template can bring one in.
func (e *Engine) matches(pattern string, event []byte) bool {
	if pattern == "" {
		return true
	}
	e.mu.Lock()
	p, ok := e.patterns[pattern]
	if !ok {
		p, _ = eventpattern.Compile([]byte(pattern))
		e.patterns[pattern] = p
	}
	e.mu.Unlock()
	if p == nil {
		return false
	}
	matched, err := p.Match(event)
	return err == nil && matched
}

// count adds one to a metric of a rule (EventBridge user guide, "Monitoring Amazon EventBridge"). Metrics of rules of the default
// bus have no dimension for the bus.
func (e *Engine) count(region string, rule awssim.EventRule, metric string) {
	id := awssim.MetricID{Namespace: "AWS/Events", Name: metric, Dimensions: []awssim.Dimension{{Name: "RuleName", Value: rule.Name}}}
	if rule.Bus != awssim.DefaultBus {
		id.Dimensions = append(id.Dimensions, awssim.Dimension{Name: "EventBusName", Value: rule.Bus})
	}
	e.Cloud.Do(func(s *awssim.State) { s.Region(region).PutMetric(id, 1, "Count") })
}

// jitter is a random part of a time.
func (e *Engine) jitter(d time.Duration) time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	return time.Duration(e.random.Int64N(int64(d) + 1))
}
