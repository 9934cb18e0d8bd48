package awssim

import "time"

// Instance is an EC2 instance. As far as is simulated, it has a state, tags, and an SSM agent.
type Instance struct {
	ID       string
	Platform string // Linux or Windows
	Tags     []Tag
	State    string // pending, running, stopping, stopped, shutting-down or terminated
	Launched time.Time

	// Settles is when a state that does not last ends: pending becomes running, stopping stopped, shutting-down terminated.
	Settles time.Time

	// Online is when the SSM agent of a running instance first reports; zero means that it never does.
	Online time.Time
}

// How long instances take to change, and the agent to report after the start. AWS documents no durations.
const (
	InstanceChangeTime = 20 * time.Second
	AgentStartTime     = 20 * time.Second
)

// Now is the instance as it is at a time.
func (i Instance) Now(now time.Time) Instance {
	settled := map[string]string{"pending": "running", "stopping": "stopped", "shutting-down": "terminated"}
	if next, ok := settled[i.State]; ok && !i.Settles.After(now) {
		i.State = next
	}
	return i
}

// AgentOnline says whether Systems Manager reaches the instance.
func (i Instance) AgentOnline(now time.Time) bool {
	i = i.Now(now)
	return i.State == "running" && !i.Online.IsZero() && !i.Online.After(now)
}

// ARN is the instance's.
func (i Instance) ARN(r *Region) string { return r.arn("ec2", "instance/"+i.ID) }

// PutInstance stores an instance. A new one that is pending or running begins now.
func (r *Region) PutInstance(i Instance) Instance {
	if i.Platform == "" {
		i.Platform = "Linux"
	}
	r.Instances.Put(i.ID, i)
	return i
}

// Instance returns the instance of that id as it is now, and whether there is one.
func (r *Region) Instance(id string) (Instance, bool) {
	i, ok := r.Instances.Get(id)
	return i.Now(r.state.Now()), ok
}

// Launch makes an instance that starts now, with an agent that reports a while later.
func (r *Region) Launch(id string, tags []Tag) Instance {
	return r.begin(Instance{ID: id, Tags: tags})
}

// begin starts an instance.
func (r *Region) begin(i Instance) Instance {
	now := r.state.Now()
	i.State, i.Launched, i.Settles = "pending", now, now.Add(r.state.Lasts(InstanceChangeTime))
	i.Online = i.Settles.Add(r.state.Lasts(AgentStartTime))
	return r.PutInstance(i)
}

// StartInstance starts an instance that is stopped. It returns the state before, the state after, and whether the instance
// exists and is in a state in which it can be started.
func (r *Region) StartInstance(id string) (before, after string, ok bool) {
	i, ok := r.Instance(id)
	switch {
	case !ok:
		return "", "", false
	case i.State == "stopped":
		return i.State, r.begin(i).State, true
	}
	return i.State, i.State, i.State == "running" || i.State == "pending"
}

// StopInstance stops an instance that runs; see [Region.StartInstance].
func (r *Region) StopInstance(id string) (before, after string, ok bool) {
	return r.end(id, "stopping", "stopped")
}

// TerminateInstance terminates an instance; see [Region.StartInstance].
func (r *Region) TerminateInstance(id string) (before, after string, ok bool) {
	return r.end(id, "shutting-down", "terminated")
}

// end takes an instance through a state to another, unless it is there.
func (r *Region) end(id, by, to string) (before, after string, ok bool) {
	i, ok := r.Instance(id)
	if !ok || i.State == "terminated" && to != "terminated" {
		return i.State, i.State, false
	}
	before = i.State
	if before == by || before == to {
		return before, before, true
	}
	i.State, i.Settles, i.Online = by, r.state.Now().Add(r.state.Lasts(InstanceChangeTime)), time.Time{}
	return before, r.PutInstance(i).State, true
}
