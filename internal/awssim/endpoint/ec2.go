package endpoint

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// ec2 is EC2 as far as runbooks use it: the state and the tags of instances. Filters are those of states, ids and tags. Instances are
// there because a rehearsal or a recovery's events put them there, not because somebody ran them.
func ec2() *service {
	return &service{
		name:      "ec2",
		protocols: []protocol{ec2Query{query{namespace: "http://ec2.amazonaws.com/doc/2016-11-15/"}}},
		denied:    "UnauthorizedOperation",
		operations: []operation{
			{name: "DescribeInstances", do: describeInstances},
			{name: "DescribeInstanceStatus", do: describeInstanceStatus},
			{name: "StartInstances", resources: instanceARNs, resourceContext: instanceTags, do: changeInstances((*awssim.Region).StartInstance)},
			{name: "StopInstances", resources: instanceARNs, resourceContext: instanceTags, do: changeInstances((*awssim.Region).StopInstance)},
			{name: "TerminateInstances", resources: instanceARNs, resourceContext: instanceTags, do: changeInstances((*awssim.Region).TerminateInstance)},
		},
	}
}

// instanceInput is what requests about instances have. SDKs call the list InstanceIds, the wire InstanceId.
type instanceInput struct {
	InstanceIds         []string //nolint:revive // as SDKs spell it
	InstanceID          []string `json:"InstanceId"`
	Filter              []filter
	Filters             []filter
	IncludeAllInstances bool
}

type filter struct {
	Name   string
	Value  []string
	Values []string
}

func (c *Call) instanceInput() (in instanceInput, err error) {
	err = c.Bind(&in)
	in.InstanceIds = append(in.InstanceIds, in.InstanceID...)
	in.Filters = append(in.Filters, in.Filter...)
	for i := range in.Filters {
		in.Filters[i].Values = append(in.Filters[i].Values, in.Filters[i].Value...)
	}
	return in, err
}

// instanceARNs are those of the instances that the call names.
func instanceARNs(c *Call) []string {
	in, _ := c.instanceInput()
	var arns []string
	for _, id := range in.InstanceIds {
		arns = append(arns, "arn:aws:ec2:"+c.Region+":"+c.account()+":instance/"+id)
	}
	if len(arns) == 0 {
		return []string{"*"}
	}
	return arns
}

// instanceTags are the condition keys of an instance's tags. EC2 knows them by two names (IAM service authorization reference,
// "Condition keys for Amazon EC2"), and Systems Manager by a third ("Condition keys for AWS Systems Manager").
func instanceTags(c *Call, arn string) map[string][]string {
	keys := map[string][]string{}
	i, _ := lookup(c, func(_ *awssim.State, r *awssim.Region) (awssim.Instance, bool) {
		return r.Instance(arn[strings.LastIndex(arn, "/")+1:])
	})
	for _, tag := range i.Tags {
		for _, prefix := range []string{"aws:ResourceTag/", "ec2:ResourceTag/", "ssm:resourceTag/"} {
			keys[prefix+tag.Key] = []string{tag.Value}
		}
	}
	return keys
}

// found are the instances that a request is about: those it names, all of which must exist, or all, and of them what the
// filters let through.
func (in instanceInput) found(c *Call) ([]awssim.Instance, error) {
	var instances []awssim.Instance
	var missing []string
	c.do(func(_ *awssim.State, r *awssim.Region) {
		ids := in.InstanceIds
		if len(ids) == 0 {
			ids = slices.Collect(maps.Keys(maps.Collect(r.Instances.All())))
			slices.Sort(ids)
		}
		for _, id := range ids {
			i, ok := r.Instance(id)
			if !ok {
				missing = append(missing, id)
			}
			instances = append(instances, i)
		}
	})
	if len(missing) > 0 {
		return nil, failure(http.StatusBadRequest, "InvalidInstanceID.NotFound", "The instance ID '%s' does not exist", strings.Join(missing, ", "))
	}
	for _, f := range in.Filters {
		if f.Name != "instance-state-name" && f.Name != "instance-id" && !strings.HasPrefix(f.Name, "tag:") {
			return nil, failure(http.StatusBadRequest, "InvalidParameterValue", "The filter '%s' is invalid", f.Name)
		}
	}
	return slices.DeleteFunc(instances, func(i awssim.Instance) bool { return !in.passes(i) }), nil
}

// passes says whether all filters let an instance through.
func (in instanceInput) passes(i awssim.Instance) bool {
	for _, f := range in.Filters {
		values := []string{i.State}
		switch key, ok := strings.CutPrefix(f.Name, "tag:"); {
		case ok:
			values = tagValues(i.Tags, key)
		case f.Name == "instance-id":
			values = []string{i.ID}
		}
		if !slices.ContainsFunc(values, func(v string) bool { return slices.Contains(f.Values, v) }) {
			return false
		}
	}
	return true
}

// tagValues are the values of a tag: one, or none.
func tagValues(tags []awssim.Tag, key string) []string {
	for _, t := range tags {
		if t.Key == key {
			return []string{t.Value}
		}
	}
	return nil
}

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
	in, err := c.instanceInput()
	if err != nil {
		return nil, err
	}
	instances, err := in.found(c)
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
	in, err := c.instanceInput()
	if err != nil {
		return nil, err
	}
	instances, err := in.found(c)
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

type stateChange struct {
	InstanceID    string        `json:"InstanceId" xml:"instanceId"`
	CurrentState  instanceState `xml:"currentState"`
	PreviousState instanceState `xml:"previousState"`
}

// stateChanges is the answer to a change of states.
type stateChanges []stateChange

func (s stateChanges) members() []member { return []member{items("instancesSet", s)} }

// MarshalJSON writes the list under the name that SDKs have for it, which follows from the state that instances go to.
func (s stateChanges) MarshalJSON() ([]byte, error) {
	name := map[string]string{"pending": "StartingInstances", "running": "StartingInstances", "stopping": "StoppingInstances", "stopped": "StoppingInstances"}
	list := "TerminatingInstances"
	if len(s) > 0 {
		list = cmp.Or(name[s[0].CurrentState.Name], list)
	}
	return json.Marshal(map[string][]stateChange{list: s})
}

// instanceChange takes an instance from one state to another; see [awssim.Region.StartInstance].
type instanceChange func(r *awssim.Region, id string) (before, after string, ok bool)

func changeInstances(change instanceChange) func(context.Context, *Call) (any, error) {
	return func(_ context.Context, c *Call) (any, error) {
		in, err := c.instanceInput()
		if err != nil {
			return nil, err
		}
		if len(in.InstanceIds) == 0 {
			return nil, failure(http.StatusBadRequest, "MissingParameter", "The request must contain the parameter InstanceId")
		}
		if _, err := (instanceInput{InstanceIds: in.InstanceIds}).found(c); err != nil {
			return nil, err
		}
		var changes stateChanges
		c.do(func(_ *awssim.State, r *awssim.Region) {
			for _, id := range in.InstanceIds {
				before, after, ok := change(r, id)
				if !ok {
					err = failure(http.StatusBadRequest, "IncorrectInstanceState",
						"The instance '%s' is not in a state from which it can be changed: it is %s.", id, before)
					return
				}
				changes = append(changes, stateChange{id, instanceStateOf(after), instanceStateOf(before)})
			}
		})
		return changes, err
	}
}
