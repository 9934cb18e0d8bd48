package runbookrule

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/internal/busrule"
	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
	"github.com/warmstandby/warmstandby/constructs/lifecycle"
	"github.com/warmstandby/warmstandby/constructs/runbook"
)

// Rule starts a runbook for events on Arpio's bus.
type Rule struct {
	constructs.Construct

	runbook *runbook.Runbook
	role    awsiam.Role
	rule    *busrule.Rule
}

// New defines a Rule under scope.
func New(scope constructs.Construct, id string, props *Props) *Rule {
	var p Props
	if props != nil {
		p = *props
	}
	cdkgo.Must("runbook rule", scope, id, p.validate())
	r := &Rule{}
	constructs.NewConstruct_Override(r, scope, &id)
	r.define(p)
	return r
}

// NewScript defines a Rule under scope, with a runbook of its own, which runs a script on every server that Arpio has recovered.
func NewScript(scope constructs.Construct, id string, props *ScriptProps) *Rule {
	var s ScriptProps
	if props != nil {
		s = *props
	}
	s = s.withDefaults()
	p := Props{
		Bus: s.Bus, Pattern: s.Pattern, Parameters: s.Parameters, Description: s.Script.Description, AlarmActions: s.AlarmActions,
	}
	cdkgo.Must("runbook rule", scope, id, p.rule().Validate())
	r := &Rule{}
	constructs.NewConstruct_Override(r, scope, &id)
	p.Runbook = runbook.NewScript(r, "Runbook", &s.Script)
	cdkgo.Must("runbook rule", scope, id, p.validate())
	r.define(p)
	return r
}

// Runbook is what the rule starts.
func (r *Rule) Runbook() *runbook.Runbook { return r.runbook }

// Role is what EventBridge starts it as.
func (r *Rule) Role() awsiam.Role { return r.role }

// Resource is the rule itself.
func (r *Rule) Resource() awsevents.CfnRule { return r.rule.Resource }

// DeadLetters holds the events that did not start the runbook.
func (r *Rule) DeadLetters() awssqs.Queue { return r.rule.DeadLetters }

// FailedAlarm goes off when EventBridge gave up an event.
func (r *Rule) FailedAlarm() awscloudwatch.Alarm { return r.rule.FailedAlarm }

// DeadLettersAlarm goes off while an event waits in DeadLetters.
func (r *Rule) DeadLettersAlarm() awscloudwatch.Alarm { return r.rule.DeadLettersAlarm }

func (r *Rule) define(p Props) {
	r.runbook = p.Runbook
	r.role = busrule.EventsRole(r, "Role")
	p.Runbook.GrantStart(r.role)
	r.rule = busrule.New(r, p.rule(), &awsevents.CfnRule_TargetProperty{
		Id:               jsii.String("Runbook"),
		Arn:              jsii.String(p.Runbook.AutomationArn()),
		RoleArn:          r.role.RoleArn(),
		InputTransformer: transformer(p.Parameters),
	})
}

// transformer makes the runbook's parameters of an event, or is nil if there are none.
func transformer(parameters map[string]lifecycle.Path) *awsevents.CfnRule_InputTransformerProperty {
	if len(parameters) == 0 {
		return nil
	}
	paths := make(map[string]*string)
	for name, path := range parameters {
		paths[name] = jsii.String(string(path))
	}
	return &awsevents.CfnRule_InputTransformerProperty{
		InputPathsMap: &paths, InputTemplate: jsii.String(template(parameters)),
	}
}
