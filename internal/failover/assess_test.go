package failover

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

var testTime = time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)

// document is an application of tests.
func document() topology.Document {
	site := func(region, role string) topology.Site {
		return topology.Site{
			Region: region, ClusterArn: "arn:aws:rds:" + region + ":123456789012:cluster:shop-" + role, Proxy: "shop-" + role,
			CheckFunction: "shop-" + role + "-Health", RequestSeconds: 10, Pipeline: "p", ReportBucket: "b",
		}
	}
	return topology.Document{
		Version: topology.DocumentVersion, Application: "Shop", GlobalCluster: "shop",
		Edge: topology.Edge{
			StoreArn: "arn:aws:cloudfront::123456789012:key-value-store/abc", URL: "https://d1.cloudfront.net", HealthPath: "/v1/health", SettleSeconds: 10,
		},
		Regions: map[topology.Role]topology.Site{
			topology.Primary: site("us-east-1", "pri"), topology.Secondary: site("us-east-2", "secd"),
		},
	}
}

// healthy is an observation of an application at home, for a planned move to the secondary.
func healthy() Observation {
	region := func(role string, writes bool) *RegionSeen {
		return &RegionSeen{
			Cluster: ClusterSeen{Found: true, Status: available, Version: "8.0.mysql_aurora.3.08.0", Available: 2, MaxCapacity: 16},
			Proxy:   ProxySeen{Readable: true, Writable: writes},
			Check:   CheckSeen{Role: role},
		}
	}
	o := Observation{
		At:   testTime,
		Edge: EdgeSeen{Version: "E1", Active: topology.Primary},
		Database: DatabaseSeen{
			Found: true, Status: available, Writer: topology.Primary,
			Members: map[topology.Role]string{topology.Primary: "", topology.Secondary: "connected"},
		},
		Regions:  map[topology.Role]*RegionSeen{topology.Primary: region("writer", true), topology.Secondary: region("reader", false)},
		Requests: &RequestsSeen{ReadBy: topology.Primary, WriteBy: topology.Primary, Steady: true},
	}
	o.Regions[topology.Primary].Load = new(4.0)
	o.Regions[topology.Secondary].Lag = &LagSeen{Lag: 200 * time.Millisecond, Metric: "AuroraGlobalDBRPOLag", At: testTime.Add(-time.Minute)}
	return o
}

// lost is an observation for a failover to the secondary, when the primary is gone.
func lost() Observation {
	o := healthy()
	delete(o.Regions, topology.Primary)
	o.Requests = &RequestsSeen{ReadBy: topology.Secondary}
	return o
}

func request(mode Mode) Request {
	return Request{Run: "r1", Mode: mode, Target: topology.Secondary, MaxDataLoss: time.Minute}
}

