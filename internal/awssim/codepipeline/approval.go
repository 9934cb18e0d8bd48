package codepipeline

import (
	"encoding/json"
	"fmt"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// notification is what is published when an approval is asked for (CPUG, "JSON data format for manual approval notifications").
type notification struct {
	Region      string          `json:"region"`
	ConsoleLink string          `json:"consoleLink"`
	Approval    approvalRequest `json:"approval"`
}

type approvalRequest struct {
	Pipeline     string  `json:"pipelineName"`
	Stage        string  `json:"stageName"`
	Action       string  `json:"actionName"`
	Token        string  `json:"token"`
	Expires      string  `json:"expires"`
	ExternalLink *string `json:"externalEntityLink"`
	ReviewLink   string  `json:"approvalReviewLink"`
	CustomData   *string `json:"customData"`
}

// requestApproval asks for an approval, and publishes that, if the action names a topic.
func (m *machine) requestApproval(a *awssim.ActionExecution) *awssim.ActionError {
	a.Token = m.state.NewUUID()
	a.ExternalID = a.Token
	arn := a.ResolvedConfiguration["NotificationArn"]
	if arn == "" {
		return nil
	}
	topic, ok := m.region.Topics.Get(arn)
	if !ok {
		return &awssim.ActionError{Code: "ConfigurationError", Message: fmt.Sprintf("Topic %s does not exist in Region %s", arn, m.region.Name())}
	}
	role, failure := m.assume(a.RoleARN)
	if failure != nil {
		return failure
	}
	if failure := m.may(role, need{action: "sns:Publish", resource: arn, policy: topic.Policy}); failure != nil {
		return failure
	}
	return m.publish(a, arn)
}

// publish publishes the request for an approval.
func (m *machine) publish(a *awssim.ActionExecution, topic string) *awssim.ActionError {
	console := fmt.Sprintf("https://console.aws.amazon.com/codepipeline/home?region=%s#/view/%s", m.region.Name(), m.pipeline.Name)
	body, err := json.Marshal(notification{
		Region: m.region.Name(), ConsoleLink: console,
		Approval: approvalRequest{
			Pipeline: m.pipeline.Name, Stage: a.Stage, Action: a.Action, Token: a.Token, Expires: a.Deadline.Format("2006-01-02T15:04Z"),
			ExternalLink: optional(a.ResolvedConfiguration, "ExternalEntityLink"),
			ReviewLink:   fmt.Sprintf("%s/%s/%s/approve/%s", console, a.Stage, a.Action, a.Token),
			CustomData:   optional(a.ResolvedConfiguration, "CustomData"),
		},
	})
	if err != nil {
		return &awssim.ActionError{Code: "SystemUnavailable", Message: err.Error()}
	}
	const maxSubject = 100 // characters, which SNS allows
	subject := fmt.Sprintf("APPROVAL NEEDED: AWS CodePipeline %s for action %s", m.pipeline.Name, a.Action)
	m.region.Publish(topic, awssim.Message{Subject: subject[:min(len(subject), maxSubject)], Body: string(body)})
	return nil
}

// optional is the value of a key, or nil.
func optional(values map[string]string, key string) *string {
	if value, ok := values[key]; ok {
		return &value
	}
	return nil
}
