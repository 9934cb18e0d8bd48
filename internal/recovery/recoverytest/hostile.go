package recoverytest

import "strings"

// Hostile are strings that somebody might name a resource or an event with to make a machine do something: for shells, for
// JSON, for input transformers of EventBridge, for documents of Systems Manager, for DNS, for logs and for CDK.
var Hostile = []string{
	"", "$(touch /tmp/owned)", "`touch /tmp/owned`", "; rm -rf /", "| sh", "&& sh", "\nsh\n", "-rf", "--help", "%s%n", "../../etc/passwd",
	`"`, `\`, `\"`, `"}`, `"],"AutomationAssumeRole":["arn:aws:iam::666666666666:role/owned`, `'; DROP TABLE x; --`, "'", "{", "[]",
	"<instance>", "<aws.events.event>", "$.detail", "{{ global:DATE_TIME }}", "{{InstanceId}}", "{recovery-resource-id}", "${Token[TOKEN.1]}",
	"evil.example.net", "evil.example.net/", "a.evil.example.net.", "*", "\x00", "\x1b[2J", "\r\nSet-Cookie: a=b", "\u202egnp.exe", "é", "日本語", "😀", "\ufeff",
	strings.Repeat("A", 70000),
}