func TestAssess(t *testing.T) {
	secondary := func(o *Observation) *RegionSeen { return o.Regions[topology.Secondary] }
	primary := func(o *Observation) *RegionSeen { return o.Regions[topology.Primary] }
	tests := []struct {
		name  string
		modes []Mode
		see   func(*Observation)
		want  []Code
	}{
		{"all is well", []Mode{Drill, Switchover, Failover, Detach}, func(*Observation) {}, nil},
		{"store unreadable", []Mode{Switchover, Failover, Detach}, func(o *Observation) { o.Edge = EdgeSeen{Error: "x"} }, []Code{EdgeUnreadable}},
		{"lease of another", []Mode{Switchover, Failover}, func(o *Observation) { o.Edge.Lease = &Lease{Run: "r2", Expires: testTime.Add(1)} }, []Code{LeaseHeld}},
		{"lease of another that ended", []Mode{Switchover, Failover}, func(o *Observation) { o.Edge.Lease = &Lease{Run: "r2", Expires: testTime} }, nil},
		{"own lease", []Mode{Switchover}, func(o *Observation) { o.Edge.Lease = &Lease{Run: "r1", Expires: testTime.Add(1)} }, nil},
		{"no answer through the edge", []Mode{Switchover, Failover}, func(o *Observation) { o.Requests = &RequestsSeen{Error: "x"} }, []Code{EdgeUnreachable}},
		{"database unreadable", []Mode{Switchover, Failover, Detach}, func(o *Observation) { o.Database = DatabaseSeen{Error: "x"} }, []Code{GlobalClusterUnreadable}},
		{"no global cluster", []Mode{Switchover, Failover}, func(o *Observation) { o.Database = DatabaseSeen{} }, []Code{GlobalClusterNotFound}},
		{"target no member", []Mode{Switchover, Failover}, func(o *Observation) { delete(o.Database.Members, topology.Secondary) }, []Code{TargetDetached}},
		{"target no member, to be detached", []Mode{Detach}, func(o *Observation) { delete(o.Database.Members, topology.Secondary) }, nil},
		{"target resynchronizing", []Mode{Switchover, Failover}, func(o *Observation) { o.Database.Members[topology.Secondary] = pendingResync }, []Code{NotSynchronized}},
		{"global cluster busy", []Mode{Switchover}, func(o *Observation) { o.Database.Status = "upgrading" }, []Code{SourceUnavailable}},
		{"global cluster busy in an outage", []Mode{Failover}, func(o *Observation) { o.Database.Status = "upgrading" }, nil},
		{"operation elsewhere", []Mode{Switchover, Failover}, func(o *Observation) { o.Database.Operation = &Operation{To: topology.Primary} }, []Code{OperationElsewhere}},
		{"operation to a stranger", []Mode{Failover}, func(o *Observation) { o.Database.Operation = &Operation{} }, []Code{OperationElsewhere}},
		{"operation to the target", []Mode{Switchover, Failover}, func(o *Observation) {
			o.Database.Operation = &Operation{To: topology.Secondary}
			secondary(o).Cluster.Status = "promoting"
		}, nil},
		{"target gone", []Mode{Switchover, Failover}, func(o *Observation) { secondary(o).Cluster = ClusterSeen{} }, []Code{TargetUnavailable}},
		{"target without instances", []Mode{Switchover, Failover}, func(o *Observation) { secondary(o).Cluster.Available = 0 }, []Code{TargetUnavailable}},
		{"target unseen", []Mode{Failover}, func(o *Observation) { secondary(o).Cluster = ClusterSeen{Error: "x"} }, []Code{TargetUnavailable}},
		{"target's check fails", []Mode{Switchover, Failover}, func(o *Observation) { secondary(o).Check = CheckSeen{Error: "x"} }, []Code{TargetUnhealthy}},
		{"target's proxy fails", []Mode{Switchover, Failover}, func(o *Observation) { secondary(o).Proxy = ProxySeen{Unhealthy: "x"} }, []Code{TargetUnhealthy}},
		{"source stopped", []Mode{Switchover}, func(o *Observation) { primary(o).Cluster.Status = "stopped" }, []Code{SourceUnavailable}},
		{"source's check fails", []Mode{Switchover}, func(o *Observation) { primary(o).Check = CheckSeen{Error: "x"} }, []Code{SourceUnhealthy}},
		{"source's reads are slow", []Mode{Switchover}, func(o *Observation) { o.Requests.Steady = false }, []Code{SourceUnhealthy}},
		{"reads come from the target", []Mode{Switchover}, func(o *Observation) { o.Requests.ReadBy = topology.Secondary }, []Code{SourceUnhealthy}},
		{"source's proxy cannot write", []Mode{Switchover}, func(o *Observation) { primary(o).Proxy.Writable = false }, []Code{SourceUnhealthy}},
		{"other version", []Mode{Switchover}, func(o *Observation) { primary(o).Cluster.Version = "x" }, []Code{VersionMismatch}},
		{"too small", []Mode{Switchover}, func(o *Observation) { primary(o).Load = new(16.5) }, []Code{CapacityBelow}},
		{"lag above the limit", []Mode{Switchover, Failover, Detach}, func(o *Observation) { secondary(o).Lag.Lag = time.Minute + 1 }, []Code{LagAboveLimit}},
		{"lag of a planned move", []Mode{Failover}, func(o *Observation) { secondary(o).Lag.Lag = time.Minute }, nil},
		{"no lag", []Mode{Switchover, Failover}, func(o *Observation) { secondary(o).Lag = &LagSeen{Error: "x"} }, []Code{LagUnknown}},
		{"old lag", []Mode{Failover}, func(o *Observation) { secondary(o).Lag.At = testTime.Add(-time.Hour) }, []Code{LagUnknown}},
		{"everything", []Mode{Switchover}, func(o *Observation) {
			o.Edge.Lease = &Lease{Run: "r2", Expires: testTime.Add(1)}
			secondary(o).Check.Error, primary(o).Check.Error = "x", "y"
			secondary(o).Lag.Lag = time.Hour
		}, []Code{LeaseHeld, TargetUnhealthy, SourceUnhealthy, LagAboveLimit}},
	}
	for _, tt := range tests {
		for _, mode := range tt.modes {
			t.Run(tt.name+"/"+string(mode), func(t *testing.T) {
				o := healthy()
				if !mode.Planned() {
					o = lost()
				}
				tt.see(&o)
				check(t, Assess(o, request(mode), document(), DefaultSettings()), tt.want)
			})
		}
	}
}

