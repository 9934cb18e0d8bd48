package endpoint

import (
	"context"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// instanceState is the state of an instance.
type instanceState struct {
	Code int    `xml:"code"`
	Name string `xml:"name"`
}

// stateCodes are the numbers of states (EC2 API reference, InstanceState).
var stateCodes = map[string]int{"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}

func instanceStateOf(name string) instanceState { return instanceState{stateCodes[name], name} }

type instanceOutput struct {
	InstanceID string        `json:"InstanceId" xml:"instanceId"`
	State      instanceState `xml:"instanceState"`
	LaunchTime *stamp        `xml:"launchTime"`
	Platform   string        `json:",omitempty" xml:"platform,omitempty"`
	Tags       []tagOutput   `xml:"tagSet>item"`
}

type tagOutput struct {
	Key   string `xml:"key"`
	Value string `xml:"value"`
}

// reservation is a set of instances that were started together: here one.
type reservation struct {
	ReservationID string           `json:"ReservationId" xml:"reservationId"`
	Instances     []instanceOutput `xml:"instancesSet>item"`
}

type reservations struct{ Reservations []reservation }

func (r reservations) members() []member { return []member{items("reservationSet", r.Reservations)} }

// items is a list on EC2's wire.
func items[T any](name string, list []T) member {
	return member{name, struct {
		Items []T `xml:"item"`
	}{list}}
}

func describeInstances(_ context.Context, c *Call) (any, error) {
	_, instances, err := c.foundInstances()
	if err != nil {
		return nil, err
	}
	out := reservations{Reservations: []reservation{}}
	for _, i := range instances {
		shown := instanceOutput{InstanceID: i.ID, State: instanceStateOf(i.State), LaunchTime: stampOf(i.Launched)}
		if i.Platform == "Windows" {
			shown.Platform = "windows"
		}
		for _, t := range i.Tags {
			shown.Tags = append(shown.Tags, tagOutput{t.Key, t.Value})
		}
		out.Reservations = append(out.Reservations, reservation{"r" + i.ID[min(1, len(i.ID)):], []instanceOutput{shown}})
	}
	return out, nil
}

type summaryStatus struct {
	Status string `xml:"status"`
}

type statusOutput struct {
	InstanceID     string        `json:"InstanceId" xml:"instanceId"`
	InstanceState  instanceState `xml:"instanceState"`
	InstanceStatus summaryStatus `xml:"instanceStatus"`
	SystemStatus   summaryStatus `xml:"systemStatus"`
}

type statuses struct{ InstanceStatuses []statusOutput }

func (s statuses) members() []member {
	return []member{items("instanceStatusSet", s.InstanceStatuses)}
}

// checkTime is how long status checks take after the start. AWS documents none.
const checkTime = time.Minute

func describeInstanceStatus(_ context.Context, c *Call) (any, error) {
	in, instances, err := c.foundInstances()
	if err != nil {
		return nil, err
	}
	out := statuses{InstanceStatuses: []statusOutput{}}
	for _, i := range instances {
		status := "not-applicable"
		if i.State == "running" {
			status = "initializing"
			c.do(func(s *awssim.State, _ *awssim.Region) {
				if s.Now().Sub(i.Launched) >= s.Lasts(checkTime) {
					status = "ok"
				}
			})
		} else if !in.IncludeAllInstances {
			continue
		}
		out.InstanceStatuses = append(out.InstanceStatuses, statusOutput{i.ID, instanceStateOf(i.State), summaryStatus{status}, summaryStatus{status}})
	}
	return out, nil
}
