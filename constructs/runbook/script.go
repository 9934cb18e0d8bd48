package runbook

import (
	"maps"

	"github.com/aws/constructs-go/constructs/v10"

	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
	"github.com/warmstandby/warmstandby/constructs/runbook/document"
)

// InstanceIDParameter is the parameter of a [NewScript] runbook with the server to run the script on.
const InstanceIDParameter = "InstanceId"

// NewScript defines a Runbook under scope that runs a script on the server of its parameter InstanceId: it starts the server if
// that is stopped, waits until its agent is online, and runs the script. The script finds the server's id in RUNBOOK_INSTANCE_ID.
func NewScript(scope constructs.Construct, id string, props *ScriptProps) *Runbook {
	var p ScriptProps
	if props != nil {
		p = *props
	}
	cdkgo.Must("runbook", scope, id, p.validate())
	p = p.withDefaults()

	parameters := map[string]document.Parameter{InstanceIDParameter: document.InstanceID("The server to run the script on")}
	maps.Copy(parameters, p.Parameters)
	r := New(scope, id, &Props{
		Name: p.Name, Description: p.Description, InstanceTag: p.InstanceTag, Parameters: parameters,
		Steps: []document.Step{
			document.StartInstance("startInstance", document.Ref(InstanceIDParameter)),
			document.WaitForAgent("waitForAgent", document.Ref(InstanceIDParameter)),
			p.step(),
		},
		Outputs: []string{"runScript.Status", "runScript.Output"},
	})
	r.bucket, r.prefix, r.logGroup = p.OutputBucket, p.OutputPrefix, p.OutputLogGroup
	return r
}

// step is the step that runs the script.
func (p ScriptProps) step() document.Step {
	const delivery = 600 // the agent was online a moment ago
	commands, environment := p.Commands, map[string]string{instanceVariable: InstanceIDParameter}
	maps.Copy(environment, p.Environment)
	if !p.Repeat && p.Platform == Linux && len(commands) > 0 {
		commands = once(commands)
	}
	script := document.Script{
		InstanceIDs: []string{document.Ref(InstanceIDParameter)}, Commands: commands, Environment: environment,
		ExecutionTimeoutSeconds: p.TimeoutSeconds, DeliveryTimeoutSeconds: delivery, OutputPrefix: p.OutputPrefix,
	}
	if p.OutputBucket != nil {
		script.OutputBucket = *p.OutputBucket.BucketName()
	}
	if p.OutputLogGroup != nil {
		script.OutputLogGroup = *p.OutputLogGroup.LogGroupName()
	}
	run := document.RunShellScript
	if p.Platform == Windows {
		run = document.RunPowerShellScript
	}
	step := run("runScript", script)
	step.MaxAttempts = p.MaxAttempts
	step.TimeoutSeconds = p.TimeoutSeconds + delivery
	return step
}
