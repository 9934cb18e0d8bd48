package iam_test

import (
	"fmt"
	"testing"

	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// TestConditions evaluates a statement that allows under one condition. The rows follow "IAM JSON policy elements: Condition
// operators" and "Set operators for multivalued context keys" of the IAM user guide.
func TestConditions(t *testing.T) {
	type keys = map[string][]string
	const key = "aws:K"
	one := func(values ...string) keys { return keys{key: values} }
	rows := []struct {
		operator string
		values   string // JSON
		context  keys
		want     bool
	}{
		{"StringEquals", `"a"`, one("a"), true},
		{"StringEquals", `"a"`, one("A"), false},
		{"StringEquals", `["a", "b"]`, one("b"), true},
		{"StringEquals", `"a*"`, one("ab"), false},
		{"StringEquals", `"a*"`, one("a*"), true},
		{"StringEquals", `"a"`, nil, false},
		{"StringEquals", `"a"`, one(), false},
		{"StringEquals", `[]`, one("a"), false},
		{"StringEquals", `5`, one("5"), true},
		{"StringEquals", `"a"`, keys{"AWS:k": {"a"}}, true},
		{"StringEquals", `"a"`, keys{"AWS:k": {"b"}, "aws:K": {"a"}}, true},
		{"StringNotEquals", `"a"`, one("b"), true},
		{"StringNotEquals", `["a", "b"]`, one("b"), false},
		{"StringNotEquals", `"a"`, nil, true},
		{"StringNotEquals", `"a"`, one("b", "a"), false},
		{"StringEqualsIfExists", `"a"`, nil, true},
		{"StringEqualsIfExists", `"a"`, one("b"), false},
		{"StringEqualsIgnoreCase", `"Straße"`, one("sTRAßE"), true},
		{"StringEqualsIgnoreCase", `"a"`, one("b"), false},
		{"StringNotEqualsIgnoreCase", `"a"`, one("A"), false},
		{"StringLike", `"home/*"`, one("home/"), true},
		{"StringLike", `"home/*"`, one("Home/"), false},
		{"StringLike", `"?"`, one("ü"), true},
		{"StringLike", `"?"`, one("ab"), false},
		{"StringLike", `"*a?c*"`, one("xxabaac"), true},
		{"StringLike", `"*a?c*"`, one("xxabab"), false},
		{"StringLike", `"${*}${?}${$}*"`, one("*?$x"), true},
		{"StringLike", `"${*}"`, one("x"), false},
		{"StringLike", `"x${aws:username}*"`, one("xAnn!"), true},
		{"StringLike", `"${aws:none}"`, one("x"), false},
		{"StringLike", `["${aws:none}", "x"]`, one("x"), true},
		{"StringNotLike", `"${aws:none}"`, one("x"), false},
		{"StringNotLike", `"a*"`, one("b"), true},
		{"StringEquals", `"${aws:none, 'it, really'}"`, one("it, really"), true},
		{"StringEquals", `"${aws:many}"`, keys{key: {"x"}, "aws:many": {"x", "y"}}, false},

		{"ArnEquals", `"arn:aws:sns:*:123456789012:topic"`, one("arn:aws:sns:us-east-1:123456789012:topic"), true},
		{"ArnLike", `"arn:aws:sns:*:*:topic"`, nil, false},
		{"StringEquals", `123456789012`, one("123456789012"), true},
		{"ArnLike", `"arn:aws:sns:*:*:a:b"`, one("arn:aws:sns:us-east-1:1:a:b"), true},
		{"ArnLike", `"arn:aws:sns:*:1:a"`, one("arn:aws:sns:x:2:1:a"), false},
		{"ArnLike", `"arn:aws:sns:*:*:*"`, one("no ARN"), false},
		{"ArnNotLike", `"arn:aws:sns:*:*:*"`, one("no ARN"), true},
		{"ArnNotEquals", `"arn:aws:sns:*:*:*"`, one("arn:aws:sns:us-east-1:1:a"), false},
		{"ArnLike", `"arn:aws:iam::${aws:PrincipalAccount}:user/*"`, one("arn:aws:iam::123456789012:user/x"), true},
		{"ArnLike", `"arn:aws:iam::${aws:none}:user/*"`, one("arn:aws:iam::1:user/x"), false},
		{"ArnNotLike", `"arn:aws:iam::${aws:none}:user/*"`, one("arn:aws:iam::1:user/x"), false},

		{"NumericEquals", `"10"`, one("1e1"), true},
		{"NumericEquals", `10`, one("10.0"), true},
		{"NumericEquals", `"10"`, one("ten"), false},
		{"NumericNotEquals", `["1", "2"]`, one("2"), false},
		{"NumericNotEquals", `"1"`, one("2"), true},
		{"NumericLessThan", `"10"`, one("10"), false},
		{"NumericLessThan", `"10"`, one("-10"), true},
		{"NumericLessThanEquals", `"10"`, one("10"), true},
		{"NumericGreaterThan", `"10"`, one("10"), false},
		{"NumericGreaterThanEquals", `"10"`, one("10"), true},
		{"NumericGreaterThanEqualsIfExists", `"10"`, nil, true},

		{"DateEquals", `"2026-01-02T03:04:05Z"`, one("2026-01-02T04:04:05+01:00"), true},
		{"DateEquals", `"2026-01-02T03:04Z"`, one("1767323040"), true},
		{"DateEquals", `"2026"`, one("2026-01-01"), true},
		{"DateEquals", `"2026-02"`, one("2026-02-01T00:00:00.000Z"), true},
		{"DateEquals", `"2026"`, one("today"), false},
		{"DateNotEquals", `"2026"`, one("2026-01-01T00:00:01Z"), true},
		{"DateLessThan", `"2026"`, one("2025-12-31T23:59:59Z"), true},
		{"DateLessThanEquals", `"2026"`, one("2026"), true},
		{"DateGreaterThan", `"2026"`, one("2026"), false},
		{"DateGreaterThanEquals", `1767225600`, one("2026"), true},

		{"Bool", `"true"`, one("True"), true},
		{"Bool", `false`, one("false"), true},
		{"Bool", `"false"`, one("true"), false},
		{"Bool", `"true"`, nil, false},
		{"BoolIfExists", `"true"`, nil, true},
		{"Bool", `"${aws:PrincipalIsAWSService}"`, one("false"), true},

		{"BinaryEquals", `"QmluYXJ5"`, one("QmluYXJ5"), true},
		{"BinaryEquals", `"QmluYXJ5"`, one("Binary"), false},

		{"IpAddress", `"203.0.113.0/24"`, one("203.0.113.255"), true},
		{"IpAddress", `"203.0.113.7"`, one("203.0.113.8"), false},
		{"IpAddress", `["203.0.113.7", "2001:DB8:1234:5678::/64"]`, one("2001:db8:1234:5678::1"), true},
		{"IpAddress", `"203.0.113.7/24"`, one("::ffff:203.0.113.9"), true},
		{"IpAddress", `"203.0.113.0/24"`, one("here"), false},
		{"NotIpAddress", `"203.0.113.0/24"`, one("198.51.100.1"), true},
		{"NotIpAddress", `"203.0.113.0/24"`, one("203.0.113.1"), false},

		{"Null", `"true"`, nil, true},
		{"Null", `"true"`, one("x"), false},
		{"Null", `"true"`, one(), true},
		{"Null", `"false"`, one("x"), true},
		{"Null", `false`, nil, false},

		{"ForAllValues:StringEquals", `["a", "b", "c"]`, one("a", "c"), true},
		{"ForAllValues:StringEquals", `["a", "b", "c"]`, one("a", "d"), false},
		{"ForAllValues:StringEquals", `"a"`, nil, true},
		{"ForAllValues:StringEquals", `"a"`, one(""), true},
		{"ForAllValues:StringNotEquals", `"a"`, one("b", "a"), false},
		{"ForAllValues:StringNotEquals", `"a"`, one("b", "c"), true},
		{"ForAnyValue:StringEquals", `["a", "b"]`, one("x", "b"), true},
		{"ForAnyValue:StringEquals", `["a", "b"]`, one("x"), false},
		{"ForAnyValue:StringEquals", `"a"`, nil, false},
		{"ForAnyValue:StringEquals", `""`, one(""), false},
		{"ForAnyValue:StringNotEquals", `"a"`, one("a", "b"), true},
		{"ForAnyValue:StringNotEquals", `"a"`, one("a"), false},
		{"ForAnyValue:StringNotEquals", `"a"`, nil, false},
		{"ForAnyValue:StringLikeIfExists", `"a*"`, nil, true},
		{"ForAllValues:ArnLike", `"arn:aws:sns:*:*:*"`, one("arn:aws:sns:a:1:b", "no ARN"), false},
	}
	for _, row := range rows {
		t.Run(fmt.Sprintf("%s %s %v", row.operator, row.values, row.context[key]), func(t *testing.T) {
			p := parse(t, iam.Identity, fmt.Sprintf(
				`{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {%q: {%q: %s}}}`, row.operator, key, row.values,
			))
			d := iam.Decide(iam.Request{
				Principal: ann, Action: "s3:GetObject", Resource: "*", Context: row.context, Identity: []*iam.Policy{p},
			})
			if d.Allowed != row.want {
				t.Errorf("got %t, want %t", d.Allowed, row.want)
			}
		})
	}
}

// TestConditionsTogether has the AND of operators and keys, and the condition under which the application's functions connect
// to their database.
func TestConditionsTogether(t *testing.T) {
	p := parse(t, iam.Identity, `{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {
		"StringEquals": {"aws:A": "a", "aws:B": ["b", "c"]},
		"Null": {"lambda:SourceFunctionArn": "true"}}}`)
	rows := []struct {
		context map[string][]string
		want    bool
	}{
		{map[string][]string{"aws:A": {"a"}, "aws:B": {"c"}}, true},
		{map[string][]string{"aws:A": {"a"}, "aws:B": {"d"}}, false},
		{map[string][]string{"aws:A": {"a"}}, false},
		{map[string][]string{"aws:A": {"a"}, "aws:B": {"c"}, "lambda:sourceFunctionARN": {"arn"}}, false},
	}
	for _, row := range rows {
		d := iam.Decide(iam.Request{
			Principal: ann, Action: "s3:GetObject", Resource: "*", Context: row.context, Identity: []*iam.Policy{p},
		})
		if d.Allowed != row.want {
			t.Errorf("%v: got %t, want %t", row.context, d.Allowed, row.want)
		}
	}
}

// TestVariablesNeedTheirVersion: before version 2012-10-17 a variable is text.
func TestVariablesNeedTheirVersion(t *testing.T) {
	for _, version := range []string{`"Version": "2008-10-17",`, ``} {
		p, err := parseText(iam.Identity, `{`+version+`"Statement": {
			"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::${aws:username"}}`)
		if err != nil {
			t.Fatal(err)
		}
		r := iam.Request{Principal: ann, Action: "s3:GetObject", Resource: "arn:aws:s3:::${aws:username", Identity: []*iam.Policy{p}}
		if !iam.Decide(r).Allowed {
			t.Errorf("%q: a variable is not literal", version)
		}
	}
}

// TestPrincipalKeys has the global condition keys that follow from the caller.
func TestPrincipalKeys(t *testing.T) {
	rows := []struct {
		principal iam.Principal
		key       string
		want      string // empty: absent
	}{
		{ann, "aws:PrincipalArn", user},
		{ann, "aws:PrincipalAccount", account},
		{ann, "aws:PrincipalType", "User"},
		{ann, "aws:username", "Ann"},
		{ann, "aws:PrincipalIsAWSService", "false"},
		{ann, "aws:PrincipalServiceName", ""},
		{getter, "aws:PrincipalArn", role},
		{getter, "aws:PrincipalType", "AssumedRole"},
		{getter, "aws:username", ""},
		{iam.Principal{ARN: session}, "aws:PrincipalType", "AssumedRole"},
		{iam.Principal{ARN: root}, "aws:PrincipalType", "Account"},
		{iam.Principal{}, "aws:PrincipalType", "Anonymous"},
		{iam.Principal{}, "aws:PrincipalArn", ""},
		{lambda, "aws:PrincipalIsAWSService", "true"},
		{lambda, "aws:PrincipalServiceName", "lambda.amazonaws.com"},
		{lambda, "aws:PrincipalType", ""},
	}
	for _, row := range rows {
		condition := fmt.Sprintf(`"StringEquals": {%q: %q}`, row.key, row.want)
		if row.want == "" {
			condition = fmt.Sprintf(`"Null": {%q: "true"}`, row.key)
		}
		p := parse(t, iam.Resource, `{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {`+condition+`}}`)
		d := iam.Decide(iam.Request{Principal: row.principal, Action: "s3:GetObject", Resource: bucket, Resources: []*iam.Policy{p}})
		if !d.Explicit {
			t.Errorf("%s of %s is not %q", row.key, row.principal, row.want)
		}
	}
}
