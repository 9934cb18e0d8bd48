package eventbridge_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/rehearsal/eventbridge"
)

// event is the one that the user guide transforms, with more in it.
var event = awssim.Event{
	ID: "7bf73129-1428-4cd3-a780-95db273d1602", DetailType: "EC2 Instance State-change Notification", Source: "aws.ec2",
	Account: "123456789012", Region: "us-east-1", Resources: []string{"arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111"},
	Time: time.Date(2015, 11, 11, 21, 29, 54, 0, time.UTC), Ingested: time.Date(2015, 11, 11, 21, 29, 55, 0, time.UTC),
	Detail: json.RawMessage(`{"instance-id":"i-0123456789","state":"RUNNING","n":1.50,"big":12345678901234567890,"yes":true,"none":null,` +
		`"list":["a","b"],"map":{"k":"v"},"items":[{"id":1},{"id":2}],"hostile":"x\"],\"y\":[\"z","html":"<b>&"}`),
}

var rule = awssim.EventRule{Name: "example", ARN: "arn:aws:events:us-east-1:123456789012:rule/example"}

func TestTransform(t *testing.T) {
	paths := map[string]string{
		"instance": "$.detail.instance-id", "state": "$.detail.state", "n": "$.detail.n", "big": "$.detail.big", "yes": "$.detail.yes",
		"null": "$.detail.none", "list": "$.detail.list", "first": "$.detail.list[0]", "map": "$.detail.map", "ids": "$.detail.items[*].id",
		"none": "$.detail.absent", "deep": "$.detail.absent.more", "hostile": "$.detail.hostile", "html": "$.detail.html", "all": "$",
	}
	tests := []struct{ name, template, want string }{
		{"text", `"instance <instance> is in <state>"`, `"instance i-0123456789 is in RUNNING"`},
		{"lines", "\"instance <instance>\"\n\"is in <state>\"", "\"instance i-0123456789\"\n\"is in RUNNING\""},
		{"members without quotes", `{"instance": <instance>, "state": <state>}`, `{"instance": "i-0123456789", "state": "RUNNING"}`},
		{"members with quotes", `{"instance": "<instance>", "state": "<state>"}`, `{"instance": "i-0123456789", "state": "RUNNING"}`},
		{"within a member", `{"text": "say \"<state>\" <n>"}`, `{"text": "say \"RUNNING\" 1.50"}`},
		{"the document's example", `{"InstanceId": [<instance>]}`, `{"InstanceId": ["i-0123456789"]}`},
		{"numbers stay as they are written", `{"n": <n>, "big": <big>, "yes": <yes>}`, `{"n": 1.50, "big": 12345678901234567890, "yes": true}`},
		{"list", `{"list": <list>}`, `{"list": ["a","b"]}`},
		{"list in a text", `"list <list>"`, `"list [a,b]"`},
		{"object", `{"map": <map>}`, `{"map": {"k":"v"}}`},
		{"object in a text", `"map <map>"`, `"map {k:v}"`},
		{"element", `{"first": <first>}`, `{"first": "a"}`},
		{"wildcard", `{"ids": <ids>}`, `{"ids": [1,2]}`},
		{"missing in a text", `"none <none>, <deep>."`, `"none , ."`},
		{"missing outside", `{"none": <none>}`, `{"none": ""}`},
		{"null", `{"null": <null>}`, `{"null": ""}`},
		{"values are not escaped", `{"x": [<hostile>]}`, `{"x": ["x"],"y":["z"]}`},
		{"nor HTML", `{"x": <html>}`, `{"x": "<b>&"}`},
		{"what looks like a variable in a value is none", `"<html><state>"`, `"<b>&RUNNING"`},
		{"rule", `{"r": <aws.events.rule-arn>, "n": "<aws.events.rule-name> triggered"}`, `{"r": "` + rule.ARN + `", "n": "example triggered"}`},
		{"time", `{"t": <aws.events.event.ingestion-time>}`, `{"t": "2015-11-11T21:29:55Z"}`},
		{"escaped backslash before the end of a text", `{"a": "\\", "b": <state>}`, `{"a": "\\", "b": "RUNNING"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := eventbridge.Transform(awssim.InputTransformer{Paths: paths, Template: tt.template}, rule, event)
			if err != nil || got != tt.want {
				t.Errorf("got %s, %v; want %s", got, err, tt.want)
			}
		})
	}
}

func TestTransformTheWholeEvent(t *testing.T) {
	got, err := eventbridge.Transform(awssim.InputTransformer{Template: `{"e": <aws.events.event>, "j": <aws.events.event.json>}`}, rule, event)
	var parsed struct{ E, J map[string]any }
	if err != nil || json.Unmarshal([]byte(got), &parsed) != nil {
		t.Fatalf("got %s, %v", got, err)
	}
	if _, ok := parsed.E["detail"]; ok || parsed.E["id"] != event.ID {
		t.Errorf("the event is %v", parsed.E)
	}
	if parsed.J["detail"].(map[string]any)["state"] != "RUNNING" {
		t.Errorf("the event's JSON is %v", parsed.J)
	}
}

func TestCheckTransformer(t *testing.T) {
	tests := []struct {
		transformer awssim.InputTransformer
		want        string
	}{
		{awssim.InputTransformer{Paths: map[string]string{"a": "$.detail.a-b_c[0]"}, Template: `"<a> <aws.events.rule-name>"`}, ""},
		{awssim.InputTransformer{Paths: map[string]string{"a": "$.a"}, Template: `"<b>"`}, "placeholder <b>, which InputPathsMap does not have"},
		{awssim.InputTransformer{Paths: map[string]string{"a b": "$.a"}, Template: `"x"`}, `variable "a b" must consist of`},
		{awssim.InputTransformer{Paths: map[string]string{"aws-x": "$.a"}, Template: `"x"`}, "not begin with AWS"},
		{awssim.InputTransformer{Paths: map[string]string{"a": "detail.a"}, Template: `"x"`}, `JSON path "detail.a" must be`},
		{awssim.InputTransformer{Paths: map[string]string{"a": "$..a"}, Template: `"x"`}, "JSON path"},
		{awssim.InputTransformer{Paths: map[string]string{"a": "$['a']"}, Template: `"x"`}, "JSON path"},
		{awssim.InputTransformer{Template: ""}, "1 to 8192 characters, got 0"},
		{awssim.InputTransformer{Template: strings.Repeat("x", 8193)}, "got 8193"},
	}
	for _, tt := range tests {
		err := eventbridge.CheckTransformer(tt.transformer)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: got %v, want %q", tt.transformer, err, tt.want)
		}
	}
}
