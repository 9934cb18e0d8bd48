package simulation

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/recovery/recoverytest"
)

// What must hold.
const (
	selects       = "a rule selects the events that it is for, and no others"
	accounted     = "what is selected is delivered or in a dead-letter queue, and counted"
	onlyFailed    = "nothing is dropped that could be delivered"
	onlyOwnScript = "a server runs the runbook's script and no other"
	onceEach      = "the script has one effect on each server that was recovered for a failover, and on no other"
	ownParameters = "an automation gets the parameters that its rule has, and no others"
	changesAny    = "each change of records changes something"
	changesOnce   = "no event changes records twice"
	onlyFailover  = "records are changed by a complete failover or a request to go back"
	rightInTheEnd = "traffic is where it must be in the end"
)

// isFor says whether an event is one that a rule is for.
func (k kind) isFor(s recoverytest.Step) bool {
	switch {
	case k == log:
		return true
	case s.NextVersion:
		return false
	case k == scripts:
		return s.IsServer && s.Type == lifecycle.ResourceUpsert && s.State == lifecycle.Done && s.Phase == lifecycle.Failover
	case k == failures:
		return s.Type == lifecycle.ResourceUpsert && s.State == lifecycle.Failed && s.Phase != lifecycle.Standby
	}
	return s.Type == lifecycle.RecoveryEnd
}

// check checks what has come of the history.
func (w *world) check() {
	for _, k := range []kind{scripts, failures, ends, log} {
		if k != ends && k != log {
			w.collect(k)
		}
		w.checkRule(k)
		w.checkLetters(k)
	}
	w.checkTargets()
	w.checkAutomations()
	w.checkServers()
	w.checkTraffic()
}

// equal notes a violation unless two numbers are equal.
func (w *world) equal(invariant, what string, got, want int) {
	if got != want {
		w.report.wrong(invariant, "%s: %d, want %d", what, got, want)
	}
}

// counted is a metric of a rule.
func (w *world) counted(k kind, name string) (n int) {
	id := awssim.MetricID{Namespace: "AWS/Events", Name: name, Dimensions: []awssim.Dimension{
		{Name: "EventBusName", Value: w.rules[k].Bus}, {Name: "RuleName", Value: w.rules[k].Name},
	}}
	w.in(func(r *awssim.Region) { n = len(r.Metric(id).Data) })
	return n
}

// checkRule checks what a rule has selected, and that what AWS counts adds up.
func (w *world) checkRule(k kind) {
	expected := 0
	for _, s := range w.delivered {
		if k.isFor(s) {
			expected++
		}
	}
	w.equal(selects, string(k)+": events selected", w.counted(k, "MatchedEvents"), expected)
	w.equal(accounted, string(k)+": invocations", w.counted(k, "Invocations"), expected)
	dropped := 0
	for _, m := range w.letters[k] {
		if fromEventBridge(m) {
			dropped++
		}
	}
	w.equal(accounted, string(k)+": dead letters, by failed invocations", dropped, w.counted(k, "FailedInvocations"))
	w.equal(accounted, string(k)+": dead letters, by what was sent", dropped, w.counted(k, "InvocationsSentToDlq"))
	w.equal(accounted, string(k)+": dead letters that were lost", w.counted(k, "InvocationsFailedToBeSentToDlq"), 0)
	w.report.Selected += expected
	w.report.Dropped += dropped
}

// checkLetters checks that dead letters are events as they were, and that none could be delivered.
func (w *world) checkLetters(k kind) {
	for _, m := range w.letters[k] {
		step, known := w.steps[string(eventOf(m))]
		if !known || !k.isFor(step) {
			w.report.wrong(accounted, "%s: the dead letter is no event for it: %.300s", k, m.Body)
		}
		if !fromEventBridge(m) || strings.Contains(m.Attributes["ERROR_MESSAGE"], "simulated") {
			continue
		}
		if m.Attributes["ERROR_CODE"] != "INVALID_PARAMETER" || !step.IsServer || instanceID.MatchString(step.Server) {
			w.report.wrong(onlyFailed, "%s: %v: %.300s", k, m.Attributes, m.Body)
		}
	}
}

// instanceID is what the id of a server looks like.
var instanceID = regexp.MustCompile(`^i-([0-9a-f]{8}|[0-9a-f]{17})$`)

