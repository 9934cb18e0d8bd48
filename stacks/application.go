package stacks

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// Application is all stacks of the reference application.
type Application struct {
	Delivery  *Delivery
	Primary   *Region
	Secondary *Region
	Edge      *Edge

	// Recovery is nil without an Arpio account.
	Recovery *Recovery
}

// NewApplication defines the reference application in app, for a configuration that [topology.Read] has accepted.
func NewApplication(app awscdk.App, c topology.Config) *Application {
	delivery := NewDelivery(app, c.DeliveryStack(), &DeliveryProps{Config: c})
	a := &Application{
		Delivery:  delivery,
		Primary:   NewPrimaryRegion(delivery, "PriDeploy", &RegionProps{Config: c}),
		Secondary: NewSecondaryRegion(delivery, "SecdDeploy", &RegionProps{Config: c}),
		Edge:      NewEdge(app, c.EdgeStack(), &EdgeProps{Config: c}),
	}
	scopes := []constructs.IConstruct{a.Delivery, a.Primary, a.Secondary, a.Edge}
	if c.ArpioAccountID != "" {
		a.Recovery = NewRecovery(app, c.RecoveryStack(), &RecoveryProps{Config: c})
		scopes = append(scopes, a.Recovery)
	}
	for _, scope := range scopes {
		awscdk.Tags_Of(scope).Add(jsii.String("application"), &c.ApplicationName, nil)
	}
	delivery.Deploy(a.Primary, a.Secondary, a.Edge) // last, because it synthesizes the stages
	return a
}

func environment(c topology.Config, region string) *awscdk.Environment {
	return &awscdk.Environment{Account: jsii.String(c.Account), Region: jsii.String(region)}
}

func removalPolicy(c topology.Config) awscdk.RemovalPolicy {
	if c.RemovalPolicy == topology.Destroy {
		return awscdk.RemovalPolicy_DESTROY
	}
	return awscdk.RemovalPolicy_RETAIN
}

// retentions are CDK's names of the periods that logs can be kept for, in days.
var retentions = map[int]awslogs.RetentionDays{
	1: awslogs.RetentionDays_ONE_DAY, 3: awslogs.RetentionDays_THREE_DAYS, 5: awslogs.RetentionDays_FIVE_DAYS,
	7: awslogs.RetentionDays_ONE_WEEK, 14: awslogs.RetentionDays_TWO_WEEKS, 30: awslogs.RetentionDays_ONE_MONTH,
	60: awslogs.RetentionDays_TWO_MONTHS, 90: awslogs.RetentionDays_THREE_MONTHS, 120: awslogs.RetentionDays_FOUR_MONTHS,
	150: awslogs.RetentionDays_FIVE_MONTHS, 180: awslogs.RetentionDays_SIX_MONTHS, 365: awslogs.RetentionDays_ONE_YEAR,
	400: awslogs.RetentionDays_THIRTEEN_MONTHS, 545: awslogs.RetentionDays_EIGHTEEN_MONTHS, 731: awslogs.RetentionDays_TWO_YEARS,
	1096: awslogs.RetentionDays_THREE_YEARS, 1827: awslogs.RetentionDays_FIVE_YEARS, 2192: awslogs.RetentionDays_SIX_YEARS,
	2557: awslogs.RetentionDays_SEVEN_YEARS, 2922: awslogs.RetentionDays_EIGHT_YEARS, 3288: awslogs.RetentionDays_NINE_YEARS,
	3653: awslogs.RetentionDays_TEN_YEARS,
}

func retention(c topology.Config) awslogs.RetentionDays {
	days, ok := retentions[c.LogRetentionDays]
	if !ok {
		panic(fmt.Errorf("logRetentionDays %d is no period of CloudWatch Logs", c.LogRetentionDays))
	}
	return days
}
