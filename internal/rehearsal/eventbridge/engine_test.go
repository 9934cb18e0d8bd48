package eventbridge_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
	"github.com/warmstandby/warmstandby/internal/awssim/iam/iamtest"
	"github.com/warmstandby/warmstandby/internal/rehearsal/eventbridge"
)

func TestDeliversToQueue(t *testing.T) {
	inWorld(t, func(w *world) {
		w.in(func(r *awssim.Region) {
			r.CreateQueue(awssim.Queue{Name: "inbox", Policy: w.resource(`{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"},
				"Action": "sqs:SendMessage", "Resource": "*", "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:events:us-east-2:123456789012:rule/` + bus + `/good"}}}`)})
		})
		w.rule("good", awssim.EventTarget{ARN: "arn:aws:sqs:us-east-2:123456789012:inbox", InputPath: "$.detail.x"})
		w.rule("other", awssim.EventTarget{ARN: "arn:aws:sqs:us-east-2:123456789012:inbox", Input: `{"constant":1}`})
		w.put("io.arpio", `{"x":{"a":[1.0]}}`)
		w.put("io.other", `{}`)
		w.want("messages", len(w.messages("inbox")), 1)
		w.want("body", w.messages("inbox")[0].Body, `{"a":[1.0]}`)
		w.want("matched", w.metric("MatchedEvents", "good"), 1)
		dead := w.messages("dead")
		w.want("dead letters", len(dead), 1) // the queue lets the other rule do nothing
		w.want("code", dead[0].Attributes["ERROR_CODE"], "NO_PERMISSIONS")
		w.want("rule", dead[0].Attributes["RULE_ARN"], "arn:aws:events:us-east-2:123456789012:rule/"+bus+"/other")
		w.want("target", dead[0].Attributes["TARGET_ARN"], "arn:aws:sqs:us-east-2:123456789012:inbox")
		w.want("retries", dead[0].Attributes["RETRY_ATTEMPTS"], "0")
		w.want("condition", dead[0].Attributes["EXHAUSTED_RETRY_CONDITION"], "")
		w.want("why", strings.Contains(dead[0].Attributes["ERROR_MESSAGE"], "sqs:SendMessage"), true)
		var event map[string]any
		if err := json.Unmarshal([]byte(dead[0].Body), &event); err != nil || event["source"] != "io.arpio" {
			t.Errorf("the dead letter is %s", dead[0].Body)
		}
		w.want("failed", w.metric("FailedInvocations", "other"), 1)
		w.want("sent", w.metric("InvocationsSentToDlq", "other"), 1)
	})
}

