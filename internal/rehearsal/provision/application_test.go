package provision_test

import (
	"context"
	"encoding/json"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
	"github.com/warmstandby/warmstandby/internal/rehearsal/cloudfront"
	"github.com/warmstandby/warmstandby/internal/rehearsal/provision"
)

// deployApplication deploys the reference application.
func deployApplication(t *testing.T) deployment {
	t.Helper()
	d, err := deploy(t, application(t, nil), options(1))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestApplicationFunctions(t *testing.T) {
	d := deployApplication(t)
	type row struct {
		Region, Name, ImportPath string
		Runs                     bool
	}
	var got []row
	for _, f := range d.Functions {
		name := f.Name
		if f.NotRun != "" {
			name, _, _ = strings.Cut(f.LogicalID, "c")
		}
		path := strings.TrimPrefix(f.ImportPath, "github.com/warmstandby/warmstandby/functions/")
		got = append(got, row{f.Region, name, path, f.NotRun == ""})
		if f.Lacks != nil {
			t.Errorf("function %s lacks %v", f.Name, f.Lacks)
		}
	}
	want := []row{{"us-east-1", "AWS679f53fa", "", false}} // the edge's, for parameters of other Regions
	for _, home := range [][2]string{{"us-east-1", "pri"}, {"us-east-2", "secd"}} {
		prefix := "ToDoMgmt-app-" + home[1] + "-"
		want = append(want,
			row{home[0], "AWS679f53fa", "", false},
			row{home[0], prefix + "CreateTableFunction", "createtable", true},
			row{home[0], prefix + "GetToDos", "gettodos", true},
			row{home[0], prefix + "Health", "health", true},
			row{home[0], prefix + "RemoveToDos", "removetodos", true},
			row{home[0], prefix + "UpsertToDos", "upserttodos", true},
		)
	}
	byName := func(a, b row) int { return strings.Compare(a.Region+a.Name, b.Region+b.Name) }
	slices.SortFunc(got, byName)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("functions (-want +got):\n%s", diff)
	}
	get := functionNamed(t, d, "ToDoMgmt-app-pri-GetToDos")
	if get.Environment["DATABASE_USER"] != "todo_app" || get.Asset.Path != "asset.code" || get.MemorySize != 256 || get.Reserved != nil {
		t.Errorf("function: got %+v", get)
	}
	d.do(func(s *awssim.State) {
		f, version, ok := s.Region("us-east-1").FindFunction("ToDoMgmt-app-pri-GetToDos", "live")
		if !ok || version != "1" || f.ARN != get.ARN || f.Tracing != "Active" || f.LogGroup != "/aws/lambda/ToDoMgmt-app-pri-GetToDos" {
			t.Errorf("function's state: got %+v of version %s", f, version)
		}
	})
}

// TestApplicationConnects says who reaches what in the application: everybody the proxy, and CreateTableFunction in the primary
// Region the cluster and the secret too.
func TestApplicationConnects(t *testing.T) {
	d := deployApplication(t)
	for _, f := range d.Functions {
		if f.NotRun != "" {
			continue
		}
		creates := f.Name == "ToDoMgmt-app-pri-CreateTableFunction"
		for _, e := range d.Endpoints {
			want := false
			switch e.Kind {
			case provision.Proxy, provision.ProxyReadOnly:
				want = e.Region == f.Region
			case provision.ClusterWriter, provision.ClusterReader, provision.Instance, provision.Service:
				want = e.Region == f.Region && creates
			case provision.GlobalWriter:
				want = creates
			}
			if err := d.Connects(f, e.Host, e.Port); (err == nil) != want {
				t.Errorf("%s to %s: want %t, got %v", f.Name, e.Host, want, err)
			}
		}
		if err := d.Connects(f, "ssm."+f.Region+".amazonaws.com", 443); err == nil || !strings.Contains(err.Error(), "no way out") {
			t.Errorf("%s reaches Systems Manager: %v", f.Name, err)
		}
	}
	for _, e := range d.Endpoints {
		if e.Proxy == "" {
			continue
		}
		if err := d.TargetConnects(*e); err != nil {
			t.Error(err)
		}
	}
}

