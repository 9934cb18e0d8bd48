package globaldatabase

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// Aurora counts the writer and its replicas, and takes one replica off for the secondary Region.
//
// See https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database.html
const (
	maxPrimaryInstances   = 15
	maxSecondaryInstances = 16
)

// The names that Amazon RDS and Secrets Manager accept.
//
// See https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html and
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
var (
	identifierPattern   = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	databaseNamePattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,63}$`)
	usernamePattern     = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]{0,15}$`)
	secretNamePattern   = regexp.MustCompile(`^[A-Za-z0-9/_+=.@-]{1,512}$`)
	regionPattern       = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]+$`)
)

// monitoringIntervals are the intervals that enhanced monitoring offers.
var monitoringIntervals = []time.Duration{
	time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute,
}

func (p PrimaryProps) validate() error {
	return errors.Join(
		p.RegionalProps.validate(maxPrimaryInstances),
		p.checkDatabaseName(),
		p.checkMasterUsername(),
		p.checkSecretName(),
	)
}

func (p SecondaryProps) validate() error {
	return errors.Join(p.RegionalProps.validate(maxSecondaryInstances), p.checkSourceRegion())
}

func (p RegionalProps) validate(maxInstances int) error {
	return errors.Join(
		checkIdentifier("GlobalClusterIdentifier", p.GlobalClusterIdentifier),
		checkIdentifier("ClusterIdentifier", p.ClusterIdentifier),
		p.checkVpc(),
		p.Capacity.validate(),
		p.checkInstances(maxInstances),
		p.checkEngineVersion(),
		p.checkBackupRetention(),
		p.checkMonitoringInterval(),
		p.checkRemovalPolicy(),
	)
}

func checkIdentifier(prop, value string) error {
	if value == "" {
		return fmt.Errorf("%s is required", prop)
	}
	if len(value) > 63 || !identifierPattern.MatchString(value) {
		return fmt.Errorf("%s must be 1 to 63 lower-case letters, digits and single hyphens, "+
			"start with a letter and not end with a hyphen, got %q", prop, value)
	}
	return nil
}

func (p RegionalProps) checkVpc() error {
	if p.Vpc == nil {
		return errors.New("Vpc is required, pass the network that the instances live in")
	}
	return nil
}

// validate accepts the zero value, which stands for the default.
func (c Capacity) validate() error {
	if c == (Capacity{}) {
		return nil
	}
	if c.Min == 0 {
		return errors.New("Capacity.Min must be at least 0.5, got 0: Aurora pauses neither the writer of a global database, " +
			"nor its secondary clusters, nor clusters behind an RDS Proxy")
	}
	if err := errors.Join(checkUnits("Capacity.Min", c.Min, 0.5), checkUnits("Capacity.Max", c.Max, 1)); err != nil {
		return err
	}
	if c.Min > c.Max {
		return fmt.Errorf("Capacity.Min must not be more than Capacity.Max, got %g and %g", c.Min, c.Max)
	}
	return nil
}

func checkUnits(prop string, acu, least float64) error {
	if acu < least || acu > 256 || math.Trunc(acu*2) != acu*2 {
		return fmt.Errorf("%s must be between %g and 256 ACU in steps of 0.5, got %g", prop, least, acu)
	}
	return nil
}

func (p RegionalProps) checkInstances(most int) error {
	if p.Instances < 0 || p.Instances > most {
		return fmt.Errorf("Instances must be between 1 and %d, got %d", most, p.Instances)
	}
	return nil
}

func (p RegionalProps) checkEngineVersion() error {
	if p.EngineVersion == nil {
		return nil
	}
	if major := *p.EngineVersion.AuroraMysqlMajorVersion(); major != "8.0" {
		return fmt.Errorf("EngineVersion must be a version 3 of Aurora MySQL (MySQL 8.0), which Serverless v2 needs, got %s (MySQL %s)",
			*p.EngineVersion.AuroraMysqlFullVersion(), major)
	}
	return nil
}

func (p RegionalProps) checkBackupRetention() error {
	if p.BackupRetentionDays < 0 || p.BackupRetentionDays > 35 {
		return fmt.Errorf("BackupRetentionDays must be between 1 and 35, got %d", p.BackupRetentionDays)
	}
	return nil
}

func (p RegionalProps) checkMonitoringInterval() error {
	if p.MonitoringInterval == 0 || slices.Contains(monitoringIntervals, p.MonitoringInterval) {
		return nil
	}
	return fmt.Errorf("MonitoringInterval must be one of %v, got %v", monitoringIntervals, p.MonitoringInterval)
}

func (p RegionalProps) checkRemovalPolicy() error {
	switch p.RemovalPolicy {
	case "", awscdk.RemovalPolicy_RETAIN, awscdk.RemovalPolicy_DESTROY:
		return nil
	}
	return fmt.Errorf("RemovalPolicy must be RETAIN or DESTROY, got %s: a snapshot would outlive the key that it is encrypted with",
		p.RemovalPolicy)
}

func (p PrimaryProps) checkDatabaseName() error {
	switch {
	case p.DatabaseName == "":
		return nil
	case !databaseNamePattern.MatchString(p.DatabaseName):
		return fmt.Errorf("DatabaseName must be 1 to 64 letters, digits and underscores and start with a letter, got %q", p.DatabaseName)
	case topology.ReservedWord(p.DatabaseName) || topology.SystemSchema(p.DatabaseName):
		return fmt.Errorf("DatabaseName must not be a word that MySQL reserves, got %q", p.DatabaseName)
	}
	return nil
}

func (p PrimaryProps) checkMasterUsername() error {
	switch {
	case p.MasterUsername == "":
		return nil
	case !usernamePattern.MatchString(p.MasterUsername):
		return fmt.Errorf("MasterUsername must be 1 to 16 letters and digits and start with a letter, got %q", p.MasterUsername)
	case topology.ReservedWord(p.MasterUsername) || topology.SystemUser(p.MasterUsername):
		return fmt.Errorf("MasterUsername must not be a word that MySQL reserves or a user of Aurora's own, got %q", p.MasterUsername)
	}
	return nil
}

func (p PrimaryProps) checkSecretName() error {
	if p.SecretName != "" && !secretNamePattern.MatchString(p.SecretName) {
		return fmt.Errorf("SecretName must be 1 to 512 letters, digits and /_+=.@- characters, got %q", p.SecretName)
	}
	return nil
}

func (p SecondaryProps) checkSourceRegion() error {
	if p.SourceRegion == "" {
		return errors.New("SourceRegion is required, pass the Region of the global database's primary side")
	}
	if !regionPattern.MatchString(p.SourceRegion) {
		return fmt.Errorf("SourceRegion must be a Region such as us-east-1, got %q", p.SourceRegion)
	}
	return nil
}
