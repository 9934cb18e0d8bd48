package recoveryfailback

import (
	"fmt"
	"strings"

	"github.com/warmstandby/warmstandby/constructs/recoveryfailback/checks"
	"github.com/warmstandby/warmstandby/constructs/runbook/document"
)

// Parameters of the runbook.
const (
	// FromParameter is the step that an execution begins with: its first one, or one of [Steps].
	FromParameter = "From"

	// RemoveAccessParameter says whether Arpio's extra access is removed, yes or no.
	RemoveAccessParameter = "RemoveAccess"

	// TestRecoveryParameter says whether a recovery is tested in the end, yes or no.
	TestRecoveryParameter = "TestRecovery"
)

// Steps are the steps that an execution can begin with, in order.
func Steps() []string {
	return []string{
		"primaryReady", "testFailback", "scheduleWindow", "failback", "flipDns", "verify",
		"concludeRecovery", "removeAccess", "confirmProtection", "testRecovery",
	}
}

const (
	approvalTimeout = 7 * 24 * 3600
	windowTimeout   = 30 * 24 * 3600 // until the maintenance window has come
	checkAttempts   = 3
)

// plan makes the runbook's steps.
type plan struct {
	props     Props
	check     string // the function that checks
	topic     string
	approvers []string
	steps     []document.Step
}

// parameters are what an execution is given.
func parameters() map[string]document.Parameter {
	choice := func(description, standard string) document.Parameter {
		return document.Parameter{Type: "String", Description: description, Default: standard, AllowedValues: []string{"yes", "no"}}
	}
	return map[string]document.Parameter{
		FromParameter: {
			Type: "String", Default: Steps()[0], AllowedValues: Steps(),
			Description: "The step to begin with, to go on after an execution that ended early",
		},
		RemoveAccessParameter: choice("Remove Arpio's extra access to the primary environment in the end", "yes"),
		TestRecoveryParameter: choice("Test a recovery in the end", "no"),
	}
}

// make makes the steps of the failback document, in its order.
func (p *plan) make() []document.Step {
	p.begin()
	p.prepare()
	p.goHome()
	p.cleanUp()
	return p.steps
}

// begin branches to the step that the execution is to begin with.
func (p *plan) begin() {
	var choices []document.Choice
	for _, name := range Steps()[1:] {
		choices = append(choices, when(FromParameter, name, name))
	}
	p.add(document.Branch("begin", choices, Steps()[0]))
}

// prepare is steps 1 to 3.
func (p *plan) prepare() {
	p.ask("primaryReady", approvalTimeout, fmt.Sprintf(
		"Step 1 of 9. Is the primary environment of %s in %s ready for production traffic? Undo whatever the incident left there, "+
			"and see that the AWS services that it uses work.", p.props.Application, p.props.PrimaryRegion))
	p.look("checkPrimary", checks.Primary, p.props.PrimaryURL)
	p.ask("testFailback", approvalTimeout, fmt.Sprintf(
		"Step 2 of 9. Begin a test failback in Arpio. Install the CloudFormation stack that it asks for in %s; approve when it is complete.",
		p.props.PrimaryRegion))
	p.look("checkAccess", checks.AccessPresent, p.props.AccessStack)
	p.ask("confirmTest", approvalTimeout,
		"Step 2 of 9. When Arpio reports that the test failback is done, see that the application works in the primary environment, with "+
			"today's data of the recovery environment.")
	p.ask("scheduleWindow", windowTimeout,
		"Step 3 of 9. Agree on a maintenance window in which the application serves nobody, so that no data is lost. Approve when the "+
			"window has begun and no production traffic is served.")
}

// goHome is steps 4 and 5.
func (p *plan) goHome() {
	p.ask("failback", approvalTimeout,
		"Step 4 of 9. Perform the failback in Arpio, as in the test. Approve when Arpio reports that it is done.")
	p.look("checkRestored", checks.Primary, p.props.PrimaryURL)
	p.flip()
	p.look("checkPublic", checks.Public, p.props.PublicURL)
	p.ask("verify", approvalTimeout,
		"Step 5 of 9. See that the application works in the primary environment under the name that clients call.")
}

// flip is the second part of step 4.
func (p *plan) flip() {
	if p.props.Dns == nil {
		p.ask("flipDns", approvalTimeout,
			"Step 4 of 9. Point DNS to the primary environment, and change whatever else production traffic needs to arrive there.")
		return
	}
	step := document.InvokeFunction("flipDns", *p.props.Dns.FunctionArn(), p.props.DnsPayload)
	step.Description = "Point DNS back to the primary environment"
	step.MaxAttempts = checkAttempts
	p.add(step)
}

// cleanUp is steps 6 to 9.
func (p *plan) cleanUp() {
	p.ask("concludeRecovery", approvalTimeout,
		"Step 6 of 9. Begin \"Conclude Recovery\" in Arpio: it resets the recovery environment to its pilot light. Until then the recovered "+
			"resources go on costing money, and no recovery points are made.")
	p.add(document.Branch("chooseRemoval", []document.Choice{when(RemoveAccessParameter, "yes", "removeAccess")}, "confirmProtection"))
	p.ask("removeAccess", approvalTimeout, fmt.Sprintf(
		"Step 7 of 9. Delete the CloudFormation stack in %s that gave Arpio access for the failback. Approve when it is gone.",
		p.props.PrimaryRegion))
	p.look("checkRemoved", checks.AccessAbsent, p.props.AccessStack)
	p.ask("confirmProtection", approvalTimeout,
		"Step 8 of 9. See in Arpio that recovery points are being created again.")
	done := document.Branch("chooseTest", []document.Choice{when(TestRecoveryParameter, "yes", "testRecovery")}, "")
	done.IsEnd = true
	p.add(done)
	p.ask("testRecovery", approvalTimeout,
		"Step 9 of 9. Begin \"Test Recovery\" in Arpio. Approve when the application has worked in the recovery environment.")
}

func (p *plan) add(s document.Step) { p.steps = append(p.steps, s) }

// ask waits for a person.
func (p *plan) ask(name string, timeoutSeconds int, message string) {
	p.add(document.Approve(name, message, p.topic, p.approvers, timeoutSeconds))
}

// look has the function check, unless the setting that this needs is empty.
func (p *plan) look(name, check, setting string) {
	if setting == "" {
		return
	}
	step := document.InvokeFunction(name, p.check, fmt.Sprintf(`{"check": %q}`, check))
	step.MaxAttempts = checkAttempts
	step.Description = "Check: " + check
	p.add(step)
}

// outputs are the decisions and findings that an execution returns.
func outputs(steps []document.Step) []string {
	var names []string
	for _, s := range steps {
		switch s.Action {
		case "aws:approve":
			names = append(names, s.Name+".ApproverDecisions")
		case "aws:invokeLambdaFunction":
			names = append(names, s.Name+".Payload")
		}
	}
	return names
}

// when goes on with a step if a parameter has a value.
func when(parameter, value, next string) document.Choice {
	return document.Choice{Variable: document.Ref(parameter), Equals: value, NextStep: next}
}

// checks reports whether any step has the function check.
func (p Props) checks() bool {
	return strings.Join([]string{p.PrimaryURL, p.PublicURL, p.AccessStack}, "") != ""
}
