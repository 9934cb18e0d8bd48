package failovermonitoring

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// Props configures a [Monitoring]. Document, Role, TopologyParameter, Reports, Key, Topic, ApiName and StageName are required.
type Props struct {
	// Document is the application.
	Document topology.Document

	// Role is the home role of the Region that is monitored: the stack's.
	Role topology.Role

	// TopologyParameter holds the Document in this Region.
	TopologyParameter awsssm.IStringParameter

	// Reports is the bucket with the reports of runs that activate this Region, and Key encrypts it.
	Reports awss3.IBucket
	Key     awskms.IKey

	// Topic is told of alarms, and of their end.
	Topic awssns.ITopic

	// ApiName and StageName are the Region's REST API.
	ApiName   string
	StageName string

	// FunctionName names the function.
	//
	// Default: CloudFormation chooses a name.
	FunctionName string

	// BuildWith are the import paths of the app's other functions, as in package gofunction.
	//
	// Default: the function is built alone.
	BuildWith []string

	// DashboardName names the dashboard: letters, digits, hyphens and underscores.
	//
	// Default: CloudFormation chooses a name.
	DashboardName string

	// MaxLagSeconds is the replication lag that is alarming.
	//
	// Default: 60.
	MaxLagSeconds int

	// MaxServerErrors is the number of 5xx answers of the Region's API in five minutes that is alarming.
	//
	// Default: 10.
	MaxServerErrors int

	// MaxFenceMinutes is how long writes may be refused before that is alarming. A move refuses them for as long as a promotion
	// takes.
	//
	// Default: 15.
	MaxFenceMinutes int

	// MaxDaysSinceDrill is the age of the last drill that is alarming. A drill counts in the Region whose pipeline ran it.
	//
	// Default: 0, no alarm.
	MaxDaysSinceDrill int

	// LogRetention is how long the function's log is kept. It has a line a minute.
	//
	// Default: one week.
	LogRetention awslogs.RetentionDays
}

func (p Props) withDefaults() Props {
	p.MaxLagSeconds = cmp.Or(p.MaxLagSeconds, 60)
	p.MaxServerErrors = cmp.Or(p.MaxServerErrors, 10)
	p.MaxFenceMinutes = cmp.Or(p.MaxFenceMinutes, 15)
	p.LogRetention = cmp.Or(p.LogRetention, awslogs.RetentionDays_ONE_WEEK)
	return p
}

// maxEvaluation is the longest time that an alarm with periods of less than an hour may look back, in minutes (CloudWatch user
// guide, "Creating an alarm from a static threshold": one day).
const maxEvaluation = 24 * 60

// validate reports everything that is wrong with the props.
func (p Props) validate() error {
	var errs []error
	required := func(prop string, missing bool) {
		if missing {
			errs = append(errs, fmt.Errorf("%s is required", prop))
		}
	}
	required("TopologyParameter", p.TopologyParameter == nil)
	required("Reports", p.Reports == nil)
	required("Key", p.Key == nil)
	required("Topic", p.Topic == nil)
	required("ApiName", p.ApiName == "")
	required("StageName", p.StageName == "")
	if !slices.Contains(topology.Roles(), p.Role) {
		errs = append(errs, fmt.Errorf("Role must be one of %v, got %q", topology.Roles(), p.Role))
	} else {
		required("Document", p.Document.Regions[p.Role].ClusterArn == "")
	}
	for _, limit := range []struct {
		prop     string
		got, max int
	}{
		{"MaxLagSeconds", p.MaxLagSeconds, 24 * 60 * 60},
		{"MaxServerErrors", p.MaxServerErrors, 1_000_000},
		{"MaxFenceMinutes", p.MaxFenceMinutes, maxEvaluation},
		{"MaxDaysSinceDrill", p.MaxDaysSinceDrill, 3650},
	} {
		if limit.got < 0 || limit.got > limit.max {
			errs = append(errs, fmt.Errorf("%s must be 0 (for the default) to %d, got %d", limit.prop, limit.max, limit.got))
		}
	}
	return errors.Join(errs...)
}
