package endpoint

import (
	"context"
	"net/http"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// proxyARN is the ARN of the proxy that the request names; of all, if it names none or one that is not there.
func proxyARN(c *Call) string {
	p, ok := lookup(c, func(_ *awssim.State, r *awssim.Region) (awssim.DBProxy, bool) {
		return r.DBProxies.Get(strings.ToLower(c.Str("DBProxyName")))
	})
	if !ok {
		return rdsARN(c, "db-proxy", "")
	}
	return p.ARN
}

func describeDBProxies(_ context.Context, c *Call) (any, error) {
	all := list(c, func(_ *awssim.State, r *awssim.Region) []awssim.DBProxy { return r.DBProxies.Values() })
	all, err := pick(all, c.Str("DBProxyName"), "DBProxyNotFoundFault", "DB proxy",
		func(p awssim.DBProxy, id string) bool { return p.Name == id })
	if err != nil {
		return nil, err
	}
	part, marker, err := describe(c, all, nil)
	return struct {
		DBProxies members[awssim.DBProxy]
		Marker    string `xml:",omitempty"`
	}{members[awssim.DBProxy]{part}, marker}, err
}

// proxyGroups are the target groups of the proxy that the request names, or the one of them that it names.
func proxyGroups(c *Call) ([]awssim.TargetGroup, error) {
	p, ok := lookup(c, func(_ *awssim.State, r *awssim.Region) (awssim.DBProxy, bool) {
		return r.DBProxies.Get(strings.ToLower(c.Str("DBProxyName")))
	})
	if !ok {
		return nil, failure(http.StatusNotFound, "DBProxyNotFoundFault", "DB proxy %s not found.", c.Str("DBProxyName"))
	}
	return pick(append([]awssim.TargetGroup{}, p.TargetGroups...), c.Str("TargetGroupName"), "DBProxyTargetGroupNotFoundFault",
		"Target group", func(g awssim.TargetGroup, id string) bool { return g.Name == id })
}

func describeDBProxyTargetGroups(_ context.Context, c *Call) (any, error) {
	groups, err := proxyGroups(c)
	if err != nil {
		return nil, err
	}
	part, marker, err := describe(c, groups, nil)
	return struct {
		TargetGroups members[awssim.TargetGroup]
		Marker       string `xml:",omitempty"`
	}{members[awssim.TargetGroup]{part}, marker}, err
}

func describeDBProxyTargets(_ context.Context, c *Call) (any, error) {
	groups, err := proxyGroups(c)
	if err != nil {
		return nil, err
	}
	var targets []awssim.Target
	c.do(func(_ *awssim.State, r *awssim.Region) {
		for _, g := range groups {
			targets = append(targets, r.Targets(g)...)
		}
	})
	part, marker, err := describe(c, targets, nil)
	return struct {
		Targets members[awssim.Target]
		Marker  string `xml:",omitempty"`
	}{members[awssim.Target]{part}, marker}, err
}

func describeDBProxyEndpoints(_ context.Context, c *Call) (any, error) {
	all := list(c, func(_ *awssim.State, r *awssim.Region) []awssim.ProxyEndpoint { return r.DBEndpoints.Values() })
	all, err := pick(all, c.Str("DBProxyEndpointName"), "DBProxyEndpointNotFoundFault", "DB proxy endpoint",
		func(e awssim.ProxyEndpoint, id string) bool { return e.Name == id })
	if err != nil {
		return nil, err
	}
	all, err = pick(all, c.Str("DBProxyName"), "DBProxyNotFoundFault", "DB proxy",
		func(e awssim.ProxyEndpoint, id string) bool { return e.ProxyName == id })
	if err != nil {
		return nil, err
	}
	part, marker, err := describe(c, all, nil)
	return struct {
		DBProxyEndpoints members[awssim.ProxyEndpoint]
		Marker           string `xml:",omitempty"`
	}{members[awssim.ProxyEndpoint]{part}, marker}, err
}

// targetGroupARNs are the ARNs of the target groups that the request names, and of the clusters. That both are asked for is assumed.
func targetGroupARNs(c *Call) []string {
	arns := []string{}
	groups, err := proxyGroups(c)
	if err != nil {
		arns = append(arns, rdsARN(c, "target-group", ""))
	}
	for _, g := range groups {
		arns = append(arns, g.ARN)
	}
	var in awssim.ProxyTargetsRequest
	if c.Bind(&in) == nil { // if it cannot be read, the operation says so
		for _, id := range in.DBClusterIdentifiers {
			arns = append(arns, rdsARN(c, "cluster", id))
		}
	}
	return arns
}

func registerDBProxyTargets(_ context.Context, c *Call) (any, error) {
	targets, err := rdsDo(c, awssim.RDS.RegisterDBProxyTargets)
	return struct{ DBProxyTargets members[awssim.Target] }{members[awssim.Target]{targets}}, err
}

func deregisterDBProxyTargets(_ context.Context, c *Call) (any, error) {
	return rdsDo(c, func(r awssim.RDS, in awssim.ProxyTargetsRequest) (struct{}, error) {
		return struct{}{}, r.DeregisterDBProxyTargets(in)
	})
}
