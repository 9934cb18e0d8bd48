package arpio

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
)

// What a made-up recovery has.
const (
	resources = 200
	servers   = 60          // of the resources
	tested    = 10          // servers that are recovered for a test before
	deleted   = 10          // resources that the recovery point does not have
	region    = "us-west-2" // where the primary environment is; the application's Regions have no bearing
)

// otherTypes are the types of resources that are no servers.
var otherTypes = []string{
	"AWS::EC2::Volume", "AWS::EC2::SecurityGroup", "AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::Lambda::Function",
	"AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::S3::Bucket", "AWS::EC2::VPC",
}

// recovery is a made-up recovery: its events, and what follows from them.
type recovery struct {
	random      *rand.Rand
	now         time.Time
	application string // Arpio's id of it
	account     string // where it is recovered

	// The events, by what goes on. The failover's, and nothing else's, end with one that says that the application is failed over.
	test, failover, conclusion []Event

	events   []Event        // those of what goes on
	runs     map[string]int // how many events say that a server is recovered, by server
	untested []string       // servers on which the script is not to run
	failures int            // how many events tell of a resource that could not be recovered
}

// newRecovery makes up a recovery: a test, a failover, in which one resource fails at first, and a conclusion. Events are
// repeated, arrive in another order, and come in the next version of the schema, too.
func newRecovery(seed uint64, now time.Time, application, account string) *recovery {
	r := &recovery{
		random: rand.New(rand.NewPCG(seed, 0)), //nolint:gosec // to be reproducible, not secret
		now:    now, application: application, account: account, runs: map[string]int{},
	}
	r.test = r.during(r.addTest)
	r.failover = r.during(r.addFailover)
	r.conclusion = r.during(r.addConclusion)
	return r
}

// during are the events that f adds.
func (r *recovery) during(f func()) []Event {
	r.events = nil
	f()
	return r.events
}

// all is how many events there are.
func (r *recovery) all() int { return len(r.test) + len(r.failover) + len(r.conclusion) }

// addTest recovers a few servers for a test.
func (r *recovery) addTest() {
	r.update(lifecycle.FailoverTest, lifecycle.RecoveryStart)
	for range tested {
		id := r.newServer()
		r.untested = append(r.untested, id)
		r.add(r.upsert(id, "AWS::EC2::Instance", lifecycle.FailoverTest, lifecycle.Done))
	}
	r.update(lifecycle.FailoverTest, lifecycle.RecoveryEnd)
}

// addFailover recovers all resources. The last server fails at first. The end is announced twice.
func (r *recovery) addFailover() {
	r.update(lifecycle.Failover, lifecycle.RecoveryStart)
	var events []Event
	for i := range resources {
		kind, id := otherTypes[i%len(otherTypes)], fmt.Sprintf("resource-%d", i)
		if i < servers {
			kind, id = "AWS::EC2::Instance", r.newServer()
		}
		events = append(events, r.upsert(id, kind, lifecycle.Failover, lifecycle.Processing))
		if i == servers-1 {
			events = append(events, r.upsert(id, kind, lifecycle.Failover, lifecycle.Failed))
			r.failures++
		}
		done := r.upsert(id, kind, lifecycle.Failover, lifecycle.Done)
		events = append(events, done, next(done))
		count := 1
		if r.random.IntN(10) == 0 {
			events = append(events, done)
			count = 2
		}
		if i < servers {
			r.runs[id] = count
		}
	}
	for _, e := range r.shuffled(events) {
		r.add(e)
	}
	r.update(lifecycle.Failover, lifecycle.RecoveryEnd)
	r.events = append(r.events, r.events[len(r.events)-1])
}

// addConclusion goes back to standby, which removes what standby does not keep. Arpio reports that as upserts, and as deletions.
func (r *recovery) addConclusion() {
	r.update(lifecycle.Standby, lifecycle.RecoveryStart)
	for i := range resources {
		r.add(r.upsert(fmt.Sprintf("resource-%d", i), otherTypes[i%len(otherTypes)], lifecycle.Standby, lifecycle.Done))
	}
	for range deleted {
		r.add(r.event(lifecycle.ResourceDelete, map[string]any{
			"primary-resource-arn": r.arn(r.newServer()), "primary-resource-name": "old", "resource-type": []string{"AWS::EC2::Instance"},
		}))
	}
	r.update(lifecycle.Standby, lifecycle.RecoveryEnd)
}

// newServer is the id of a server.
func (r *recovery) newServer() string {
	return fmt.Sprintf("i-%08x%09x", r.random.Uint32(), r.random.Uint64()>>28)
}

// shuffled are events in another order, each not far from where it was.
func (r *recovery) shuffled(events []Event) []Event {
	const window = 20
	for i := range events {
		j := min(len(events)-1, i+r.random.IntN(window))
		events[i], events[j] = events[j], events[i]
	}
	return events
}

// add adds an event, a little later than the one before.
func (r *recovery) add(e Event) {
	r.now = r.now.Add(time.Second)
	e.Time = r.now
	r.events = append(r.events, e)
}

// update adds the event at the beginning or the end of an update.
func (r *recovery) update(phase lifecycle.Phase, kind lifecycle.EventType) {
	r.add(r.event(kind, map[string]any{"application-restore-phase": map[string]any{r.application: phase}}))
}

func (r *recovery) arn(id string) string {
	return fmt.Sprintf("arn:aws:ec2:%s:%s:instance/%s", region, r.account, id)
}

// upsert is the event of a resource. Its name is hostile, as names of resources can be.
func (r *recovery) upsert(id, kind string, phase lifecycle.Phase, state lifecycle.State) Event {
	hostile := []string{`$(touch /tmp/injected)`, "'; touch /tmp/injected; '", `"],"InstanceId":["i-00000000000000000`, "line\nbreak", "plain"}
	return r.event(lifecycle.ResourceUpsert, map[string]any{
		"primary-account": r.account, "primary-resource-arn": r.arn(id), "primary-resource-id": id,
		"primary-resource-name": hostile[r.random.IntN(len(hostile))], "recovery-resource-arn": r.arn(id), "recovery-resource-id": id,
		"recovery-resource-name": hostile[r.random.IntN(len(hostile))], "recovery-resource-state": state,
		"resource-type": []string{kind}, "restore-phase": phase,
	})
}

// event is an event with what all have.
func (r *recovery) event(kind lifecycle.EventType, detail map[string]any) Event {
	detail["arpio-schema-version"] = lifecycle.SchemaVersion
	detail["event-id"], detail["primary-region"] = "rehearsal", region
	detail["recovery-account"], detail["recovery-region"] = r.account, region
	return Event{
		Version: "0", ID: "rehearsal", Source: lifecycle.Source, DetailType: string(kind), Account: r.account, Region: region, Time: r.now,
		Resources: []string{}, Detail: encode(detail),
	}
}

// next is an event in the next version of the schema, which rules that do not know it must leave alone.
func next(e Event) Event {
	var detail map[string]any
	if err := json.Unmarshal(e.Detail, &detail); err != nil {
		panic(err) // it was encoded here
	}
	detail["arpio-schema-version"], detail["restore-phase"] = "1", []string{"failover"}
	e.Detail = encode(detail)
	return e
}

func encode(detail map[string]any) json.RawMessage {
	text, err := json.Marshal(detail)
	if err != nil {
		panic(err) // maps, lists and texts always can be encoded
	}
	return text
}
