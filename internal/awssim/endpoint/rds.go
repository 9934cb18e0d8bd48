package endpoint

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// rds is the Relational Database Service. Answers that AWS knows and nobody here asks for are left out: subnet groups,
// pending changes, performance insights and the like.
func rds() *service {
	return &service{
		name:      "rds",
		protocols: []protocol{query{namespace: "http://rds.amazonaws.com/doc/2014-10-31/"}},
		operations: slices.Concat(rdsGlobalOperations(), rdsClusterOperations(), []operation{
			{name: "DescribeGlobalClusters", resources: on(globalARN), do: describeGlobalClusters},
			{name: "DescribeDBClusters", resources: on(clusterARN("DBClusterIdentifier")), do: describeDBClusters},
			{name: "DescribeDBInstances", resources: on(namedARN("db", "DBInstanceIdentifier")), do: describeDBInstances},
			{name: "DescribeDBProxies", resources: on(proxyARN), do: describeDBProxies},
			{name: "DescribeDBProxyTargetGroups", resources: on(proxyARN), do: describeDBProxyTargetGroups},
			{name: "DescribeDBProxyTargets", resources: on(proxyARN), do: describeDBProxyTargets},
			{name: "DescribeDBProxyEndpoints", resources: on(proxyARN), do: describeDBProxyEndpoints},
			{name: "RegisterDBProxyTargets", resources: targetGroupARNs, do: registerDBProxyTargets},
			{name: "DeregisterDBProxyTargets", resources: targetGroupARNs, do: deregisterDBProxyTargets},
		}),
	}
}

// orAll is the resource of a name, or of all if there is none.
func orAll(name string) string {
	if name == "" {
		return "*"
	}
	return strings.ToLower(name)
}

func rdsARN(c *Call, kind, name string) string {
	account := ""
	c.do(func(s *awssim.State, _ *awssim.Region) { account = s.Account() })
	return "arn:aws:rds:" + c.Region + ":" + account + ":" + kind + ":" + orAll(name)
}

// describing is what all Describe operations are asked with.
type describing struct {
	Filters []struct {
		Name   string
		Values []string
	}
	MaxRecords int
	Marker     string
}

// maxRecords is the greatest and the default number of records in an answer; the least is minRecords (RDS API reference).
const minRecords, maxRecords = 20, 100

// describe returns the part of the items that is asked for. filters gives the value of an item for each known filter.
func describe[T any](c *Call, items []T, filters map[string]func(T) string) ([]T, string, error) {
	in := describing{MaxRecords: maxRecords}
	if err := c.Bind(&in); err != nil {
		return nil, "", err
	}
	if in.MaxRecords < minRecords || in.MaxRecords > maxRecords {
		return nil, "", failure(http.StatusBadRequest, "InvalidParameterValue",
			"Invalid value %d for MaxRecords. Must be between %d and %d", in.MaxRecords, minRecords, maxRecords)
	}
	for _, f := range in.Filters {
		value, known := filters[f.Name]
		if !known {
			return nil, "", failure(http.StatusBadRequest, "InvalidParameterValue", "Unrecognized filter name: %s", f.Name)
		}
		items = slices.DeleteFunc(slices.Clone(items), func(item T) bool { return !slices.Contains(f.Values, value(item)) })
	}
	part, next, ok := page(items, in.Marker, in.MaxRecords)
	if !ok {
		return nil, "", failure(http.StatusBadRequest, "InvalidParameterValue", "Invalid value for Marker")
	}
	return part, next, nil
}

// pick returns those of the items that the identifier names, by what is compares it with; all if there is no identifier. It
// fails with the code if there is no such item.
func pick[T any](items []T, id, code, kind string, is func(T, string) bool) ([]T, error) {
	if id == "" {
		return items, nil
	}
	found := slices.DeleteFunc(items, func(item T) bool { return !is(item, strings.ToLower(id)) })
	if len(found) == 0 {
		return nil, failure(http.StatusNotFound, code, "%s %s not found.", kind, id)
	}
	return found, nil
}

// Lists in answers, by the name of their elements. Unlike plain slices they are there when they are empty.
type (
	globalClusters struct {
		Items []awssim.GlobalCluster `xml:"GlobalClusterMember"`
	}
	dbClusters struct {
		Items []awssim.DBCluster `xml:"DBCluster"`
	}
	dbInstances struct {
		Items []awssim.DBInstance `xml:"DBInstance"`
	}
	members[T any] struct {
		Items []T `xml:"member"`
	}
)

func describeGlobalClusters(_ context.Context, c *Call) (any, error) {
	all := list(c, func(_ *awssim.State, r *awssim.Region) []awssim.GlobalCluster { return r.SeenGlobalClusters() })
	all, err := pick(all, c.Str("GlobalClusterIdentifier"), "GlobalClusterNotFoundFault", "Global cluster",
		func(g awssim.GlobalCluster, id string) bool { return g.Identifier == id })
	if err != nil {
		return nil, err
	}
	part, marker, err := describe(c, all, nil)
	return struct {
		GlobalClusters globalClusters
		Marker         string `xml:",omitempty"`
	}{globalClusters{part}, marker}, err
}

func describeDBClusters(_ context.Context, c *Call) (any, error) {
	all := list(c, func(_ *awssim.State, r *awssim.Region) []awssim.DBCluster { return r.DBClusters.Values() })
	all, err := pick(all, c.Str("DBClusterIdentifier"), "DBClusterNotFoundFault", "DBCluster",
		func(d awssim.DBCluster, id string) bool { return d.Identifier == id || strings.ToLower(d.ARN) == id })
	if err != nil {
		return nil, err
	}
	part, marker, err := describe(c, all, map[string]func(awssim.DBCluster) string{
		"db-cluster-id": func(d awssim.DBCluster) string { return d.Identifier },
		"engine":        func(d awssim.DBCluster) string { return d.Engine },
	})
	return struct {
		DBClusters dbClusters
		Marker     string `xml:",omitempty"`
	}{dbClusters{part}, marker}, err
}

func describeDBInstances(_ context.Context, c *Call) (any, error) {
	all := list(c, func(_ *awssim.State, r *awssim.Region) []awssim.DBInstance { return r.DBInstances.Values() })
	all, err := pick(all, c.Str("DBInstanceIdentifier"), "DBInstanceNotFound", "DBInstance",
		func(d awssim.DBInstance, id string) bool { return d.Identifier == id || strings.ToLower(d.ARN) == id })
	if err != nil {
		return nil, err
	}
	part, marker, err := describe(c, all, map[string]func(awssim.DBInstance) string{
		"db-cluster-id":  func(d awssim.DBInstance) string { return d.Cluster },
		"db-instance-id": func(d awssim.DBInstance) string { return d.Identifier },
		"engine":         func(d awssim.DBInstance) string { return d.Engine },
	})
	return struct {
		DBInstances dbInstances
		Marker      string `xml:",omitempty"`
	}{dbInstances{part}, marker}, err
}