// checkTargets checks that targets have taken as many events as were delivered, and that all that they took is there.
func (w *world) checkTargets() {
	automations, messages, logged, archived := 0, 0, 0, 0
	w.in(func(r *awssim.Region) {
		automations = r.Automations.Len()
		for _, t := range r.Topics.Values() {
			if strings.Contains(t.Name, string(failures)) {
				messages = len(t.Messages)
			}
		}
		for _, g := range r.LogGroups.Values() {
			if strings.Contains(w.rules[log].Targets[0].ARN, g.Name) {
				logged = len(g.Events)
			}
		}
		for _, a := range r.Archives.Values() {
			archived = len(a.Events)
		}
	})
	w.equal(accounted, "events in the log", logged, len(w.delivered))
	w.equal(accounted, "events in the archive", archived, len(w.delivered))
	for _, target := range []struct {
		kind    kind
		service string
		got     int
	}{{scripts, "ssm", automations}, {failures, "sns", messages}, {ends, "lambda", w.answered()}} {
		taken, unanswered := w.faults.taken(target.service)
		w.equal(accounted, string(target.kind)+": what the target took", target.got, taken)
		w.equal(accounted, string(target.kind)+": deliveries", taken-unanswered, w.counted(target.kind, "Invocations")-w.counted(target.kind, "FailedInvocations"))
	}
}

// answered is how many asynchronous invocations of the function have ended, with success or with a dead letter.
func (w *world) answered() int {
	w.function.mu.Lock()
	defer w.function.mu.Unlock()
	n := w.function.succeeded
	for _, m := range w.letters[ends] {
		if !fromEventBridge(m) {
			n++
		}
	}
	return n
}

// checkAutomations checks what automations were started with, and how they ended.
func (w *world) checkAutomations() {
	var all []awssim.Automation
	w.in(func(r *awssim.Region) { all = r.Automations.Values() })
	for _, a := range all {
		ids := a.Parameters["InstanceId"]
		if len(a.Parameters) != 1 || len(ids) != 1 || !instanceID.MatchString(ids[0]) {
			w.report.wrong(ownParameters, "%.1000q", fmt.Sprint(a.Parameters))
			continue
		}
		if !a.HasEnded() || w.history.Servers[ids[0]] != (a.Status == "Success") {
			w.report.wrong(onceEach, "the automation of %s is %s: %s", ids[0], a.Status, a.Failure)
		}
		w.report.Automations++
	}
}

// checkServers checks where the script had an effect.
func (w *world) checkServers() {
	expected := map[string]bool{}
	for _, s := range w.delivered {
		if scripts.isFor(s) && instanceID.MatchString(s.Server) {
			expected[s.Server] = true
		}
	}
	for _, m := range w.letters[scripts] {
		delete(expected, w.steps[m.Body].Server) // what fails for an input fails for all like it
	}
	for _, id := range slices.Sorted(maps.Keys(expected)) {
		w.equal(onceEach, "effects on "+id, w.shell.effects[id], 1)
	}
	for _, id := range slices.Sorted(maps.Keys(w.shell.effects)) {
		if !expected[id] {
			w.report.wrong(onceEach, "effects on %s: %d, want none", id, w.shell.effects[id])
		}
		w.report.Effects++
	}
}

// note checks a change of records.
func (f *function) note(payload, to string) {
	home, away := f.targets()
	f.mu.Lock()
	defer f.mu.Unlock()
	step, isEvent := f.steps[payload]
	switch {
	case !isEvent && to == home:
		return
	case !isEvent, step.Type != lifecycle.RecoveryEnd, step.Phase != lifecycle.Failover, step.NextVersion, to != away:
		f.report.wrong(onlyFailover, "records point at %s since %.300s", to, payload)
	}
	f.report.Moves++
	if f.moved[payload]++; f.moved[payload] > 1 {
		f.report.wrong(changesOnce, "records are changed again by %.300s", payload)
	}
}

// checkTraffic checks where traffic is in the end. If events were lost, that may be anywhere it was allowed to be.
func (w *world) checkTraffic() {
	home, away := w.function.targets()
	want := ""
	switch {
	case !w.history.Lossless:
		return
	case w.history.Away != "":
		want = away
	case w.history.Home:
		want = home
	default:
		return
	}
	if got := w.points(); got != want {
		w.report.wrong(rightInTheEnd, "records point at %s instead of %s", got, want)
	}
}
