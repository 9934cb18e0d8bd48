package reporttest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/report"
)

const (
	virginia = "us-east-1"
	ohio     = "us-east-2"
	rate     = 300
)

// Times of the story, in seconds since its beginning. The rest of it is quiet.
const (
	lossAt    = 18.0 // the primary Region is lost
	readsAt   = 21.4 // the edge reads from the other one
	startedAt = 24.0 // somebody starts the pipeline
	fencedAt  = 26.2
	writerAt  = 41.3 // the other one is the writer
	shiftedAt = 46.5
	writesAt  = 47.9 // and accepts writes
	endedAt   = 49.6
)

// Began is when every story begins.
var Began = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// document is the application that the stories are about.
var document = topology.Document{
	Application: "Shop",
	Regions:     map[topology.Role]topology.Site{topology.Primary: {Region: virginia}, topology.Secondary: {Region: ohio}},
}

// at is a time of the story.
func at(s float64) time.Time { return Began.Add(time.Duration(s * float64(time.Second))) }

// Run is the report of a failover as the pipeline makes it, which knows of no rehearsal.
func Run() report.Report {
	r := report.Build(document, "region-loss-7", journal())
	r.Approvals = []report.Approval{{Action: "Approve", Approved: true, By: "arn:aws:iam::123456789012:user/manager", At: at(startedAt + 0.7)}}
	return r
}

// RegionLoss is the report of a rehearsal of a length in which the primary Region is lost. The length must be a minute at least.
func RegionLoss(length time.Duration, seed uint64) report.Report {
	random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // what is drawn is to be reproducible, not secret
	r := Run()
	s := story{random: random, length: length}
	r.Rehearsal = s.rehearsal(seed)
	return r
}

// journal is what the engine notes of the story.
func journal() []failover.Entry {
	request := failover.Request{
		Run: "region-loss-7", Mode: failover.Failover, Target: topology.Secondary, Reason: "us-east-1 does not answer, INC-1042",
		StartedBy: "arn:aws:iam::123456789012:user/operator", MaxDataLoss: time.Minute, Overrides: []failover.Code{failover.CapacityBelow},
	}
	entries := []failover.Entry{{At: at(startedAt), Request: &request}, {At: at(startedAt + 0.4), Assessment: assessment()}}
	for _, s := range steps() {
		entries = append(entries, failover.Entry{At: s.End, Step: &s})
	}
	remaining := []string{
		"Look for writes that " + virginia + " had not sent when it was lost: aws rds describe-db-cluster-snapshots --region " + virginia,
		"When " + virginia + " is back, wait until its cluster has resynchronised: warmstandby status",
		"Go home: warmstandby failback --reason '" + virginia + " is back'",
	}
	moved := failover.Result{Outcome: failover.Moved, FirstWrite: new(at(writesAt)), Remaining: remaining}
	verified := failover.Result{Outcome: failover.Verified, FirstWrite: new(at(endedAt)), Remaining: remaining}
	return append(entries, failover.Entry{At: at(writesAt + 0.3), Outcome: &moved}, failover.Entry{At: at(endedAt), Outcome: &verified})
}

// assessment is what was observed and decided before the move.
func assessment() *failover.Assessment {
	return &failover.Assessment{
		Observation: failover.Observation{
			At:       at(startedAt + 0.4),
			Edge:     failover.EdgeSeen{Version: "KV3", Active: topology.Primary},
			Database: failover.DatabaseSeen{Found: true, Status: "available", Writer: topology.Primary, Members: map[topology.Role]string{topology.Secondary: "connected"}},
			Regions: map[topology.Role]*failover.RegionSeen{topology.Secondary: {
				Cluster: failover.ClusterSeen{Found: true, Status: "available", Version: "8.0.mysql_aurora.3.10.0", Available: 2, MaxCapacity: 8},
				Proxy:   failover.ProxySeen{Readable: true},
				Check:   failover.CheckSeen{Role: "reader", Millis: 14},
				Lag:     &failover.LagSeen{Lag: 840 * time.Millisecond, Metric: "AuroraGlobalDBRPOLag", At: at(lossAt - 2)},
				Load:    new(2.5),
			}},
			Requests: &failover.RequestsSeen{ReadBy: topology.Secondary, Steady: true},
		},
		Decision: failover.Decision{Go: true, Reasons: []failover.Reason{{
			Code: failover.CapacityBelow, Seen: "at most 8 ACUs in " + ohio, Expected: "at least 12, which " + virginia + " uses",
			Do: "raise the maximum capacity of the cluster", Overridable: true, Overridden: true,
		}}},
	}
}

