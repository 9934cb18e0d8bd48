package endpoint

import (
	"maps"
	"net/http"
	"slices"
	"strings"

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

// foundInstances are what a request has, and the instances that it is about.
func (c *Call) foundInstances() (in instanceInput, found []awssim.Instance, err error) {
	if in, err = c.instanceInput(); err == nil {
		found, err = in.found(c)
	}
	return in, found, err
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
