package endpoint_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// deployDatabase puts the reference application's database into the cloud.
func deployDatabase(f *fixture) {
	f.do(func(s *awssim.State) {
		s.CreateGlobalCluster(awssim.GlobalCluster{Identifier: "Todos-Global", Endpoint: "todos.global-x.global.rds.amazonaws.com"})
		for i, region := range []string{primary, secondary} {
			r := s.Region(region)
			name := []string{"pri", "secd"}[i]
			r.CreateDBCluster(awssim.DBCluster{
				Identifier: name + "-cluster", GlobalCluster: "Todos-Global", Engine: "aurora-mysql", EngineVersion: "8.0.mysql_aurora.3.10.0",
				Endpoint: "127.0.0.1", ReaderEndpoint: "127.0.0.2", Port: 3306 + i, StorageEncrypted: true, IAMAuthentication: true,
				ServerlessV2Scaling: &awssim.ServerlessV2{MinCapacity: 8, MaxCapacity: 16},
			})
			for n := range 2 {
				r.CreateDBInstance(awssim.DBInstance{
					Identifier: fmt.Sprintf("%s-instance-%d", name, n), Cluster: name + "-cluster", Class: "db.serverless",
					Endpoint: awssim.InstanceAddress{Address: "127.0.0.3", Port: 3306 + i},
				})
			}
			r.CreateDBProxy(awssim.DBProxy{Name: name + "-proxy", Endpoint: "127.0.0.4", DefaultAuthScheme: "IAM_AUTH", RequireTLS: true, SubnetIDs: []string{"subnet-1"}})
			r.CreateTargetGroup(name+"-proxy", name+"-cluster", awssim.ConnectionPool{MaxConnectionsPercent: 90})
			r.CreateProxyEndpoint(awssim.ProxyEndpoint{Name: name + "-reader", ProxyName: name + "-proxy", TargetRole: awssim.RoleReadOnly, Endpoint: "127.0.0.5"})
		}
	})
}

func TestDescribeGlobalClusters(t *testing.T) {
	f := newFixture(t)
	client := rds.NewFromConfig(f.config(secondary))
	equal(t, "none", len(must(client.DescribeGlobalClusters(t.Context(), nil))(t).GlobalClusters), 0)
	deployDatabase(f)
	out := must(client.DescribeGlobalClusters(t.Context(), &rds.DescribeGlobalClustersInput{GlobalClusterIdentifier: aws.String("todos-global")}))(t)
	g := out.GlobalClusters[0]
	equal(t, "status", *g.Status, "available")
	equal(t, "engine", *g.Engine, "aurora-mysql")
	equal(t, "in progress", g.FailoverState, nil)
	equal(t, "members", len(g.GlobalClusterMembers), 2)
	writer, reader := g.GlobalClusterMembers[0], g.GlobalClusterMembers[1]
	equal(t, "writer", *writer.IsWriter, true)
	equal(t, "readers", writer.Readers[0], "arn:aws:rds:us-east-2:123456789012:cluster:secd-cluster")
	equal(t, "reader", *reader.IsWriter, false)
	equal(t, "synchronization", reader.SynchronizationStatus, types.GlobalClusterMemberSynchronizationStatusConnected)
	_, err := client.DescribeGlobalClusters(t.Context(), &rds.DescribeGlobalClustersInput{GlobalClusterIdentifier: aws.String("none")})
	f.wantCode(err, "GlobalClusterNotFoundFault")
}

func TestDescribeDBClusters(t *testing.T) {
	f := newFixture(t)
	deployDatabase(f)
	client := rds.NewFromConfig(f.config(primary))
	for _, id := range []string{"pri-cluster", "PRI-cluster", "arn:aws:rds:us-east-1:123456789012:cluster:pri-cluster"} {
		out := must(client.DescribeDBClusters(t.Context(), &rds.DescribeDBClustersInput{DBClusterIdentifier: &id}))(t)
		c := out.DBClusters[0]
		equal(t, "endpoint", *c.Endpoint, "127.0.0.1")
		equal(t, "port", *c.Port, 3306)
		equal(t, "global cluster", *c.GlobalClusterIdentifier, "todos-global")
		equal(t, "capacity", *c.ServerlessV2ScalingConfiguration.MaxCapacity, 16)
		equal(t, "writer", *c.DBClusterMembers[0].IsClusterWriter, true)
		equal(t, "reader", *c.DBClusterMembers[1].IsClusterWriter, false)
	}
	filter := func(name, value string) []types.Filter { return []types.Filter{{Name: &name, Values: []string{value}}} }
	out := must(client.DescribeDBClusters(t.Context(), &rds.DescribeDBClustersInput{Filters: filter("db-cluster-id", "other")}))(t)
	equal(t, "filtered", len(out.DBClusters), 0)
	_, err := client.DescribeDBClusters(t.Context(), &rds.DescribeDBClustersInput{Filters: filter("colour", "red")})
	f.wantCode(err, "InvalidParameterValue")
	_, err = client.DescribeDBClusters(t.Context(), &rds.DescribeDBClustersInput{DBClusterIdentifier: aws.String("secd-cluster")})
	f.wantCode(err, "DBClusterNotFoundFault")
}

