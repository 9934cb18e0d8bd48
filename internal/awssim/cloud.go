package awssim

import (
	"math/rand/v2"
	"sync"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// Options configures a [Cloud].
type Options struct {
	// Account is the AWS account's number: 12 digits.
	Account string

	// Clock tells the time. Every date in the state comes from it.
	//
	// Default: time.Now.
	Clock func() time.Time

	// Speed is how many times faster than AWS simulated services do what takes time: an instance starts, an automation looks
	// again, an event is retried. The clock is not changed.
	//
	// Default: 1.
	Speed float64

	// Seed decides every generated identifier: the same seed and the same calls in the same order give the same state.
	Seed uint64
}

// Cloud holds the control-plane state of one account, all Regions, under one lock and one clock.
type Cloud struct {
	mu      sync.Mutex
	state   *State
	runners Runners
}

// New returns an empty Cloud.
func New(o Options) *Cloud {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Speed <= 0 {
		o.Speed = 1
	}
	return &Cloud{state: &State{
		account: o.Account,
		clock:   o.Clock,
		speed:   o.Speed,
		random:  rand.New(rand.NewPCG(o.Seed, 0)), //nolint:gosec // identifiers are to be reproducible, not secret
		regions: map[string]*Region{},
	}}
}

// Do runs f with the state, and nobody else meanwhile. f must neither keep the state nor wait for anything.
//
// Whatever changes by itself as time passes is to change here, before f: then nobody sees a state older than the clock.
func (c *Cloud) Do(f func(*State)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(c.state)
}

// Now is the cloud's time, in UTC.
func (c *Cloud) Now() (now time.Time) {
	c.Do(func(s *State) { now = s.Now() })
	return now
}

// NewRequestID returns an identifier in the form of AWS's request ids.
func (c *Cloud) NewRequestID() (id string) {
	c.Do(func(s *State) { id = s.newUUID() })
	return id
}

// State is what one account holds. Global services are fields of it, Regional ones of its [Region]s.
//
// Values in its tables are never changed in place: who changes one puts a new one. So what was read under the lock may be
// used after it.
type State struct {
	Roles          Table[Role]
	Users          Table[User]
	GlobalClusters Table[GlobalCluster] // by identifier
	Distributions  Table[Distribution]  // by id
	KeyValueStores Table[KeyValueStore] // by ARN
	Buckets        Table[Bucket]        // by name
	KeyPolicies    Table[*iam.Policy]   // of KMS keys, by ARN
	HostedZones    Table[HostedZone]    // by id
	Changes        Table[DNSChange]     // by id

	account     string
	clock       func() time.Time
	speed       float64
	random      *rand.Rand
	credentials Table[Credentials] // by access key id
	regions     map[string]*Region
}

// Account is the account's number.
func (s *State) Account() string { return s.account }

// Now is the cloud's time, in UTC.
func (s *State) Now() time.Time { return s.clock().UTC() }

// Region returns the Region of that name, such as us-east-1. It is empty if nothing was put there.
func (s *State) Region(name string) *Region {
	r, ok := s.regions[name]
	if !ok {
		r = &Region{name: name, state: s}
		s.regions[name] = r
	}
	return r
}

// Region is what the account holds in one Region.
type Region struct {
	Functions   Table[Function]      // by name
	DBClusters  Table[DBCluster]     // by identifier
	DBInstances Table[DBInstance]    // by identifier
	DBProxies   Table[DBProxy]       // by name
	DBEndpoints Table[ProxyEndpoint] // by name
	Secrets     Table[Secret]        // by name
	Parameters  Table[Parameter]     // by name
	Stacks      Table[Stack]         // by name
	UserPools   Table[UserPool]      // by id
	Topics      Table[Topic]         // by ARN
	Metrics     Table[Metric]        // by [MetricID.key]
	Queues      Table[Queue]         // by name
	LogGroups   Table[LogGroup]      // by name
	LogPolicies Table[*iam.Policy]   // of CloudWatch Logs, by name
	EventBuses  Table[EventBus]      // by name
	EventRules  Table[EventRule]     // by bus and name, as [EventRule.Key] has it
	Archives    Table[Archive]       // by name
	Replays     Table[Replay]        // by name
	Documents   Table[Document]      // by name
	Automations Table[Automation]    // by execution id
	Commands    Table[Command]       // by id
	Instances   Table[Instance]      // by id
	ItemTables  Table[ItemTable]     // by name
	Alarms      Table[Alarm]         // by name

	name  string
	state *State
}

// Name is the Region's name, such as us-east-1.
func (r *Region) Name() string { return r.name }

// arn returns the ARN of one of the account's resources in the Region.
func (r *Region) arn(service, resource string) string {
	return "arn:aws:" + service + ":" + r.name + ":" + r.state.account + ":" + resource
}
