package eventbridge

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim/endpoint"
)

// send makes the calls that bring an input to a target.
type send func(d *delivery, input string) ([]endpoint.Request, error)

// sender is how the target of an ARN is called, for a rule of the same account and Region.
func sender(target, rule string) (send, error) {
	t, r := strings.SplitN(target, ":", 6), strings.SplitN(rule, ":", 6)
	if len(t) < 6 || len(r) < 6 {
		return nil, fmt.Errorf("%s is no ARN", target)
	}
	if t[3] != r[3] || t[4] != r[4] {
		return nil, fmt.Errorf("target %s is in another account or Region than its rule, and only the rule's are simulated", target)
	}
	switch {
	case t[2] == "ssm" && strings.HasPrefix(t[5], "automation-definition/"):
		return startAutomation, nil
	case t[2] == "lambda" && strings.HasPrefix(t[5], "function:"):
		return invokeFunction, nil
	case t[2] == "sns":
		return publish, nil
	case t[2] == "sqs":
		return sendMessage, nil
	case t[2] == "logs" && strings.HasPrefix(t[5], "log-group:"):
		return putLogEvent, nil
	}
	return nil, fmt.Errorf("targets such as %s are not simulated", target)
}

// CheckTarget says what is wrong with the ARN of a target, and whether the target needs a role.
func CheckTarget(target, rule, role string) error {
	if strings.Contains(target, ":document/") {
		return fmt.Errorf("%s is a document: the target of a rule is its automation, …:automation-definition/NAME:VERSION", target)
	}
	if _, err := sender(target, rule); err != nil {
		return err
	}
	if strings.Contains(target, ":automation-definition/") && role == "" {
		return fmt.Errorf("RoleArn is required for target %s", target)
	}
	return nil
}

// startAutomation starts an automation with the input's members as parameters.
func startAutomation(d *delivery, in string) ([]endpoint.Request, error) {
	_, id, _ := strings.Cut(d.target.ARN, ":automation-definition/")
	name, version, _ := strings.Cut(id, ":")
	var parameters map[string][]string
	if err := json.Unmarshal([]byte(in), &parameters); err != nil {
		return nil, fmt.Errorf("the input of an automation must be an object whose members are lists of texts: %w", err)
	}
	members := map[string]any{}
	for name, values := range parameters {
		list := []any{}
		for _, v := range values {
			list = append(list, v)
		}
		members[name] = list
	}
	return []endpoint.Request{{
		Service: "ssm", Operation: "StartAutomationExecution",
		Input: map[string]any{"DocumentName": name, "DocumentVersion": version, "Parameters": members},
	}}, nil
}

// invokeFunction invokes a function without waiting for what becomes of it.
func invokeFunction(d *delivery, in string) ([]endpoint.Request, error) {
	if !json.Valid([]byte(in)) {
		return nil, errors.New("the input of a function must be JSON")
	}
	return []endpoint.Request{{
		Service: "lambda", Operation: "Invoke", Input: map[string]any{"FunctionName": d.target.ARN},
		Header: http.Header{"X-Amz-Invocation-Type": {"Event"}}, Body: []byte(in),
	}}, nil
}

func publish(d *delivery, in string) ([]endpoint.Request, error) {
	return []endpoint.Request{{
		Service: "sns", Operation: "Publish", Input: map[string]any{"TopicArn": d.target.ARN, "Message": in},
	}}, nil
}

func sendMessage(d *delivery, in string) ([]endpoint.Request, error) {
	return []endpoint.Request{{
		Service: "sqs", Operation: "SendMessage", Input: map[string]any{"QueueUrl": d.target.ARN, "MessageBody": in},
	}}, nil
}

// putLogEvent logs the input to a stream of the event's own. An input with members timestamp and message, and no others, says
// what is logged (EventBridge user guide, "Amazon CloudWatch Logs log groups as targets").
func putLogEvent(d *delivery, in string) ([]endpoint.Request, error) {
	_, name, _ := strings.Cut(d.target.ARN, ":log-group:")
	name = strings.TrimSuffix(name, ":*")
	var shaped struct{ Message *string }
	if d.target.Transformer != nil && json.Unmarshal([]byte(in), &shaped) == nil && shaped.Message != nil {
		in = *shaped.Message
	}
	stream := map[string]any{"logGroupName": name, "logStreamName": d.event.ID}
	return []endpoint.Request{
		{Service: "logs", Operation: "CreateLogStream", Input: stream},
		{Service: "logs", Operation: "PutLogEvents", Input: map[string]any{
			"logGroupName": name, "logStreamName": d.event.ID,
			"logEvents": []any{map[string]any{"timestamp": json.Number(fmt.Sprint(d.event.Time.UnixMilli())), "message": in}},
		}},
	}, nil
}