// Whatever cannot be called is given up at once, with its code.
func TestGivesUp(t *testing.T) {
	trust := `{"Effect": "Allow", "Principal": {"Service": "%s"}, "Action": "sts:AssumeRole"}`
	tests := []struct {
		name   string
		target awssim.EventTarget
		detail string
		code   string
	}{
		{"queue that does not exist", awssim.EventTarget{ARN: "arn:aws:sqs:us-east-2:123456789012:none", Role: "good"}, `{}`, "NO_RESOURCE"},
		{"function that does not exist", awssim.EventTarget{ARN: "arn:aws:lambda:us-east-2:123456789012:function:none", Role: "good"}, `{}`, "NO_RESOURCE"},
		{"another account", awssim.EventTarget{ARN: "arn:aws:sqs:us-east-2:210987654321:q"}, `{}`, "NO_RESOURCE"},
		{"role that does not exist", awssim.EventTarget{ARN: "arn:aws:sqs:us-east-2:123456789012:dead", Role: "none"}, `{}`, "FAILED_TO_ASSUME_ROLE"},
		{"role that trusts another service", awssim.EventTarget{ARN: "arn:aws:sqs:us-east-2:123456789012:dead", Role: "foreign"}, `{}`, "FAILED_TO_ASSUME_ROLE"},
		{"role without permission", awssim.EventTarget{ARN: "arn:aws:sns:us-east-2:123456789012:topic", Role: "weak"}, `{}`, "NO_PERMISSIONS"},
		{
			"automation without lists",
			awssim.EventTarget{ARN: "arn:aws:ssm:us-east-2:123456789012:automation-definition/doc:$DEFAULT", Role: "good", Input: `{"InstanceId": "i-1"}`},
			`{}`, "INVALID_PARAMETER",
		},
		{
			"broken JSON for a function",
			awssim.EventTarget{ARN: "arn:aws:lambda:us-east-2:123456789012:function:f", Transformer: &awssim.InputTransformer{
				Paths: map[string]string{"x": "$.detail.x"}, Template: `{"x": <x>}`,
			}},
			`{"x": "a quotation mark: \""}`, "INVALID_PARAMETER",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.cloud.Do(func(s *awssim.State) {
					everything := iamtest.Policy(w, iam.Identity, `{"Effect": "Allow", "Action": "*", "Resource": "*"}`)
					events, lambda := iamtest.Policy(w, iam.Trust, fmt.Sprintf(trust, "events.amazonaws.com")), iamtest.Policy(w, iam.Trust, fmt.Sprintf(trust, "lambda.amazonaws.com"))
					s.CreateRole(awssim.Role{Name: "good", Policies: []*iam.Policy{everything}, Trust: events})
					s.CreateRole(awssim.Role{Name: "weak", Trust: events})
					s.CreateRole(awssim.Role{Name: "foreign", Policies: []*iam.Policy{everything}, Trust: lambda})
				})
				if tt.target.Role != "" {
					tt.target.Role = "arn:aws:iam::123456789012:role/" + tt.target.Role
				}
				w.rule("r", tt.target)
				w.put("io.arpio", tt.detail)
				dead := w.messages("dead")
				if len(dead) != 1 || dead[0].Attributes["ERROR_CODE"] != tt.code || dead[0].Attributes["RETRY_ATTEMPTS"] != "0" {
					t.Errorf("got %v, want %s", dead, tt.code)
				}
			})
		})
	}
}

func TestDeadLetterQueueThatRefuses(t *testing.T) {
	inWorld(t, func(w *world) {
		w.rule("r", awssim.EventTarget{ARN: "arn:aws:sqs:us-east-2:123456789012:none"})
		w.in(func(r *awssim.Region) { r.CreateQueue(awssim.Queue{Name: "dead"}) })
		w.put("io.arpio", `{}`)
		w.want("failed to be sent", w.metric("InvocationsFailedToBeSentToDlq", "r"), 1)
		w.want("sent", w.metric("InvocationsSentToDlq", "r"), 0)
	})
}

func TestLogs(t *testing.T) {
	inWorld(t, func(w *world) {
		w.in(func(r *awssim.Region) {
			r.CreateLogGroup(awssim.LogGroup{Name: "/aws/events/all"})
			r.LogPolicies.Put("p", w.resource(`{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"},
				"Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "arn:aws:logs:us-east-2:123456789012:log-group:/aws/events/all:*"}`))
		})
		w.rule("r", awssim.EventTarget{ARN: "arn:aws:logs:us-east-2:123456789012:log-group:/aws/events/all"})
		w.put("io.arpio", `{"a":1}`)
		w.in(func(r *awssim.Region) {
			g, _ := r.LogGroups.Get("/aws/events/all")
			if len(g.Events) != 1 || !strings.Contains(g.Events[0].Message, `"detail":{"a":1}`) {
				t.Errorf("got %v", g.Events)
			}
			r.LogPolicies.Delete("p")
		})
		w.put("io.arpio", `{}`)
		w.want("dead letters without the policy", len(w.messages("dead")), 1)
	})
}