func TestDescribeDBClustersByPages(t *testing.T) {
	f := newFixture(t)
	f.in(primary, func(r *awssim.Region) {
		for i := range 45 {
			r.CreateDBCluster(awssim.DBCluster{Identifier: fmt.Sprintf("c%02d", i)})
		}
	})
	client := rds.NewFromConfig(f.config(primary))
	pages := rds.NewDescribeDBClustersPaginator(client, &rds.DescribeDBClustersInput{MaxRecords: aws.Int32(20)})
	sizes := ""
	for pages.HasMorePages() {
		sizes += fmt.Sprint(len(must(pages.NextPage(t.Context()))(t).DBClusters), " ")
	}
	equal(t, "pages", sizes, "20 20 5 ")
	for _, in := range []*rds.DescribeDBClustersInput{{MaxRecords: aws.Int32(19)}, {MaxRecords: aws.Int32(101)}, {Marker: aws.String("?")}} {
		_, err := client.DescribeDBClusters(t.Context(), in)
		f.wantCode(err, "InvalidParameterValue")
	}
}

func TestDescribeDBInstances(t *testing.T) {
	f := newFixture(t)
	deployDatabase(f)
	client := rds.NewFromConfig(f.config(primary))
	filter := []types.Filter{{Name: aws.String("db-cluster-id"), Values: []string{"pri-cluster"}}}
	out := must(client.DescribeDBInstances(t.Context(), &rds.DescribeDBInstancesInput{Filters: filter}))(t)
	equal(t, "instances", len(out.DBInstances), 2)
	equal(t, "address", *out.DBInstances[0].Endpoint.Address, "127.0.0.3")
	equal(t, "status", *out.DBInstances[0].DBInstanceStatus, "available")
	_, err := client.DescribeDBInstances(t.Context(), &rds.DescribeDBInstancesInput{DBInstanceIdentifier: aws.String("none")})
	f.wantCode(err, "DBInstanceNotFound")
}

func TestDescribeDBProxies(t *testing.T) {
	f := newFixture(t)
	deployDatabase(f)
	client := rds.NewFromConfig(f.config(primary))
	proxies := must(client.DescribeDBProxies(t.Context(), &rds.DescribeDBProxiesInput{DBProxyName: aws.String("pri-proxy")}))(t)
	equal(t, "scheme", *proxies.DBProxies[0].DefaultAuthScheme, "IAM_AUTH")
	equal(t, "subnet", proxies.DBProxies[0].VpcSubnetIds[0], "subnet-1")
	_, err := client.DescribeDBProxies(t.Context(), &rds.DescribeDBProxiesInput{DBProxyName: aws.String("none")})
	f.wantCode(err, "DBProxyNotFoundFault")

	groups := must(client.DescribeDBProxyTargetGroups(t.Context(), &rds.DescribeDBProxyTargetGroupsInput{DBProxyName: aws.String("pri-proxy")}))(t)
	equal(t, "group", *groups.TargetGroups[0].TargetGroupName, "default")
	equal(t, "pool", *groups.TargetGroups[0].ConnectionPoolConfig.MaxConnectionsPercent, 90)
	_, err = client.DescribeDBProxyTargetGroups(t.Context(), &rds.DescribeDBProxyTargetGroupsInput{DBProxyName: aws.String("none")})
	f.wantCode(err, "DBProxyNotFoundFault")

	endpoints := must(client.DescribeDBProxyEndpoints(t.Context(), &rds.DescribeDBProxyEndpointsInput{DBProxyName: aws.String("pri-proxy")}))(t)
	equal(t, "role", endpoints.DBProxyEndpoints[0].TargetRole, types.DBProxyEndpointTargetRoleReadOnly)
	_, err = client.DescribeDBProxyEndpoints(t.Context(), &rds.DescribeDBProxyEndpointsInput{DBProxyEndpointName: aws.String("none")})
	f.wantCode(err, "DBProxyEndpointNotFoundFault")
}

func TestDescribeDBProxyTargets(t *testing.T) {
	f := newFixture(t)
	deployDatabase(f)
	for region, proxy := range map[string]string{primary: "pri-proxy", secondary: "secd-proxy"} {
		client := rds.NewFromConfig(f.config(region))
		out := must(client.DescribeDBProxyTargets(t.Context(), &rds.DescribeDBProxyTargetsInput{DBProxyName: &proxy}))(t)
		equal(t, "targets", len(out.Targets), 3)
		equal(t, "tracked", out.Targets[0].Type, types.TargetTypeTrackedCluster)
		roles := fmt.Sprint(out.Targets[1].Role, " ", out.Targets[2].Role)
		want := "READ_ONLY READ_ONLY"
		if region == primary {
			want = "READ_WRITE READ_ONLY"
		}
		equal(t, proxy, roles, want)
		equal(t, "health", out.Targets[1].TargetHealth.State, types.TargetStateAvailable)
	}
	client := rds.NewFromConfig(f.config(primary))
	_, err := client.DescribeDBProxyTargets(t.Context(), &rds.DescribeDBProxyTargetsInput{DBProxyName: aws.String("none")})
	f.wantCode(err, "DBProxyNotFoundFault")
	_, err = client.DescribeDBProxyTargets(t.Context(), &rds.DescribeDBProxyTargetsInput{DBProxyName: aws.String("pri-proxy"), TargetGroupName: aws.String("none")})
	f.wantCode(err, "DBProxyTargetGroupNotFoundFault")
}
