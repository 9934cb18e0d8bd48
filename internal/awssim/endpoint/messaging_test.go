package endpoint_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/endpoint"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
	"github.com/warmstandby/warmstandby/internal/awssim/iam/iamtest"
)

// doCall calls an operation without the wire, and returns the answer as JSON has it.
func (f *fixture) doCall(r endpoint.Request) (map[string]any, error) {
	f.Helper()
	if r.Region == "" {
		r.Region = primary
	}
	if r.Principal == "" && r.Caller == (awssim.Credentials{}) {
		r.Caller = f.operator
	}
	out, err := f.handler.Do(f.Context(), r)
	if err != nil {
		return nil, err
	}
	var m map[string]any
	text, err := json.Marshal(out)
	if err != nil || json.Unmarshal(text, &m) != nil {
		f.Fatalf("got %v, %v", out, err)
	}
	return m, nil
}

// wantRefusal fails unless err is an error of the endpoint's with a code that ends so.
func (f *fixture) wantRefusal(err error, code string) {
	f.Helper()
	var e *endpoint.Error
	if !errors.As(err, &e) || !strings.HasSuffix(e.Code, code) {
		f.Errorf("got %v, want %s", err, code)
	}
}

func (f *fixture) resourcePolicy(statement string) *iam.Policy {
	f.Helper()
	return iamtest.Policy(f, iam.Resource, statement)
}

func (f *fixture) sqs(operation string, input map[string]any) (map[string]any, error) {
	f.Helper()
	return f.doCall(endpoint.Request{Service: "sqs", Operation: operation, Input: input})
}

func TestQueue(t *testing.T) {
	f := newUnserved(t)
	f.in(primary, func(r *awssim.Region) { r.CreateQueue(awssim.Queue{Name: "q", Visibility: 30 * time.Second}) })
	const url = "https://sqs.us-east-1.amazonaws.com/123456789012/q"
	sent := must(f.sqs("SendMessage", map[string]any{"QueueUrl": url, "MessageBody": "hello", "MessageAttributes": map[string]any{
		"ERROR_CODE": map[string]any{"DataType": "String", "StringValue": "NO_PERMISSIONS"},
	}}))(t)
	equal(t, "sum", sent["MD5OfMessageBody"].(string), "5d41402abc4b2a76b9719d911017c592")
	receive := func(more map[string]any) []any {
		more["QueueUrl"] = url
		m, _ := must(f.sqs("ReceiveMessage", more))(t)["Messages"].([]any)
		return m
	}
	got := receive(map[string]any{"MessageAttributeNames": []any{"All"}, "AttributeNames": []any{"ApproximateReceiveCount"}})
	message := got[0].(map[string]any)
	equal(t, "body", message["Body"].(string), "hello")
	equal(t, "sum of attributes", message["MD5OfMessageAttributes"].(string), sent["MD5OfMessageAttributes"].(string))
	equal(t, "received", message["Attributes"].(map[string]any)["ApproximateReceiveCount"].(string), "1")
	equal(t, "hidden", len(receive(map[string]any{})), 0)
	attributes := must(f.sqs("GetQueueAttributes", map[string]any{"QueueUrl": url, "AttributeNames": []any{"All"}}))(t)["Attributes"].(map[string]any)
	equal(t, "not visible", attributes["ApproximateNumberOfMessagesNotVisible"].(string), "1")
	must(f.sqs("DeleteMessage", map[string]any{"QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"]}))(t)
	must(f.sqs("SendMessage", map[string]any{"QueueUrl": url, "MessageBody": "x"}))(t)
	must(f.sqs("PurgeQueue", map[string]any{"QueueUrl": url}))(t)
	equal(t, "purged", len(receive(map[string]any{})), 0)
	_, err := f.sqs("SendMessage", map[string]any{"QueueUrl": url + "x", "MessageBody": "x"})
	f.wantRefusal(err, "QueueDoesNotExist")
	_, err = f.sqs("SendMessage", map[string]any{"QueueUrl": url, "MessageBody": strings.Repeat("x", 1<<20+1)})
	f.wantRefusal(err, "InvalidParameterValue")
	_, err = f.sqs("ReceiveMessage", map[string]any{"QueueUrl": url, "MaxNumberOfMessages": 11})
	f.wantRefusal(err, "InvalidParameterValue")
}