func TestApplicationDatabase(t *testing.T) {
	d := deployApplication(t)
	if len(d.Clusters) != 2 {
		t.Fatalf("clusters: got %d", len(d.Clusters))
	}
	pri, secd := d.Clusters[0], d.Clusters[1]
	if !pri.Writer || secd.Writer || pri.Instances != 2 || secd.Instances != 2 || pri.Parameters["require_secure_transport"] != "ON" {
		t.Errorf("clusters: got %+v and %+v", pri, secd)
	}
	if secd.MasterUsername != "admin" || secd.MasterPassword != pri.MasterPassword || secd.DatabaseName != "todo" {
		t.Errorf("secondary cluster: got %+v", secd)
	}
	var secret map[string]any
	d.do(func(s *awssim.State) {
		value, _ := s.Region("us-east-1").FindSecret("ToDoMgmt-infra-pri-db-secret-1")
		if err := json.Unmarshal([]byte(value.Value), &secret); err != nil {
			t.Errorf("secret: %v", err)
		}
		g, _ := s.GlobalClusters.Get("todomgmt-infra-pri-global-db-cluster")
		if g.Writer() != pri.ARN || len(g.Members) != 2 {
			t.Errorf("global cluster: got %+v", g)
		}
		region := s.Region("us-east-2")
		proxy, _ := region.DBProxies.Get("todomgmt-infra-secd-rds-proxy")
		if targets := region.Targets(proxy.TargetGroups[0]); len(targets) != 3 || targets[1].Role != awssim.RoleReadOnly {
			t.Errorf("secondary proxy's targets: got %+v", targets)
		}
	})
	endpoint, _ := d.Endpoint(secret["host"].(string), "")
	want := map[string]any{
		"username": "admin", "password": pri.MasterPassword, "engine": "mysql", "host": endpoint.Host, "port": 3306.0,
		"dbname": "todo", "dbClusterIdentifier": pri.Identifier,
	}
	if diff := cmp.Diff(want, secret); diff != "" {
		t.Errorf("secret (-want +got):\n%s", diff)
	}
}

func TestApplicationIdentityAndAPI(t *testing.T) {
	d := deployApplication(t)
	for i, region := range []string{"us-east-1", "us-east-2"} {
		pool, api := d.UserPools[i], d.APIs[i]
		if pool.Region() != region || pool.Domain() == "" || len(pool.Clients()) != 1 || pool.Clients()[0].Scopes[0] != "api/upsert-delete" {
			t.Errorf("user pool: got %s, %s, %+v", pool.ID(), pool.Domain(), pool.Clients())
		}
		if api.Region != region || api.Definition.Stage() != "prod" {
			t.Errorf("API: got %s of %s", api.Definition.Stage(), api.Region)
		}
		d.do(func(s *awssim.State) {
			state, _ := s.Region(region).UserPools.Get(pool.ID())
			client, ok := state.Client(pool.Clients()[0].ID)
			if !ok || client.Secret != pool.Clients()[0].Secret || client.AccessTokenValidity != 60 || !client.TokenRevocation {
				t.Errorf("user pool's state: got %+v", state)
			}
			// What only AWS knows of one Region is a parameter where it is needed.
			home := []string{"pri", "secd"}[i]
			if p, ok := s.Region("us-east-1").Parameters.Get("/ToDoMgmt/" + home + "/api-id"); !ok || p.Value != api.Definition.ID() {
				t.Errorf("API's ID: got %+v", p)
			}
			other, _ := s.Region("us-east-2").Parameters.Get("/ToDoMgmt/pri/user-pool-arn")
			if region == "us-east-1" && other.Value != pool.ARN() {
				t.Errorf("primary pool's ARN: got %+v", other)
			}
		})
	}
}

// TestApplicationPermissions asks the functions' resource policies whom they let in.
func TestApplicationPermissions(t *testing.T) {
	d := deployApplication(t)
	d.do(func(s *awssim.State) {
		f, _ := s.Region("us-east-1").Functions.Get("ToDoMgmt-app-pri-UpsertToDos")
		for path, want := range map[string]bool{"POST/v1": true, "GET/v1": false} {
			got := iam.Decide(iam.Request{
				Principal: iam.Principal{Service: "apigateway.amazonaws.com"}, Action: "lambda:InvokeFunction", Resource: f.ARN + ":live",
				Context:   map[string][]string{"aws:SourceArn": {"arn:aws:execute-api:us-east-1:" + account + ":" + d.APIs[0].Definition.ID() + "/prod/" + path}},
				Resources: []*iam.Policy{f.Policy},
			})
			if got.Allowed != want {
				t.Errorf("%s: want %t, got %+v", path, want, got)
			}
		}
	})
}

// TestApplicationEdge makes the distribution, which refuses what it does not know.
func TestApplicationEdge(t *testing.T) {
	d := deployApplication(t)
	if len(d.Distributions) != 1 {
		t.Fatalf("distributions: got %d", len(d.Distributions))
	}
	config := d.Distributions[0].Config
	config.Dial = func(context.Context, string, string) (net.Conn, error) { return nil, net.ErrClosed }
	config.Now, config.Rand, config.ViewerHTTPS = time.Now, strings.NewReader(""), true
	served, err := cloudfront.New(config)
	if err != nil {
		t.Fatal(err)
	}
	served.Close()
	d.do(func(s *awssim.State) {
		state, _ := s.Distributions.Get(config.ID)
		origin := state.Config.Origins[1]
		if origin.DomainName != d.APIs[1].Definition.DomainName() || origin.OriginPath != "/prod" || origin.CustomOrigin == nil {
			t.Errorf("origin: got %+v", origin)
		}
		stores := s.KeyValueStores.Values()
		if _, err := s.UpdateKeys(stores[0].ARN, stores[0].ETag, map[string]string{"active": "secd"}, nil); err != nil {
			t.Error(err)
		}
		if state.Config.DefaultCacheBehavior.FunctionAssociations[0].FunctionARN == "" {
			t.Errorf("distribution: got %+v", state.Config)
		}
	})
	for arn, store := range config.Stores {
		if value, found, err := store.Get(t.Context(), "active"); value != "secd" || !found || err != nil {
			t.Errorf("store %s: got %q, %t, %v", arn, value, found, err)
		}
		if _, found, _ := store.Get(t.Context(), "fence"); found {
			t.Errorf("store %s has a fence", arn)
		}
	}
}

