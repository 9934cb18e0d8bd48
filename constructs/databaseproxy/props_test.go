package databaseproxy

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsrds"
)

// The fakes stand for any network and for clusters that know more or less of themselves.
type (
	vpc struct{ awsec2.IVpc }

	port3306 struct{ awsec2.Port }

	group struct{ awsec2.ISecurityGroup }

	engine struct {
		awsrds.IClusterEngine
		family *string
	}

	// anyConnections is an embedded awsec2.Connections by a name that its own method Connections leaves free.
	anyConnections = awsec2.Connections

	connections struct {
		anyConnections
		port   awsec2.Port
		groups []awsec2.ISecurityGroup
	}

	cluster struct {
		awsrds.IDatabaseCluster
		engine      awsrds.IClusterEngine
		connections connections
	}
)

func (e *engine) EngineFamily() *string { return e.family }
func (e *engine) EngineType() *string   { return new("aurora-postgresql") }

func (c *connections) DefaultPort() awsec2.Port                 { return c.port }
func (c *connections) SecurityGroups() *[]awsec2.ISecurityGroup { return &c.groups }
func (c *cluster) Engine() awsrds.IClusterEngine                { return c.engine }
func (c *cluster) Connections() awsec2.Connections              { return &c.connections }

func validCluster() *cluster {
	return &cluster{
		engine:      &engine{family: new("MYSQL")},
		connections: connections{port: &port3306{}, groups: []awsec2.ISecurityGroup{&group{}}},
	}
}

func validProps() Props {
	return Props{Cluster: validCluster(), Vpc: &vpc{}, Users: []string{"app"}}
}

func TestPropsAreValid(t *testing.T) {
	tests := map[string]func(*Props){
		"with nothing but what is required": func(*Props) {},
		"with two users":                    func(p *Props) { p.Users = []string{"app", "report_1"} },
		"with the longest user":             func(p *Props) { p.Users = []string{strings.Repeat("u", 32)} },
		"with the longest name":             func(p *Props) { p.ProxyName = strings.Repeat("p", 60) },
		"with the shortest timeouts":        func(p *Props) { p.IdleClientTimeout, p.BorrowTimeout = time.Second, time.Second },
		"with the longest timeouts":         func(p *Props) { p.IdleClientTimeout, p.BorrowTimeout = 8*time.Hour, 5*time.Minute },
		"with the smallest pool":            func(p *Props) { p.MaxConnectionsPercent = 1 },
		"with the largest pool":             func(p *Props) { p.MaxConnectionsPercent = 100 },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			p := validProps()
			change(&p)
			if err := p.validate(); err != nil {
				t.Errorf("validate() = %v, want no error", err)
			}
		})
	}
}

func TestPropsFail(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Props, *cluster)
		want   string
	}{
		{"without a cluster", func(p *Props, _ *cluster) { p.Cluster = nil }, "Cluster is required"},
		{"without an engine", func(_ *Props, c *cluster) { c.engine = nil }, "Cluster must know its engine"},
		{"on another engine", func(_ *Props, c *cluster) { c.engine = &engine{family: new("POSTGRESQL")} }, "Cluster must be of Aurora MySQL, got the engine aurora-postgresql"},
		{"on an engine without a family", func(_ *Props, c *cluster) { c.engine = &engine{} }, "Cluster must be of Aurora MySQL"},
		{"without a port", func(_ *Props, c *cluster) { c.connections.port = nil }, "Cluster must know its port"},
		{"without security groups", func(_ *Props, c *cluster) { c.connections.groups = nil }, "Cluster must know its security groups"},
		{"without a VPC", func(p *Props, _ *cluster) { p.Vpc = nil }, "Vpc is required"},
		{"without users", func(p *Props, _ *cluster) { p.Users = nil }, "Users must name at least one database user"},
		{"on every user", func(p *Props, _ *cluster) { p.Users = []string{"*"} }, `Users must have 1 to 32 letters, digits and underscores each, got "*"`},
		{"on an empty user", func(p *Props, _ *cluster) { p.Users = []string{"app", ""} }, `got ""`},
		{"on a long user", func(p *Props, _ *cluster) { p.Users = []string{strings.Repeat("u", 33)} }, "1 to 32"},
		{"on upper case", func(p *Props, _ *cluster) { p.ProxyName = "Orders" }, `ProxyName must be 1 to 60 lower-case letters`},
		{"on two hyphens", func(p *Props, _ *cluster) { p.ProxyName = "a--b" }, `got "a--b"`},
		{"on a last hyphen", func(p *Props, _ *cluster) { p.ProxyName = "a-" }, `got "a-"`},
		{"on a long name", func(p *Props, _ *cluster) { p.ProxyName = strings.Repeat("p", 61) }, "1 to 60"},
		{"on negative idleness", func(p *Props, _ *cluster) { p.IdleClientTimeout = -time.Second }, "IdleClientTimeout must be between 1s and 8h0m0s in whole seconds, got -1s"},
		{"on long idleness", func(p *Props, _ *cluster) { p.IdleClientTimeout = 8*time.Hour + time.Second }, "got 8h0m1s"},
		{"on a part of a second", func(p *Props, _ *cluster) { p.BorrowTimeout = 1500 * time.Millisecond }, "BorrowTimeout must be between 1s and 5m0s in whole seconds, got 1.5s"},
		{"on long patience", func(p *Props, _ *cluster) { p.BorrowTimeout = 6 * time.Minute }, "got 6m0s"},
		{"on a negative pool", func(p *Props, _ *cluster) { p.MaxConnectionsPercent = -1 }, "MaxConnectionsPercent must be between 1 and 100, got -1"},
		{"on a large pool", func(p *Props, _ *cluster) { p.MaxConnectionsPercent = 101 }, "got 101"},
	}
	for _, test := range tests {
		t.Run("fails "+test.name, func(t *testing.T) {
			p, c := validProps(), validCluster()
			p.Cluster = c
			test.change(&p, c)
			err := p.validate()
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("validate() = %v, want %q", err, test.want)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("validate() = %v, want one problem", err)
			}
		})
	}
}

func TestPropsReportEverything(t *testing.T) {
	err := Props{ProxyName: "?", IdleClientTimeout: -1, BorrowTimeout: -1, MaxConnectionsPercent: -1}.validate()
	if err == nil {
		t.Fatal("validate() = nil, want errors")
	}
	if got := strings.Count(err.Error(), "\n") + 1; got != 7 {
		t.Errorf("validate() reports %d problems, want 7:\n%v", got, err)
	}
}
