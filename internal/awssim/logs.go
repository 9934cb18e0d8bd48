package awssim

import "time"

// LogGroup is a log group of CloudWatch Logs, and what was logged to it, oldest first.
type LogGroup struct {
	Name   string
	ARN    string // without the :* that policies have
	Events []LogEvent
}

// LogEvent is one line of a log.
type LogEvent struct {
	Stream  string
	Time    time.Time
	Message string
}

// CreateLogGroup stores a log group. It fills in the ARN.
func (r *Region) CreateLogGroup(g LogGroup) LogGroup {
	g.ARN = r.arn("logs", "log-group:"+g.Name)
	r.LogGroups.Put(g.Name, g)
	return g
}

// PutLogEvent appends an event to a log group, and says whether the group exists.
func (r *Region) PutLogEvent(group string, e LogEvent) bool {
	g, ok := r.LogGroups.Get(group)
	if !ok {
		return false
	}
	g.Events = append(g.Events, e) // behind what earlier readers see
	r.LogGroups.Put(group, g)
	return true
}
