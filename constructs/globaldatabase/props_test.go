package globaldatabase

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
)

// vpc stands for any network; no test here looks into it.
type vpc struct{ awsec2.IVpc }

func primaryProps() PrimaryProps {
	return PrimaryProps{RegionalProps: RegionalProps{
		GlobalClusterIdentifier: "orders-global",
		ClusterIdentifier:       "orders-east",
		Vpc:                     &vpc{},
	}}
}

func secondaryProps() SecondaryProps {
	return SecondaryProps{RegionalProps: primaryProps().RegionalProps, SourceRegion: "us-east-1"}
}

func TestPrimaryPropsAreValid(t *testing.T) {
	tests := map[string]func(*PrimaryProps){
		"with nothing but what is required": func(*PrimaryProps) {},
		"with the longest identifier":       func(p *PrimaryProps) { p.ClusterIdentifier = strings.Repeat("a", 63) },
		"with a one-letter identifier":      func(p *PrimaryProps) { p.GlobalClusterIdentifier = "g" },
		"with the least capacity":           func(p *PrimaryProps) { p.Capacity = Capacity{0.5, 1} },
		"with the greatest capacity":        func(p *PrimaryProps) { p.Capacity = Capacity{256, 256} },
		"with a capacity in half units":     func(p *PrimaryProps) { p.Capacity = Capacity{1.5, 7.5} },
		"with the most instances":           func(p *PrimaryProps) { p.Instances = 15 },
		"with the shortest backups":         func(p *PrimaryProps) { p.BackupRetentionDays = 1 },
		"with the longest backups":          func(p *PrimaryProps) { p.BackupRetentionDays = 35 },
		"with the closest monitoring":       func(p *PrimaryProps) { p.MonitoringInterval = time.Second },
		"with removal":                      func(p *PrimaryProps) { p.RemovalPolicy = awscdk.RemovalPolicy_DESTROY },
		"with the longest database name":    func(p *PrimaryProps) { p.DatabaseName = strings.Repeat("d", 64) },
		"with an underscore in a database":  func(p *PrimaryProps) { p.DatabaseName = "to_do" },
		"with the longest master user":      func(p *PrimaryProps) { p.MasterUsername = "Administrator016" },
		"with a secret in a path":           func(p *PrimaryProps) { p.SecretName = "orders/db+master@v1.0_=-" },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			p := primaryProps()
			change(&p)
			if err := p.validate(); err != nil {
				t.Errorf("validate() = %v, want no error", err)
			}
		})
	}
}

