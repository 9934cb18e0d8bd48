package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
	"github.com/warmstandby/warmstandby/constructs/lifecyclebus"
	"github.com/warmstandby/warmstandby/constructs/notificationrule"
	"github.com/warmstandby/warmstandby/constructs/recoverydns"
	"github.com/warmstandby/warmstandby/constructs/recoverydns/dnsplan"
	"github.com/warmstandby/warmstandby/constructs/recoveryfailback"
	"github.com/warmstandby/warmstandby/constructs/runbook"
	"github.com/warmstandby/warmstandby/constructs/runbookrule"
	"github.com/warmstandby/warmstandby/constructs/topology"
)

// RecoveryProps configures a [Recovery]. Config is required, with an ArpioAccountID.
type RecoveryProps struct {
	Config topology.Config
}

// RecoveryTag is the tag of servers that the recovery stack's runbooks may act on; its value is the application's name.
const RecoveryTag = "Recovery"

// Recovery is the stack with what reacts when Arpio recovers the application in the secondary Region, and with the way home. All of
// its rules are on Arpio's event bus, and no other stack has any, so that it can be deleted before Arpio's stack, which cannot be
// deleted while there are rules.
type Recovery struct {
	awscdk.Stack

	config   topology.Config
	bus      *lifecyclebus.Bus
	failures *notificationrule.Rule
	hello    *runbookrule.Rule
	dns      *recoverydns.Switch
	failback *recoveryfailback.Failback
}

// NewRecovery defines a Recovery under scope.
func NewRecovery(scope constructs.Construct, id string, props *RecoveryProps) *Recovery {
	c := props.Config
	r := &Recovery{config: c}
	awscdk.NewStack_Override(r, scope, &id, &awscdk.StackProps{
		Description:           jsii.String("Reacts to Arpio's recoveries in " + c.Region(topology.Secondary)),
		Env:                   environment(c, c.Region(topology.Secondary)),
		TerminationProtection: jsii.Bool(c.RemovalPolicy == topology.Retain),
	})
	r.bus = lifecyclebus.New(r, "Bus", &lifecyclebus.Props{
		ArpioAccountID: c.ArpioAccountID,
		ArchiveDays:    archiveDays,
		LogRetention:   retention(c),
	})
	r.failures = r.defineFailures()
	r.hello = r.defineHello()
	if c.RecoveryRecord != "" {
		r.dns = r.defineDns()
	}
	r.failback = r.defineFailback()
	return r
}

// archiveDays is how long events can be replayed: longer than it takes to notice that one was not handled.
const archiveDays = 90

// Bus is Arpio's event bus.
func (r *Recovery) Bus() *lifecyclebus.Bus { return r.bus }

// Failures tells of what could not be recovered.
func (r *Recovery) Failures() *notificationrule.Rule { return r.failures }

// Hello runs a script on recovered servers.
func (r *Recovery) Hello() *runbookrule.Rule { return r.hello }

// Dns moves the record that clients use, or is nil if none is configured.
func (r *Recovery) Dns() *recoverydns.Switch { return r.dns }

// Failback is the way home.
func (r *Recovery) Failback() *recoveryfailback.Failback { return r.failback }

// defineFailures tells of failures by email. Its own alarms take the same way: what keeps an event from the topic, such as a
// message that cannot be made, need not keep an alarm from it.
func (r *Recovery) defineFailures() *notificationrule.Rule {
	failures := notificationrule.New(r, "Failures", &notificationrule.Props{
		Description: "Tell of what Arpio could not recover",
		Bus:         r.bus.EventBus(),
		Pattern: lifecycle.Pattern{
			Types:         []lifecycle.EventType{lifecycle.ResourceUpsert},
			States:        []lifecycle.State{lifecycle.Failed},
			RestorePhases: []lifecycle.Phase{lifecycle.Failover, lifecycle.FailoverTest},
		},
		Message: "Arpio could not restore <primary-resource-arn> in <recovery-region> (<restore-phase>, <time>)",
		Emails:  r.config.RecoveryEmails,
	})
	tell := awscloudwatchactions.NewSnsAction(failures.Topic())
	failures.FailedAlarm().AddAlarmAction(tell)
	failures.DeadLettersAlarm().AddAlarmAction(tell)
	return failures
}

// defineHello runs the script of Arpio's example. Replace it with what your servers need after a recovery.
func (r *Recovery) defineHello() *runbookrule.Rule {
	return runbookrule.NewScript(r, "Hello", &runbookrule.ScriptProps{
		Bus: r.bus.EventBus(),
		Script: runbook.ScriptProps{
			Description: "Append the time to a file on a recovered server",
			Commands:    []string{`date -u +"Hello at time %Y-%m-%d %H:%M:%S" >> /tmp/hello.txt`},
			InstanceTag: runbook.Tag{Key: RecoveryTag, Value: r.config.ApplicationName},
		},
		AlarmActions: r.alarmActions(),
	})
}

func (r *Recovery) defineDns() *recoverydns.Switch {
	c := r.config
	return recoverydns.New(r, "Dns", &recoverydns.Props{
		Bus:        r.bus.EventBus(),
		HostedZone: awsroute53.HostedZone_FromHostedZoneId(r, jsii.String("Zone"), &c.RecoveryHostedZone),
		Records: []dnsplan.Record{{
			Name:        c.RecoveryRecord,
			Type:        "CNAME",
			Application: c.ArpioApplicationID,
			Primary:     dnsplan.Target{Values: []string{c.RecoveryPrimaryName}},
			Recovery:    dnsplan.Target{Values: []string{c.RecoverySecondaryName}},
		}},
		LogRetention: retention(c),
		AlarmActions: r.alarmActions(),
	})
}

// alarmActions tell those who are told of failures.
func (r *Recovery) alarmActions() []awscloudwatch.IAlarmAction {
	return []awscloudwatch.IAlarmAction{awscloudwatchactions.NewSnsAction(r.failures.Topic())}
}

func (r *Recovery) defineFailback() *recoveryfailback.Failback {
	props := &recoveryfailback.Props{
		Application:   r.config.ApplicationName,
		PrimaryRegion: r.config.Region(topology.Primary),
		AccessStack:   r.config.ArpioFailbackStack,
		Emails:        r.config.RecoveryEmails,
		RemovalPolicy: removalPolicy(r.config), // and kept longer than other logs
	}
	if r.config.DomainName != "" {
		props.PublicURL = "https://" + r.config.DomainName + "/v1/health"
	}
	if r.dns != nil {
		props.Dns, props.DnsPayload = r.dns.Function().Alias(), dnsplan.Failback(r.config.ArpioApplicationID)
	}
	failback := recoveryfailback.New(r, "Failback", props)
	awscdk.NewCfnOutput(r, jsii.String("FailbackRunbook"), &awscdk.CfnOutputProps{
		Description: jsii.String("The runbook to start for a failback"), Value: jsii.String(failback.Runbook().Name()),
	})
	awscdk.NewCfnOutput(r, jsii.String("FailbackOperator"), &awscdk.CfnOutputProps{
		Description: jsii.String("The role that starts it and approves its steps"), Value: failback.Operator().RoleArn(),
	})
	return failback
}