func TestArchiveAndReplay(t *testing.T) {
	inWorld(t, func(w *world) {
		w.in(func(r *awssim.Region) {
			r.CreateQueue(awssim.Queue{Name: "inbox", Policy: w.resource(`{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"}`)})
			b, _ := r.FindEventBus(bus)
			r.CreateArchive(awssim.Archive{Name: "a", BusARN: b.ARN, Pattern: `{"source":["io.arpio"]}`})
		})
		w.rule("all", awssim.EventTarget{ARN: "arn:aws:sqs:us-east-2:123456789012:inbox"})
		w.rule("second", awssim.EventTarget{ARN: "arn:aws:sqs:us-east-2:123456789012:inbox"})
		began := w.cloud.Now()
		for range 3 {
			w.put("io.arpio", `{}`)
			time.Sleep(time.Minute)
		}
		w.put("io.other", `{}`)
		w.want("messages", len(w.messages("inbox")), 6)
		var rule awssim.EventRule
		w.in(func(r *awssim.Region) {
			a, _ := r.Archives.Get("a")
			w.want("archived", len(a.Events), 3)
			rule, _ = r.EventRules.Get(awssim.EventRuleKey(bus, "second"))
			r.CreateReplay(awssim.Replay{
				Name: "again", ArchiveARN: a.ARN, BusARN: a.BusARN, From: began.Add(time.Second), To: began.Add(time.Hour), Rules: []string{rule.ARN},
			})
		})
		w.cloud.Replay(region, "again")
		synctest.Wait()
		messages := w.messages("inbox")
		w.want("messages after the replay, which leaves out the first event", len(messages), 8)
		w.want("name of the replay", strings.Contains(messages[7].Body, `"replay-name":"again"`), true)
		w.in(func(r *awssim.Region) {
			a, _ := r.Archives.Get("a")
			w.want("archived after the replay", len(a.Events), 3)
			p, _ := r.Replays.Get("again")
			w.want("status", p.Status, "COMPLETED")
		})
	})
}

// Hostile contents come through as they are, in the event, and are never taken for more than that.
func TestHostileContent(t *testing.T) {
	inWorld(t, func(w *world) {
		w.in(func(r *awssim.Region) {
			r.CreateQueue(awssim.Queue{Name: "inbox", Policy: w.resource(`{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"}`)})
		})
		w.rule("r", awssim.EventTarget{ARN: "arn:aws:sqs:us-east-2:123456789012:inbox", InputPath: "$.detail"})
		for i, text := range []string{"\x00\x1f", "</script>", `"}],"source":"x`, strings.Repeat("[", 900), strings.Repeat("x", 900_000), "\u202e\ufeff", `\u0000`, "<aws.events.event>"} {
			detail, err := json.Marshal(map[string]string{text[:min(len(text), 10)]: text})
			if err != nil {
				t.Fatal(err)
			}
			w.put("io.arpio", string(detail))
			var got map[string]string
			messages := w.messages("inbox")
			if len(messages) != i+1 || json.Unmarshal([]byte(messages[i].Body), &got) != nil || got[text[:min(len(text), 10)]] != text {
				t.Errorf("%.20q: not delivered as it is", text)
			}
		}
	})
}

func TestCheckTarget(t *testing.T) {
	const rule = "arn:aws:events:us-east-2:123456789012:rule/b/r"
	for target, want := range map[string]string{
		"arn:aws:ssm:us-east-2:123456789012:document/doc":                   "is a document",
		"arn:aws:ssm:us-east-2:123456789012:automation-definition/doc:1":    "RoleArn is required",
		"arn:aws:kinesis:us-east-2:123456789012:stream/s":                   "are not simulated",
		"arn:aws:sqs:us-east-1:123456789012:q":                              "another account or Region",
		"queue":                                                             "is no ARN",
		"arn:aws:sqs:us-east-2:123456789012:q":                              "",
		"arn:aws:lambda:us-east-2:123456789012:function:f:live":             "",
		"arn:aws:logs:us-east-2:123456789012:log-group:/aws/events/arpio:*": "",
	} {
		err := eventbridge.CheckTarget(target, rule, "")
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", target, err, want)
		}
	}
}