func TestRedrive(t *testing.T) {
	f := newUnserved(t)
	f.in(primary, func(r *awssim.Region) {
		dead := r.CreateQueue(awssim.Queue{Name: "dead"})
		r.CreateQueue(awssim.Queue{Name: "q", MaxReceive: 2, DeadLetter: dead.ARN})
		r.SendMessage("q", awssim.QueueMessage{Body: "poison"})
		for range 3 {
			r.ReceiveMessages("q", 1, 0)
		}
		q, _ := r.Queues.Get("q")
		dead, _ = r.Queues.Get("dead")
		equal(t, "left", len(q.Messages), 0)
		equal(t, "dead", len(dead.Messages), 1)
	})
}

// A service needs the queue's policy, and the key of an encrypted queue or topic.
func TestServicesNeedPermission(t *testing.T) {
	f := newUnserved(t)
	const key = "arn:aws:kms:us-east-1:123456789012:key/k"
	queuePolicy := f.resourcePolicy(`{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*",
		"Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:123456789012:t"}}}`)
	f.in(primary, func(r *awssim.Region) {
		topic := r.CreateTopic(awssim.Topic{Name: "t"})
		other := r.CreateTopic(awssim.Topic{Name: "other"})
		for _, name := range []string{"plain", "encrypted", "raw"} {
			q := awssim.Queue{Name: name, Policy: queuePolicy}
			if name == "encrypted" {
				q.Key = key
			}
			q = r.CreateQueue(q)
			for _, from := range []awssim.Topic{topic, other} {
				r.Subscribe(from.ARN, awssim.Subscription{Protocol: "sqs", Endpoint: q.ARN, Raw: name == "raw", Confirmed: true})
			}
		}
		r.Subscribe(topic.ARN, awssim.Subscription{Protocol: "email", Endpoint: "a@example.com", Confirmed: true})
		r.Subscribe(topic.ARN, awssim.Subscription{Protocol: "email", Endpoint: "b@example.com"})
	})
	publish := func(topic string) {
		must(f.doCall(endpoint.Request{Service: "sns", Operation: "Publish", Input: map[string]any{"TopicArn": "arn:aws:sns:us-east-1:123456789012:" + topic, "Message": "m \"x\""}}))(t)
	}
	counts := func() string {
		var n [3]int
		f.in(primary, func(r *awssim.Region) {
			for i, name := range []string{"plain", "encrypted", "raw"} {
				q, _ := r.Queues.Get(name)
				n[i] = len(q.Messages)
			}
		})
		return fmt.Sprint(n)
	}
	publish("other")
	equal(t, "of another topic", counts(), "[0 0 0]")
	publish("t")
	equal(t, "without the key", counts(), "[1 0 1]")
	keyPolicy := f.resourcePolicy(`{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": "*"}`)
	f.do(func(s *awssim.State) { s.KeyPolicies.Put(key, keyPolicy) })
	publish("t")
	equal(t, "with the key", counts(), "[2 1 2]")
	f.in(primary, func(r *awssim.Region) {
		raw, _ := r.Queues.Get("raw")
		equal(t, "raw", raw.Messages[0].Body, `m "x"`)
		plain, _ := r.Queues.Get("plain")
		equal(t, "envelope", strings.Contains(plain.Messages[0].Body, `"Message":"m \"x\""`), true)
		topic, _ := r.Topics.Get("arn:aws:sns:us-east-1:123456789012:t")
		equal(t, "email", len(topic.Subscriptions[3].Delivered), 2)
		equal(t, "unconfirmed", len(topic.Subscriptions[4].Delivered), 0)
		equal(t, "why not", len(topic.Subscriptions[1].Failed), 1)
	})
}