// steps are the steps of the move.
func steps() []failover.StepTaken {
	step := func(name failover.Step, from, to, own float64, detail string) failover.StepTaken {
		waited := time.Duration((to - from - own) * float64(time.Second))
		return failover.StepTaken{Name: name, Start: at(from), End: at(to), Waited: waited, Detail: detail}
	}
	return []failover.StepTaken{
		step(failover.StepLease, startedAt+0.1, startedAt+0.3, 0.003, "took the lease"),
		step(failover.StepAssess, startedAt+0.3, startedAt+0.8, 0.006, "go, with CapacityBelow overridden"),
		step(failover.StepFence, startedAt+0.8, fencedAt+2, 0.011, "writes are refused at the edge"),
		step(failover.StepPromote, fencedAt+2, fencedAt+2.4, 0.004, "asked for a failover that allows data loss"),
		step(failover.StepWriter, fencedAt+2.4, writerAt, 0.019, ohio+" is the writer"),
		step(failover.StepReady, writerAt, writerAt+1.9, 0.008, "the proxy's target is available, a write through the function succeeded"),
		step(failover.StepShift, writerAt+1.9, shiftedAt, 0.012, "reads are answered by "+ohio),
		step(failover.StepRelease, shiftedAt, writesAt, 0.009, "writes are answered by "+ohio),
		step(failover.StepDrop, writesAt, writesAt+0.2, 0.002, "dropped the lease"),
		step(failover.StepVerify, writesAt+0.9, endedAt, 0.007, "wrote an item and read it again"),
	}
}

// rehearsal is what the machine and the clients know of the story.
func (s story) rehearsal(seed uint64) *report.Rehearsal {
	t := s.timeline()
	clients := s.clients(t)
	return &report.Rehearsal{
		Scenario:    "region-loss",
		Description: "The primary's API, functions, database and AWS endpoints stop answering at once; then the pipeline fails over.",
		Regions:     []string{virginia, ohio},
		Verdict:     verdict(clients),
		Reproduce: report.Reproduce{
			Command: fmt.Sprintf("warmstandby rehearse --scenario region-loss --database embedded --seed %d", seed),
			Version: "1.4.0 (3f9c2ab)", Seed: seed, Database: "embedded", TimeScale: 0.05,
			Templates: map[string]string{
				"ToDoMgmt-app-pri": s.hash(), "ToDoMgmt-app-sec": s.hash(), "ToDoMgmt-edge": s.hash(),
				"ToDoMgmt-infra-pri": s.hash(), "ToDoMgmt-infra-sec": s.hash(),
			},
		},
		Clients: clients, Timeline: t,
		Faults: []report.Fault{{Label: virginia + " lost", Region: virginia, Start: at(lossAt)}},
		Calls: []report.Calls{
			{Service: "cloudfront-keyvaluestore", Region: ohio, By: report.ByAutomation, Total: 41},
			{Service: "cloudwatch", Region: ohio, By: report.ByAutomation, Total: 4},
			{Service: "lambda", Region: ohio, By: report.ByAutomation, Total: 6},
			{Service: "s3", Region: ohio, By: report.ByOperator, Total: 12},
			{Service: "rds", Region: ohio, By: report.ByAutomation, Total: 37},
		},
		Promotions: []report.Promotion{{At: at(writerAt), Region: ohio, LagSeconds: 0.412}},
		Propagations: []report.Propagation{
			{Change: "fence", At: at(startedAt + 1), Seconds: 2.213},
			{Change: "active Region", At: at(writerAt + 1.9), Seconds: 2.94},
			{Change: "release", At: at(shiftedAt), Seconds: 1.07},
		},
	}
}

// hash looks like a hash.
func (s story) hash() string {
	return fmt.Sprintf("%016x%016x%016x%016x", s.random.Uint64(), s.random.Uint64(), s.random.Uint64(), s.random.Uint64())
}

// verdict compares the clients' figures with what was aimed for.
func verdict(c report.Clients) report.Verdict {
	return report.Verdict{
		Held:    true,
		Targets: report.Targets{RTOSeconds: new(60.0), RPOSeconds: new(5.0)},
		Expectations: []report.Expectation{
			{Must: "reads go on from the secondary by themselves", Measured: fmt.Sprintf("no read for %.1f s, before the pipeline started", c.Reads.LongestGap.Seconds), Held: true},
			{Must: "lost writes are no older than the lag that was reported", Measured: fmt.Sprintf("%d lost, the oldest %.3f s old, lag 0.840 s", c.Lost.Total, c.Lost.RPOSeconds), Held: true},
			{Must: "no write is there twice", Measured: "0", Held: true},
			{Must: "nothing needs the lost Region", Measured: "0 of 88 calls went to " + virginia, Held: true},
			{Must: "RTO is at most 60 s", Measured: fmt.Sprintf("%.1f s", c.RTO.Seconds), Held: c.RTO.Seconds <= 60},
		},
	}
}
