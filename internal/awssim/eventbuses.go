package awssim

import (
	"encoding/json"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// EventBus is an EventBridge event bus.
type EventBus struct {
	Name   string
	ARN    string
	Policy *iam.Policy // the resource policy; nil if there is none
}

// EventRule is a rule of an event bus, with its targets.
type EventRule struct {
	Name        string
	ARN         string
	Bus         string // the bus's name
	Description string
	Pattern     string // JSON; empty if there is none
	Schedule    string // such as rate(1 minute); empty if there is none
	Disabled    bool
	Targets     []EventTarget
}

// Key is the rule's key in the table of rules.
func (r EventRule) Key() string { return EventRuleKey(r.Bus, r.Name) }

// EventRuleKey is the key of a bus's rule in the table of rules.
func EventRuleKey(bus, name string) string { return bus + "/" + name }

// EventTarget is where a rule sends the events that it matches. At most one of Input, InputPath and Transformer is set.
type EventTarget struct {
	ID            string
	ARN           string
	Role          string // the ARN of the role that EventBridge assumes to call the target; empty if it calls in its own name
	Input         string // JSON that is sent in place of the event
	InputPath     string // the part of the event that is sent
	Transformer   *InputTransformer
	MaxAge        time.Duration // how old an event may be that is retried
	MaxRetries    int
	DeadLetterARN string // of the queue for events that could not be delivered; empty if there is none
}

// Bounds of a retry policy, which are its defaults too (EventBridge API reference, RetryPolicy).
const (
	MaxEventAge     = 24 * time.Hour
	MinEventAge     = time.Minute
	MaxEventRetries = 185
)

// InputTransformer makes a target's input of an event.
type InputTransformer struct {
	Paths    map[string]string // JSON paths by the name of the variable
	Template string
}

// Event is an event that a bus has taken.
type Event struct {
	Bus        string // the bus's name
	ID         string
	DetailType string
	Source     string
	Account    string
	Time       time.Time
	Region     string
	Resources  []string
	Detail     json.RawMessage // an object
	Replay     string          // the name of the replay that sent it again; empty otherwise
	Ingested   time.Time       // when the bus took it
}

// JSON is the event as rules and targets see it (EventBridge user guide, "Event structure").
func (e Event) JSON() []byte {
	text, err := json.Marshal(struct {
		Version    string          `json:"version"`
		ID         string          `json:"id"`
		DetailType string          `json:"detail-type"`
		Source     string          `json:"source"`
		Account    string          `json:"account"`
		Time       string          `json:"time"`
		Region     string          `json:"region"`
		Resources  []string        `json:"resources"`
		Replay     string          `json:"replay-name,omitempty"`
		Detail     json.RawMessage `json:"detail"`
	}{
		"0", e.ID, e.DetailType, e.Source, e.Account, e.Time.UTC().Format(time.RFC3339), e.Region,
		append([]string{}, e.Resources...), e.Replay, e.Detail,
	})
	if err != nil {
		panic(err) // Detail is JSON
	}
	return text
}

// Archive keeps the events of a bus that its pattern matches, in the order in which the bus took them.
type Archive struct {
	Name        string
	ARN         string
	BusARN      string
	Description string
	Pattern     string // JSON; empty if all events are kept
	Retention   int    // days; 0 if they are kept for ever
	Created     time.Time
	Events      []Event
}

// Replay sends an archive's events to its bus again.
type Replay struct {
	Name         string
	ARN          string
	ArchiveARN   string
	BusARN       string
	Description  string
	Rules        []string // the ARNs of the rules that see the events; all if empty
	From, To     time.Time
	Status       string // STARTING, RUNNING or COMPLETED
	Started      time.Time
	Ended        time.Time
	LastReplayed time.Time // the time of the event that was sent last
}

// CreateEventBus stores an event bus. It fills in the ARN.
func (r *Region) CreateEventBus(b EventBus) EventBus {
	b.ARN = r.arn("events", "event-bus/"+b.Name)
	r.EventBuses.Put(b.Name, b)
	return b
}

// DefaultBus is the name of the bus that every Region has.
const DefaultBus = "default"

// FindEventBus returns the bus of that name or ARN, and whether there is one. Every Region has the default bus.
func (r *Region) FindEventBus(id string) (EventBus, bool) {
	name := id
	if name == "" {
		name = DefaultBus
	}
	for _, b := range r.EventBuses.All() {
		if b.Name == name || b.ARN == name {
			return b, true
		}
	}
	if name == DefaultBus || name == r.arn("events", "event-bus/"+DefaultBus) {
		return r.CreateEventBus(EventBus{Name: DefaultBus}), true
	}
	return EventBus{}, false
}

// PutEventRule stores a rule, with its targets. It fills in the ARN. Rules of the default bus have ARNs without its name.
func (r *Region) PutEventRule(rule EventRule) EventRule {
	rule.ARN = r.arn("events", "rule/"+rule.Bus+"/"+rule.Name)
	if rule.Bus == DefaultBus {
		rule.ARN = r.arn("events", "rule/"+rule.Name)
	}
	r.EventRules.Put(rule.Key(), rule)
	return rule
}

// RulesOf are a bus's rules, in the order of their names.
func (r *Region) RulesOf(bus string) []EventRule {
	var rules []EventRule
	for _, rule := range r.EventRules.All() {
		if rule.Bus == bus {
			rules = append(rules, rule)
		}
	}
	return rules
}

// CreateArchive stores an archive. It fills in ARN and date.
func (r *Region) CreateArchive(a Archive) Archive {
	a.ARN = r.arn("events", "archive/"+a.Name)
	a.Created = r.state.Now()
	r.Archives.Put(a.Name, a)
	return a
}

// CreateReplay stores a replay. It fills in ARN and date.
func (r *Region) CreateReplay(p Replay) Replay {
	p.ARN = r.arn("events", "replay/"+p.Name)
	p.Started = r.state.Now()
	r.Replays.Put(p.Name, p)
	return p
}

// TakeEvent gives an event id, account, Region and the time at which the bus took it. The event's own time is that too, unless
// it has one.
func (r *Region) TakeEvent(e Event) Event {
	e.ID, e.Account, e.Region, e.Ingested = r.state.newUUID(), r.state.account, r.name, r.state.Now()
	if e.Time.IsZero() {
		e.Time = e.Ingested
	}
	return e
}