func TestApplicationStacks(t *testing.T) {
	d := deployApplication(t)
	d.do(func(s *awssim.State) {
		for _, deployed := range d.Deployment.Stacks {
			stack, ok := s.Region(deployed.Region).FindStack(deployed.ID)
			if !ok || len(stack.Resources) != len(deployed.Resources) || len(stack.Outputs) != len(deployed.Outputs) || stack.Status != awssim.StackCreated {
				t.Errorf("stack %s: got %+v", deployed.ID, stack)
			}
		}
		edge, _ := s.Region("us-east-1").Stacks.Get("ToDoMgmt-edge")
		tag := awssim.Tag{Key: "application", Value: "ToDoMgmt"}
		if len(edge.Parameters) != 3 || !slices.Equal(edge.Tags, []awssim.Tag{tag}) {
			t.Errorf("edge stack: got %+v", edge)
		}
	})
	for _, r := range d.Deployment.OfType("AWS::EC2::RouteTable") {
		if r.NoBearing != provision.NoBearing[r.Type] {
			t.Errorf("%s: got %q", r.LogicalID, r.NoBearing)
		}
	}
}

// TestApplicationFailsWithout takes single actions out of policies, which AWS or a custom resource needs during deployment, or
// which only show later.
func TestApplicationFailsWithout(t *testing.T) {
	tests := map[string]struct{ action, stack, want string }{
		"network interfaces": {
			action: "ec2:CreateNetworkInterface", stack: "PriDeploy-ToDoMgmt-app-pri",
			want: "is not authorized to perform: ec2:CreateNetworkInterface",
		},
		"parameters": {
			action: "ssm:PutParameter", stack: "SecdDeploy-ToDoMgmt-app-secd",
			want: "is not authorized to perform: ssm:PutParameter on resource: arn:aws:ssm:us-east-1:123456789012:parameter/ToDoMgmt/secd/api-id",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := application(t, without(t, tt.stack, tt.action))
			if _, err := deploy(t, a, options(1)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("want %q, got %v", tt.want, err)
			}
		})
	}
	t.Run("logs", func(t *testing.T) {
		d, err := deploy(t, application(t, without(t, "PriDeploy-ToDoMgmt-app-pri", "logs:PutLogEvents")), options(1))
		if err != nil {
			t.Fatal(err)
		}
		lacks := functionNamed(t, d, "ToDoMgmt-app-pri-CreateTableFunction").Lacks
		if len(lacks) != 1 || !strings.Contains(lacks[0].Error(), "function ToDoMgmt-app-pri-CreateTableFunction: User: arn:aws:sts::") {
			t.Errorf("lacks: got %v", lacks)
		}
	})
}

// functionNamed is a deployed function.
func functionNamed(t *testing.T, d deployment, name string) *provision.Function {
	t.Helper()
	for _, f := range d.Functions {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("there is no function %s", name)
	return nil
}

// without takes an action out of a stack's policies.
func without(t *testing.T, stack, action string) func(string, string) string {
	t.Helper()
	return func(id, template string) string {
		if id != stack {
			return template
		}
		if !strings.Contains(template, `"`+action+`"`) {
			t.Fatalf("stack %s has no %s", stack, action)
		}
		return strings.ReplaceAll(template, `"`+action+`"`, `"sts:GetCallerIdentity"`)
	}
}

// TestDeterminism deploys twice with one seed and once with another.
func TestDeterminism(t *testing.T) {
	describe := func(seed uint64) any {
		d, err := deploy(t, application(t, nil), options(seed))
		if err != nil {
			t.Fatal(err)
		}
		return []any{d.Functions, d.Endpoints, d.Clusters, d.Distributions[0].Config.ID, d.UserPools[0].ID(), d.UserPools[0].Clients()[0].Secret}
	}
	ignore := cmp.Comparer(func(x, y iam.Policy) bool { return true })
	first, again, other := describe(1), describe(1), describe(2)
	if diff := cmp.Diff(first, again, ignore); diff != "" {
		t.Errorf("two deployments differ:\n%s", diff)
	}
	if cmp.Equal(first, other, ignore) {
		t.Error("the seed makes no difference")
	}
}
