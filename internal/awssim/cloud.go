package awssim

import (
	"maps"
	"math/rand/v2"
	"slices"
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

	// Speed is how many times faster than AWS simulated services do what takes time and is not RDS's: an instance starts, an
	// automation looks again, an event or an invocation is retried. The clock is not changed.
	//
	// Default: 1.
	Speed float64

	// Seed decides every generated identifier: the same seed and the same calls in the same order give the same state. It decides
	// every duration too, by operation and not by the order of other calls.
	Seed uint64

	// Timing is how long operations take.
	//
	// Default: everything happens at once.
	Timing Timing

	// Fate decides how a switchover or failover ends. It is asked once for each, when it begins, and must depend on nothing but its
	// argument.
	//
	// Default: all complete.
	Fate func(Move) Fate

	// Lag is how far each secondary cluster lags as soon as it is there, and lets its Region report that. See [State.SetLag].
	//
	// Default: none, and none is reported.
	Lag time.Duration

	// EdgeDelay is how long a change of a key-value store takes to reach an edge location. AWS documents no figure.
	//
	// Default: no time at all.
	EdgeDelay Range

	// History is how far back [Cloud.AsOf] reaches.
	//
	// Default: nothing is kept.
	History time.Duration
}

// Cloud holds the control-plane state of one account, all Regions, under one lock and one clock.
type Cloud struct {
	mu      sync.Mutex
	state   *State
	history time.Duration
	pasts   []past // oldest first
	writes  uint64 // the state's, when the last of pasts was kept
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
	return &Cloud{history: o.History, state: &State{
		account:   o.Account,
		clock:     o.Clock,
		speed:     o.Speed,
		seed:      o.Seed,
		random:    rand.New(rand.NewPCG(o.Seed, 0)), //nolint:gosec // identifiers are to be reproducible, not secret
		timing:    o.Timing,
		fate:      o.Fate,
		lag:       o.Lag,
		edgeDelay: o.EdgeDelay,
		regions:   map[string]*Region{},
		draws:     map[string]int{},
		moves:     map[string]*move{},
		fates:     map[string]Fate{},
		outages:   map[string]*outage{},
		links:     map[string]link{},
		waiting:   map[string][]func(time.Time){},
	}}
}

// Do runs f with the state, and nobody else meanwhile. f must neither keep the state nor wait for anything.
//
// Whatever changes by itself as time passes changes here, before f, so that nobody sees a state older than the clock.
func (c *Cloud) Do(f func(*State)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance()
	f(c.state)
	c.record(c.state.Now())
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
	Invalidations  Table[Invalidation]  // by id
	KeyValueStores Table[KeyValueStore] // by ARN
	Buckets        Table[Bucket]        // by name
	KeyPolicies    Table[*iam.Policy]   // of KMS keys, by ARN
	HostedZones    Table[HostedZone]    // by id
	Changes        Table[DNSChange]     // by id

	// DistributionCheck is why the edge cannot serve a distribution of that id as configured, or nil. It is called with the cloud's
	// lock, and is nil if the edge serves everything.
	DistributionCheck func(id string, c DistributionConfig) error

	// KeysHook is called, with the cloud's lock, when the items of a key-value store have been changed. It must not wait. It is nil
	// if nobody wants to know.
	KeysHook func(before, after KeyValueStore)

	// PipelineEvents are the changes of pipelines' states that nobody has taken yet, oldest first.
	PipelineEvents []PipelineEvent

	// PipelineHook is called, with the cloud's lock, when there may be something for the executor of pipelines to do. It must
	// not wait. It is nil if no executor runs.
	PipelineHook func()

	account     string
	clock       func() time.Time
	speed       float64
	seed        uint64
	random      *rand.Rand
	timing      Timing
	fate        func(Move) Fate
	lag         time.Duration
	edgeDelay   Range
	credentials Table[Credentials] // by access key id
	regions     map[string]*Region

	storeVersions Table[[]storeVersion] // of key-value stores, by ARN; none while all locations know the same

	events     events
	draws      map[string]int               // how often a source of random numbers was used, by key
	moves      map[string]*move             // switchovers and failovers in progress, by global cluster
	fates      map[string]Fate              // of the next ones, by global cluster
	outages    map[string]*outage           // by Region
	waiting    map[string][]func(time.Time) // what is to happen when a Region is back
	links      map[string]link              // replication, by ARN of the secondary cluster
	access     Table[writeAccess]           // of clusters that write or not against their role, by ARN
	health     Table[TargetHealth]          // of clusters and proxies whose targets cannot be used, by ARN
	revision   uint64                       // see Revision
	promotions []Promotion
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

// Regions are the Regions that anything was asked of or put into, by name.
func (s *State) Regions() []*Region {
	regions := make([]*Region, 0, len(s.regions))
	for _, name := range slices.Sorted(maps.Keys(s.regions)) {
		regions = append(regions, s.regions[name])
	}
	return regions
}

// Region is what the account holds in one Region.
type Region struct {
	Functions   Table[Function]      // by name
	DBClusters  Table[DBCluster]     // by identifier
	DBInstances Table[DBInstance]    // by identifier
	DBProxies   Table[DBProxy]       // by name
	DBEndpoints Table[ProxyEndpoint] // by name

	DBClusterSnapshots Table[DBClusterSnapshot] // by identifier

	Secrets     Table[Secret]      // by name
	Parameters  Table[Parameter]   // by name
	Stacks      Table[Stack]       // by name
	UserPools   Table[UserPool]    // by id
	Topics      Table[Topic]       // by ARN
	Metrics     Table[Metric]      // by [MetricID.key]
	Pipelines   Table[Pipeline]    // by name
	Queues      Table[Queue]       // by name
	LogGroups   Table[LogGroup]    // by name
	LogPolicies Table[*iam.Policy] // of CloudWatch Logs, by name
	EventBuses  Table[EventBus]    // by name
	EventRules  Table[EventRule]   // by bus and name, as [EventRule.Key] has it
	Archives    Table[Archive]     // by name
	Replays     Table[Replay]      // by name
	Documents   Table[Document]    // by name
	Automations Table[Automation]  // by execution id
	Commands    Table[Command]     // by id
	Instances   Table[Instance]    // by id
	ItemTables  Table[ItemTable]   // by name
	Alarms      Table[Alarm]       // by name

	PipelineExecutions Table[PipelineExecution] // by id
	PipelineJobs       Table[PipelineJob]       // by id

	name  string
	state *State
}

// Name is the Region's name, such as us-east-1.
func (r *Region) Name() string { return r.name }

// Account is the number of the account that the Region is seen by.
func (r *Region) Account() string { return r.state.account }

// arn returns the ARN of one of the account's resources in the Region.
func (r *Region) arn(service, resource string) string {
	return "arn:aws:" + service + ":" + r.name + ":" + r.state.account + ":" + resource
}
