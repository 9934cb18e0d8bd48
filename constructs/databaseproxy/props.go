package databaseproxy

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsrds"
)

// Props configures a [Proxy]. Cluster, Vpc and Users are required.
type Props struct {
	// Cluster is the Aurora MySQL cluster that the proxy stands before. An imported one has to know its engine, port, security
	// groups and resource identifier. The proxy is pointed at it when everything that is defined within it exists.
	Cluster awsrds.IDatabaseCluster

	// Vpc is the network of the proxy: the cluster's.
	Vpc awsec2.IVpc

	// Users are the database users that the proxy may log in as, by IAM authentication. Each has 1 to 32 letters, digits and
	// underscores.
	Users []string

	// VpcSubnets selects the subnets of the proxy, in at least two Availability Zones. It is fixed once deployed: other subnets
	// take a new proxy, and CloudFormation makes that before it deletes the old one, whose name it cannot have. To move a proxy,
	// give it another ProxyName at the same time.
	//
	// Default: the isolated subnets.
	VpcSubnets *awsec2.SubnetSelection

	// ProxyName names the proxy in its account and Region: 1 to 60 lower-case letters, digits and single hyphens, starting
	// with a letter and not ending with a hyphen. The read-only endpoint is named after it, with -ro at the end.
	//
	// Default: a name made of the construct's path.
	ProxyName string

	// IdleClientTimeout is how long a client may be idle before the proxy hangs up: whole seconds, up to 8 hours.
	//
	// Default: 30 minutes.
	IdleClientTimeout time.Duration

	// BorrowTimeout is how long a client waits for a database connection when the pool has none or when the cluster has no
	// writer: whole seconds, up to 5 minutes.
	//
	// Default: 2 minutes.
	BorrowTimeout time.Duration

	// MaxConnectionsPercent is how many of the connections that each instance allows the proxy may open: 1 to 100 percent.
	//
	// Default: 100.
	MaxConnectionsPercent int

	// LogRetention is how long the proxy's log is kept.
	//
	// Default: three months.
	LogRetention awslogs.RetentionDays
}

// The limits of RDS Proxy.
//
// See https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBProxy.html and
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ConnectionPoolConfiguration.html
const (
	maxProxyName         = 63 - len(readOnlySuffix)
	maxIdleClientTimeout = 8 * time.Hour
	maxBorrowTimeout     = 5 * time.Minute
)

var (
	proxyNamePattern = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	userPattern      = regexp.MustCompile(`^[A-Za-z0-9_]{1,32}$`)
)

func (p Props) withDefaults() Props {
	if p.VpcSubnets == nil {
		p.VpcSubnets = &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED}
	}
	if p.IdleClientTimeout == 0 {
		p.IdleClientTimeout = 30 * time.Minute
	}
	if p.BorrowTimeout == 0 {
		p.BorrowTimeout = 2 * time.Minute
	}
	if p.MaxConnectionsPercent == 0 {
		p.MaxConnectionsPercent = 100
	}
	if p.LogRetention == "" {
		p.LogRetention = awslogs.RetentionDays_THREE_MONTHS
	}
	return p
}

func (p Props) validate() error {
	return errors.Join(
		p.checkCluster(),
		p.checkVpc(),
		p.checkUsers(),
		p.checkProxyName(),
		checkTimeout("IdleClientTimeout", p.IdleClientTimeout, maxIdleClientTimeout),
		checkTimeout("BorrowTimeout", p.BorrowTimeout, maxBorrowTimeout),
		p.checkMaxConnectionsPercent(),
	)
}

// checkCluster refuses an imported cluster that knows too little of itself, which would otherwise cost it a rule or a policy
// without a word.
func (p Props) checkCluster() error {
	if p.Cluster == nil {
		return errors.New("Cluster is required, pass the database cluster that the proxy stands before")
	}
	var errs []error
	switch engine := p.Cluster.Engine(); {
	case engine == nil:
		errs = append(errs, errors.New("Cluster must know its engine, import it with one"))
	case engine.EngineFamily() == nil || *engine.EngineFamily() != engineFamily:
		errs = append(errs, fmt.Errorf("Cluster must be of Aurora MySQL, got the engine %s", *engine.EngineType()))
	}
	if p.Cluster.Connections().DefaultPort() == nil {
		errs = append(errs, errors.New("Cluster must know its port, import it with one"))
	}
	if len(*p.Cluster.Connections().SecurityGroups()) == 0 {
		errs = append(errs, errors.New("Cluster must know its security groups, import it with them"))
	}
	return errors.Join(errs...)
}

func (p Props) checkVpc() error {
	if p.Vpc == nil {
		return errors.New("Vpc is required, pass the cluster's network")
	}
	return nil
}

func (p Props) checkUsers() error {
	if len(p.Users) == 0 {
		return errors.New("Users must name at least one database user that logs in with IAM authentication")
	}
	var errs []error
	for _, user := range p.Users {
		if !userPattern.MatchString(user) {
			errs = append(errs, fmt.Errorf("Users must have 1 to 32 letters, digits and underscores each, got %q", user))
		}
	}
	return errors.Join(errs...)
}

func (p Props) checkProxyName() error {
	if p.ProxyName != "" && (len(p.ProxyName) > maxProxyName || !proxyNamePattern.MatchString(p.ProxyName)) {
		return fmt.Errorf("ProxyName must be 1 to %d lower-case letters, digits and single hyphens, "+
			"start with a letter and not end with a hyphen, got %q", maxProxyName, p.ProxyName)
	}
	return nil
}

func checkTimeout(prop string, d, most time.Duration) error {
	if d < 0 || d > most || d%time.Second != 0 {
		return fmt.Errorf("%s must be between 1s and %v in whole seconds, got %v", prop, most, d)
	}
	return nil
}

func (p Props) checkMaxConnectionsPercent() error {
	if p.MaxConnectionsPercent < 0 || p.MaxConnectionsPercent > 100 {
		return fmt.Errorf("MaxConnectionsPercent must be between 1 and 100, got %d", p.MaxConnectionsPercent)
	}
	return nil
}