func TestItems(t *testing.T) {
	f := newUnserved(t)
	f.in(primary, func(r *awssim.Region) { r.CreateItemTable(awssim.ItemTable{Name: "order", HashKey: "id"}) })
	call := func(operation string, input map[string]any) (map[string]any, error) {
		input["TableName"] = "order"
		return f.doCall(endpoint.Request{Service: "dynamodb", Operation: operation, Input: input})
	}
	item := func(at, rank string) map[string]any {
		return map[string]any{"id": map[string]any{"S": "a"}, "eventTime": map[string]any{"N": at}, "stateRank": map[string]any{"N": rank}}
	}
	put := func(at, rank string) error {
		_, err := call("PutItem", map[string]any{
			"Item":                      item(at, rank),
			"ConditionExpression":       "attribute_not_exists(id) OR eventTime < :at OR eventTime = :at AND stateRank < :rank",
			"ExpressionAttributeValues": map[string]any{":at": map[string]any{"N": at}, ":rank": map[string]any{"N": rank}},
		})
		return err
	}
	for _, c := range []struct {
		at, rank string
		ok       bool
	}{{"100", "1", true}, {"100", "1", false}, {"99", "9", false}, {"100", "2", true}, {"1e3", "0", true}, {"200", "5", false}} {
		if err := put(c.at, c.rank); (err == nil) != c.ok {
			t.Errorf("%v: got %v", c, err)
		}
	}
	got := must(call("GetItem", map[string]any{"Key": map[string]any{"id": map[string]any{"S": "a"}}}))(t)
	equal(t, "item", got["Item"].(map[string]any)["eventTime"].(map[string]any)["N"].(string), "1e3")
	equal(t, "no item", len(must(call("GetItem", map[string]any{"Key": map[string]any{"id": map[string]any{"S": "b"}}}))(t)), 0)
	remove := map[string]any{
		"Key": map[string]any{"id": map[string]any{"S": "a"}}, "ConditionExpression": "NOT (#t <> :t) and begins_with(id, :p)",
		"ExpressionAttributeNames":  map[string]any{"#t": "eventTime"},
		"ExpressionAttributeValues": map[string]any{":t": map[string]any{"N": "1000.0"}, ":p": map[string]any{"S": "a"}},
	}
	must(call("DeleteItem", remove))(t)
	_, err := call("DeleteItem", remove)
	f.wantRefusal(err, "ConditionalCheckFailedException")
	for _, expression := range []string{"id =", "id ! :p", "(id = :p", "id = :none", "#none = :p", "id = :p id", "attribute_exists id", "begins_with(id)"} {
		remove["ConditionExpression"] = expression
		_, err := call("DeleteItem", remove)
		f.wantRefusal(err, "ValidationException")
	}
	_, err = call("PutItem", map[string]any{"Item": map[string]any{"x": map[string]any{"S": "a"}}})
	f.wantRefusal(err, "ValidationException")
}

func TestAsynchronousInvocations(t *testing.T) {
	tests := []struct {
		name         string
		config       awssim.AsyncInvoke
		failures     int
		calls        int
		deadLettered int
	}{
		{"succeeds", awssim.AsyncInvoke{Retries: 2, MaxAge: time.Hour}, 0, 1, 0},
		{"succeeds in the end", awssim.AsyncInvoke{Retries: 2, MaxAge: time.Hour}, 2, 3, 0},
		{"fails for good", awssim.AsyncInvoke{Retries: 2, MaxAge: time.Hour}, 9, 3, 1},
		{"is not retried", awssim.AsyncInvoke{MaxAge: time.Hour}, 9, 1, 1},
		{"is too old", awssim.AsyncInvoke{Retries: 2, MaxAge: 90 * time.Second}, 9, 2, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newUnserved(t)
				calls := 0
				sendOnly := f.policy("Send", `{"Statement": {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:dead"}}`)
				f.do(func(s *awssim.State) {
					role := s.CreateRole(awssim.Role{Name: "f", Policies: []*iam.Policy{sendOnly}})
					r := s.Region(primary)
					dead := r.CreateQueue(awssim.Queue{Name: "dead"})
					tt.config.OnFailure = dead.ARN
					r.CreateFunction(awssim.Function{
						Name: "f", Role: role.ARN, Async: map[string]awssim.AsyncInvoke{"live": tt.config},
						Invoke: func(context.Context, string, []byte) (awssim.InvokeResult, error) {
							if calls++; calls <= tt.failures {
								return awssim.InvokeResult{FunctionError: "Unhandled", Payload: []byte(`{"errorMessage":"no"}`)}, nil
							}
							return awssim.InvokeResult{Payload: []byte("null")}, nil
						},
					})
					r.PublishVersion("f")
					r.PutAlias("f", awssim.Alias{Name: "live", Version: "1"})
				})
				if _, err := f.handler.Do(t.Context(), endpoint.Request{
					Region: primary, Service: "lambda", Operation: "Invoke", Caller: f.operator, Input: map[string]any{"FunctionName": "f:live"},
					Header: map[string][]string{"X-Amz-Invocation-Type": {"Event"}}, Body: []byte(`{"a":1}`),
				}); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Hour)
				synctest.Wait()
				equal(t, "calls", calls, tt.calls)
				f.in(primary, func(r *awssim.Region) {
					q, _ := r.Queues.Get("dead")
					equal(t, "dead letters", len(q.Messages), tt.deadLettered)
					if tt.deadLettered > 0 && !strings.Contains(q.Messages[0].Body, `"requestPayload":{"a":1}`) {
						t.Errorf("got %s", q.Messages[0].Body)
					}
				})
				f.handler.Close()
			})
		})
	}
}