// check compares a decision with the codes that it should have, and asks whether each reason is told in full.
func check(t *testing.T, d Decision, want []Code) {
	t.Helper()
	var got []Code
	for _, r := range d.Reasons {
		got = append(got, r.Code)
		if r.Seen == "" || r.Expected == "" || r.Do == "" {
			t.Errorf("reason is not told in full: %+v", r)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v\n%s", got, want, d)
	}
	if d.Go != (len(want) == 0) {
		t.Errorf("go is %t with %v", d.Go, got)
	}
}

func TestAssessFailoverWhileSourceServes(t *testing.T) {
	o := lost()
	o.Requests = &RequestsSeen{ReadBy: topology.Primary, WriteBy: topology.Primary, Steady: true}
	check(t, Assess(o, request(Failover), document(), DefaultSettings()), []Code{SourceServing})
	o.Requests.Steady = false
	check(t, Assess(o, request(Failover), document(), DefaultSettings()), nil)
}

func TestAssessArrived(t *testing.T) {
	o := healthy()
	o.Database.Writer, o.Edge.Active = topology.Secondary, topology.Secondary
	if d := Assess(o, request(Switchover), document(), DefaultSettings()); !d.Go || !d.Arrived {
		t.Errorf("got %+v", d)
	}
	o.Edge.Fence = &Fence{}
	if d := Assess(o, request(Switchover), document(), DefaultSettings()); d.Arrived || !d.Go {
		t.Errorf("fenced: got %+v", d)
	}
	o = lost()
	delete(o.Database.Members, topology.Secondary)
	o.Edge.Active = topology.Secondary
	if d := Assess(o, request(Detach), document(), DefaultSettings()); !d.Arrived {
		t.Errorf("detached: got %+v", d)
	}
}

// What risks something can be overridden; what cannot work, or breaks the application, cannot.
func TestAssessOverrides(t *testing.T) {
	o := healthy()
	o.Regions[topology.Secondary].Lag.Lag = time.Hour
	r := request(Switchover)
	r.Overrides = []Code{LagAboveLimit}
	d := Assess(o, r, document(), DefaultSettings())
	if !d.Go || len(d.Reasons) != 1 || !d.Reasons[0].Overridden || !strings.Contains(d.String(), "overridden") {
		t.Errorf("got %s", d)
	}
	o.Regions[topology.Secondary].Cluster.Available = 0
	r.Overrides = []Code{LagAboveLimit, TargetUnavailable}
	if d := Assess(o, r, document(), DefaultSettings()); d.Go {
		t.Errorf("a target without instances was overridden: %s", d)
	}
	if err := r.Validate(); err == nil || !strings.Contains(err.Error(), `got "TargetUnavailable"`) {
		t.Errorf("got %v", err)
	}
}

func TestRequestValidate(t *testing.T) {
	for want, r := range map[string]Request{
		"run must not be empty":         {Mode: Drill, Target: topology.Primary},
		`mode must be one of drill`:     {Run: "r", Mode: "move", Target: topology.Primary},
		`target must be one of pri`:     {Run: "r", Mode: Drill, Target: "us-east-1"},
		`use switchover`:                {Run: "r", Mode: Failback, Target: topology.Secondary},
		`must not be negative, got -1s`: {Run: "r", Mode: Drill, Target: topology.Primary, MaxDataLoss: -time.Second},
	} {
		if err := r.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %q", r, err, want)
		}
	}
	if err := request(Switchover).Validate(); err != nil {
		t.Error(err)
	}
}