func TestPrimaryPropsFail(t *testing.T) {
	tests := []struct {
		name   string
		change func(*PrimaryProps)
		want   string
	}{
		{"without a global cluster", func(p *PrimaryProps) { p.GlobalClusterIdentifier = "" }, "GlobalClusterIdentifier is required"},
		{"without a cluster", func(p *PrimaryProps) { p.ClusterIdentifier = "" }, "ClusterIdentifier is required"},
		{"without a VPC", func(p *PrimaryProps) { p.Vpc = nil }, "Vpc is required"},
		{"on upper case", func(p *PrimaryProps) { p.ClusterIdentifier = "Orders" }, `ClusterIdentifier must be 1 to 63 lower-case letters`},
		{"on a leading digit", func(p *PrimaryProps) { p.ClusterIdentifier = "1st" }, `got "1st"`},
		{"on a last hyphen", func(p *PrimaryProps) { p.ClusterIdentifier = "orders-" }, `got "orders-"`},
		{"on two hyphens", func(p *PrimaryProps) { p.GlobalClusterIdentifier = "a--b" }, `got "a--b"`},
		{"on a long identifier", func(p *PrimaryProps) { p.ClusterIdentifier = strings.Repeat("a", 64) }, "1 to 63"},
		{"on pausing", func(p *PrimaryProps) { p.Capacity = Capacity{0, 4} }, "Capacity.Min must be at least 0.5, got 0: Aurora pauses neither"},
		{"on too little capacity", func(p *PrimaryProps) { p.Capacity = Capacity{0.25, 4} }, "Capacity.Min must be between 0.5 and 256 ACU in steps of 0.5, got 0.25"},
		{"on negative capacity", func(p *PrimaryProps) { p.Capacity = Capacity{-1, 4} }, "got -1"},
		{"on a small maximum", func(p *PrimaryProps) { p.Capacity = Capacity{0.5, 0.5} }, "Capacity.Max must be between 1 and 256 ACU in steps of 0.5, got 0.5"},
		{"on no number", func(p *PrimaryProps) { p.Capacity = Capacity{1, math.NaN()} }, "got NaN"},
		{"on too much capacity", func(p *PrimaryProps) { p.Capacity = Capacity{1, 256.5} }, "got 256.5"},
		{"on a minimum in other steps", func(p *PrimaryProps) { p.Capacity = Capacity{1.25, 2} }, "Capacity.Min must be between 0.5 and 256 ACU in steps of 0.5, got 1.25"},
		{"on a maximum in other steps", func(p *PrimaryProps) { p.Capacity = Capacity{1, 2.1} }, "Capacity.Max must be between 1 and 256 ACU in steps of 0.5, got 2.1"},
		{"on a range upside down", func(p *PrimaryProps) { p.Capacity = Capacity{8, 4} }, "Capacity.Min must not be more than Capacity.Max, got 8 and 4"},
		{"on negative instances", func(p *PrimaryProps) { p.Instances = -1 }, "Instances must be between 1 and 15, got -1"},
		{"on too many instances", func(p *PrimaryProps) { p.Instances = 16 }, "Instances must be between 1 and 15, got 16"},
		{"on negative backups", func(p *PrimaryProps) { p.BackupRetentionDays = -1 }, "BackupRetentionDays must be between 1 and 35, got -1"},
		{"on long backups", func(p *PrimaryProps) { p.BackupRetentionDays = 36 }, "got 36"},
		{"on an odd interval", func(p *PrimaryProps) { p.MonitoringInterval = 2 * time.Second }, "MonitoringInterval must be one of [1s 5s 10s 15s 30s 1m0s], got 2s"},
		{"on a snapshot", func(p *PrimaryProps) { p.RemovalPolicy = awscdk.RemovalPolicy_SNAPSHOT }, "RemovalPolicy must be RETAIN or DESTROY, got SNAPSHOT"},
		{"on a hyphen in a database", func(p *PrimaryProps) { p.DatabaseName = "to-do" }, `DatabaseName must be 1 to 64 letters, digits and underscores and start with a letter, got "to-do"`},
		{"on a long database name", func(p *PrimaryProps) { p.DatabaseName = strings.Repeat("d", 65) }, "1 to 64"},
		{"on a reserved database name", func(p *PrimaryProps) { p.DatabaseName = "table" }, `DatabaseName must not be a word that MySQL reserves, got "table"`},
		{"on a system schema", func(p *PrimaryProps) { p.DatabaseName = "Information_Schema" }, `got "Information_Schema"`},
		{"on an underscore in a user", func(p *PrimaryProps) { p.MasterUsername = "my_admin" }, `MasterUsername must be 1 to 16 letters and digits and start with a letter, got "my_admin"`},
		{"on a long user", func(p *PrimaryProps) { p.MasterUsername = "Administrator0017" }, "1 to 16"},
		{"on a reserved user", func(p *PrimaryProps) { p.MasterUsername = "Select" }, `MasterUsername must not be a word that MySQL reserves or a user of Aurora's own, got "Select"`},
		{"on a user of Aurora's", func(p *PrimaryProps) { p.MasterUsername = "rdsadmin" }, `got "rdsadmin"`},
		{"on a space in a secret", func(p *PrimaryProps) { p.SecretName = "my secret" }, `SecretName must be 1 to 512 letters, digits and /_+=.@- characters, got "my secret"`},
	}
	for _, test := range tests {
		t.Run("fails "+test.name, func(t *testing.T) {
			p := primaryProps()
			test.change(&p)
			err := p.validate()
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("validate() = %v, want %q", err, test.want)
			}
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("validate() = %v, want one problem", err)
			}
		})
	}
}

func TestPrimaryPropsReportEverything(t *testing.T) {
	p := PrimaryProps{MasterUsername: "1", DatabaseName: "2", SecretName: "?"}
	p.Instances = -1
	err := p.validate()
	if err == nil {
		t.Fatal("validate() = nil, want errors")
	}
	if got := strings.Count(err.Error(), "\n") + 1; got != 7 {
		t.Errorf("validate() reports %d problems, want 7:\n%v", got, err)
	}
}

func TestSecondaryPropsAreValid(t *testing.T) {
	for _, region := range []string{"us-east-1", "ap-southeast-4", "us-gov-west-1", "cn-northwest-1"} {
		p := secondaryProps()
		p.SourceRegion, p.Instances = region, 16
		if err := p.validate(); err != nil {
			t.Errorf("validate() with SourceRegion %s = %v, want no error", region, err)
		}
	}
}

func TestSecondaryPropsFail(t *testing.T) {
	tests := []struct {
		name   string
		change func(*SecondaryProps)
		want   string
	}{
		{"without a source Region", func(p *SecondaryProps) { p.SourceRegion = "" }, "SourceRegion is required"},
		{"on a zone", func(p *SecondaryProps) { p.SourceRegion = "us-east-1a" }, `SourceRegion must be a Region such as us-east-1, got "us-east-1a"`},
		{"on too many instances", func(p *SecondaryProps) { p.Instances = 17 }, "Instances must be between 1 and 16, got 17"},
		{"without a cluster", func(p *SecondaryProps) { p.ClusterIdentifier = "" }, "ClusterIdentifier is required"},
	}
	for _, test := range tests {
		t.Run("fails "+test.name, func(t *testing.T) {
			p := secondaryProps()
			test.change(&p)
			if err := p.validate(); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("validate() = %v, want %q", err, test.want)
			}
		})
	}
}