func TestInstances(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newUnserved(t)
		f.in(primary, func(r *awssim.Region) { r.Launch("i-1", []awssim.Tag{{Key: "Recovery", Value: "yes"}}) })
		call := func(operation string, input map[string]any) (map[string]any, error) {
			return f.doCall(endpoint.Request{Service: "ec2", Operation: operation, Input: input})
		}
		state := func() string {
			out := must(call("DescribeInstances", map[string]any{"InstanceIds": []any{"i-1"}}))(t)
			return out["Reservations"].([]any)[0].(map[string]any)["Instances"].([]any)[0].(map[string]any)["State"].(map[string]any)["Name"].(string)
		}
		online := func() int {
			out := must(f.doCall(endpoint.Request{Service: "ssm", Operation: "DescribeInstanceInformation"}))(t)
			return len(out["InstanceInformationList"].([]any))
		}
		equal(t, "state", state(), "pending")
		time.Sleep(awssim.InstanceChangeTime)
		equal(t, "state", state(), "running")
		equal(t, "agent", online(), 0)
		time.Sleep(awssim.AgentStartTime)
		equal(t, "agent", online(), 1)
		equal(t, "stopping", must(call("StopInstances", map[string]any{"InstanceIds": []any{"i-1"}}))(t)["StoppingInstances"] != nil, true)
		_, err := call("StartInstances", map[string]any{"InstanceIds": []any{"i-1"}})
		f.wantRefusal(err, "IncorrectInstanceState")
		equal(t, "agent", online(), 0)
		time.Sleep(awssim.InstanceChangeTime)
		equal(t, "filtered", len(must(call("DescribeInstances", map[string]any{"Filters": []any{map[string]any{"Name": "instance-state-name", "Values": []any{"running"}}}}))(t)["Reservations"].([]any)), 0)
		equal(t, "by tag", len(must(call("DescribeInstances", map[string]any{"Filters": []any{map[string]any{"Name": "tag:Recovery", "Values": []any{"yes"}}}}))(t)["Reservations"].([]any)), 1)
		must(call("TerminateInstances", map[string]any{"InstanceIds": []any{"i-1"}}))(t)
		time.Sleep(awssim.InstanceChangeTime)
		_, err = call("StartInstances", map[string]any{"InstanceIds": []any{"i-1"}})
		f.wantRefusal(err, "IncorrectInstanceState")
		_, err = call("StartInstances", map[string]any{"InstanceIds": []any{"i-2"}})
		f.wantRefusal(err, "InvalidInstanceID.NotFound")
		_, err = call("StartInstances", map[string]any{})
		f.wantRefusal(err, "MissingParameter")
		_, err = call("DescribeInstances", map[string]any{"Filters": []any{map[string]any{"Name": "vpc-id", "Values": []any{"x"}}}})
		f.wantRefusal(err, "InvalidParameterValue")
		f.handler.Close()
	})
}

func TestAssumeRole(t *testing.T) {
	f := newUnserved(t)
	trust := func(principal string) *iam.Policy {
		var doc any
		if err := json.Unmarshal([]byte(`{"Statement": {"Effect": "Allow", "Principal": {"AWS": "`+principal+`"}, "Action": "sts:AssumeRole"}}`), &doc); err != nil {
			t.Fatal(err)
		}
		return must(iam.Parse(iam.Trust, "trust", doc))(t)
	}
	f.do(func(s *awssim.State) {
		s.CreateRole(awssim.Role{Name: "mine", Trust: trust("arn:aws:iam::123456789012:root")})
		s.CreateRole(awssim.Role{Name: "theirs", Trust: trust("arn:aws:iam::210987654321:root")})
	})
	assume := func(role string) (map[string]any, error) {
		return f.doCall(endpoint.Request{Service: "sts", Operation: "AssumeRole", Input: map[string]any{"RoleArn": "arn:aws:iam::123456789012:role/" + role, "RoleSessionName": "s"}})
	}
	out := must(assume("mine"))(t)
	equal(t, "session", out["AssumedRoleUser"].(map[string]any)["Arn"].(string), "arn:aws:sts::123456789012:assumed-role/mine/s")
	for _, role := range []string{"theirs", "none"} {
		_, err := assume(role)
		f.wantRefusal(err, "AccessDenied")
	}
}
