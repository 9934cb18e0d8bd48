package iam_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// TestParse refuses what is wrong and says where and what it is.
func TestParse(t *testing.T) {
	rows := []struct {
		name string
		kind iam.Kind
		doc  string
		want []string // parts of the message; none if the document is good
	}{
		{"single statement", iam.Identity, `{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}`, nil},
		{"all elements", iam.Resource, `{"Version": "2012-10-17", "Id": "x", "Statement": [{"Sid": "Enable IAM", "Effect": "Deny",
			"NotPrincipal": {"AWS": ["123456789012", "arn:aws:iam::123456789012:root", "*", "AROADBQP57FF2AEXAMPLE",
			"arn:aws:sts::123456789012:assumed-role/R/s", "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity X"],
			"Service": "a.amazonaws.com", "Federated": "www.amazon.com", "CanonicalUser": "79a5"},
			"NotAction": ["s3:Get*"], "NotResource": ["arn:aws:s3:::*", "arn:*:s3:::x"], "Condition": {}}]}`, nil},

		{"no object", iam.Identity, `[]`, []string{"policy Test: must be an object, got a list"}},
		{"nothing", iam.Identity, `null`, []string{"got nothing"}},
		{
			"unknown elements", iam.Identity, `{"Statements": [], "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Conditions": 1}}`,
			[]string{`unknown element "Statements"`, `statement 0: unknown element "Conditions"`},
		},
		{
			"version", iam.Identity, `{"Version": "2012-10-18", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}`,
			[]string{`Version must be "2012-10-17" or "2008-10-17", got "2012-10-18"`},
		},
		{"version is a number", iam.Identity, `{"Version": 2012, "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}`, []string{"got 2012"}},
		{"id", iam.Identity, `{"Id": {}, "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}`, []string{"Id: must be a string, got an object"}},
		{"no statement", iam.Identity, `{}`, []string{"statement 0: must be an object, got nothing"}},
		{"empty statements", iam.Identity, `{"Statement": []}`, []string{"Statement must not be empty"}},
		{"nested statements", iam.Identity, `{"Statement": [[]]}`, []string{"statement 0: must be an object, got a list"}},
		{"everything missing", iam.Resource, `{"Statement": [{}]}`, []string{
			`Effect: must be "Allow" or "Deny", got nothing`, "must have Principal or NotPrincipal", "must have Action or NotAction", "must have Resource or NotResource",
		}},
		{"both", iam.Resource, `{"Statement": [{"Effect": "Deny", "Principal": "*", "NotPrincipal": "*", "Action": "*", "NotAction": "*", "Resource": "*", "NotResource": "*"}]}`, []string{
			"both Principal and NotPrincipal", "both Action and NotAction", "both Resource and NotResource",
		}},
		{"effect in lower case", iam.Identity, `{"Statement": {"Effect": "allow", "Action": "s3:*", "Resource": "*"}}`, []string{`got "allow"`}},
		{
			"sids", iam.Identity, `{"Statement": [{"Sid": "A", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}, {"Sid": "A", "Effect": "Allow", "Action": "s3:*", "Resource": "*"},
			{"Sid": "a b", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}, {"Sid": 1, "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}`,
			[]string{`statement 1: Sid "A" is not unique`, `statement 2: Sid: must consist of`, "statement 3: Sid: must be a string, got 1"},
		},

		{
			"actions", iam.Identity, `{"Statement": {"Effect": "Allow", "Action": ["GetObject", "s3:", ":Get", "*:*", "s3:a:b"], "Resource": "*"}}`,
			[]string{`Action: "GetObject" must be`, `"s3:"`, `":Get"`, `"*:*"`, `"s3:a:b"`},
		},
		{"no action", iam.Identity, `{"Statement": {"Effect": "Allow", "NotAction": [], "Resource": "*"}}`, []string{"NotAction: must not be empty"}},
		{"action is a number", iam.Identity, `{"Statement": {"Effect": "Allow", "Action": [1], "Resource": "*"}}`, []string{"Action: must be a string, got 1"}},
		{
			"resources", iam.Identity, `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource":
			["bucket", "arn:aws:*:::x", "arn:aws::::x", "arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:q", "arn:aws:s3:::${aws:username", "${aws:username}"]}}`,
			[]string{`Resource: "bucket" must be "*" or an ARN`, "cannot have wildcards", `"arn:aws::::x"`, "only after the fifth colon", `"${aws:username}": a policy`},
		},
		{
			"open variable", iam.Identity, `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::${aws:username"}}`,
			[]string{"is not closed"},
		},
		{
			"variables", iam.Identity, `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": ["arn:aws:s3:::${name}", "arn:aws:s3:::${aws:x, y}", "arn:aws:s3:::${aws:x, '}"]}}`,
			[]string{"${name} names no context key", "the default value of ${aws:x} must be in single quotes"},
		},
		{"unresolved intrinsic", iam.Identity, `{"Statement": {"Effect": "Allow", "Action": "*", "Resource": {"Ref": "X"}}}`, []string{"Resource: must be a string, got an object"}},

		{"identity with principal", iam.Identity, `{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}`, []string{"has no Principal"}},
		{"trust with resource", iam.Trust, `{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}`, []string{"has no Resource"}},
		{"NotPrincipal that allows", iam.Trust, `{"Statement": {"Effect": "Allow", "NotPrincipal": "*", "Action": "*"}}`, []string{`must be used with "Effect": "Deny"`}},
		{"principals", iam.Trust, `{"Statement": {"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::123456789012:role/*", "me", "", "arn:aws:s3:::x/y"],
			"Service": ["*", "lambda"], "Group": "x", "Federated": 1, "CanonicalUser": []}, "Action": "*"}}`, []string{
			"AWS: \"arn:aws:iam::123456789012:role/*\": a principal cannot have wildcards", `AWS: "me" is not`, `AWS: "" is not`, `"arn:aws:s3:::x/y" is not`,
			`Service: "*" is not a service principal`, "Group: unknown kind of principal", "Federated: must be a string, got 1", "CanonicalUser: must name a principal",
		}},
		{"principal is text", iam.Trust, `{"Statement": {"Effect": "Allow", "Principal": "123456789012", "Action": "*"}}`, []string{`Principal: must be "*" or an object with principals`}},
		{"principal is empty", iam.Trust, `{"Statement": {"Effect": "Allow", "Principal": {}, "Action": "*"}}`, []string{`Principal: must be "*"`}},

		{"condition is text", iam.Trust, `{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Condition": "x"}}`, []string{`Condition: must be an object, got "x"`}},
		{"conditions", iam.Trust, `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Condition": {
			"StringMatches": {"aws:k": "x"}, "ForSomeValues:StringEquals": {"aws:k": "x"}, "NullIfExists": {"aws:k": "true"}, "ForAnyValue:Null": {"aws:k": "true"},
			"StringEquals": {"k": "x"}, "StringLike": {"aws:k": {}}, "StringNotLike": [], "Null": {"aws:k": "maybe", "aws:l": []},
			"Bool": {"aws:k": "yes"}, "NumericEquals": {"aws:k": ["NaN", "0x10", "1e999", "x"]}, "DateEquals": {"aws:k": "tomorrow"},
			"BinaryEquals": {"aws:k": "%"}, "IpAddress": {"aws:k": ["10.0.0.0/33", "fe80::1%eth0"]}, "ArnLike": {"aws:k": ["*", "arn:aws:s3:::${x}"]},
			"StringNotEquals": {"aws:k": "${aws:x"}}}}`, []string{
			`unknown condition operator "StringMatches"`, `unknown condition operator "ForSomeValues:StringEquals"`,
			`unknown condition operator "NullIfExists"`, `unknown condition operator "ForAnyValue:Null"`,
			"StringEquals: k: is not a condition key", "StringLike: aws:k: must be a string, a Boolean or a number, got an object", "StringNotLike: must be an object",
			`Null: aws:k: must be "true" or "false", got "maybe"`, "Null: aws:l: must be", "Bool: aws:k: must be", `"NaN" is not a number`, `"0x10" is not a number`,
			`"1e999" is not a number`, `"tomorrow" is not a date`, `"%" is not base64`, `"10.0.0.0/33" is neither`, `"fe80::1%eth0" is neither`, `"*" is not an ARN`,
			"${x} names no context key", "is not closed",
		}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			p, err := parseText(row.kind, row.doc)
			if (err == nil) != (row.want == nil) || (p == nil) != (err != nil) {
				t.Fatalf("got %v, %v", p, err)
			}
			for _, part := range row.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("got %v\nwant a mention of %s", err, part)
				}
			}
		})
	}
}

// TestParseTemplates parses every policy document of the application's templates.
func TestParseTemplates(t *testing.T) {
	files, err := filepath.Glob("../../../test/testdata/*.golden.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("got templates %v, %v", files, err)
	}
	kinds := map[iam.Kind]int{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var template struct {
			Resources map[string]struct {
				Type       string
				Properties map[string]any
			}
		}
		if err := json.Unmarshal(text, &template); err != nil {
			t.Fatal(err)
		}
		for id, resource := range template.Resources {
			for kind, doc := range documents(resource.Type, resource.Properties) {
				kinds[kind]++
				if _, err := iam.Parse(kind, id, resolve(doc)); err != nil {
					t.Errorf("%s: %v", filepath.Base(file), err)
				}
			}
		}
	}
	if len(kinds) != 3 {
		t.Errorf("saw %v documents by kind, want some of all three", kinds)
	}
}

// documents finds the policy documents among a resource's properties.
func documents(resource string, properties map[string]any) map[iam.Kind]any {
	found := map[iam.Kind]any{}
	for name, v := range properties {
		m, ok := v.(map[string]any)
		if !ok || m["Statement"] == nil {
			continue
		}
		switch {
		case name == "AssumeRolePolicyDocument":
			found[iam.Trust] = v
		case slices.Contains([]string{"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"}, resource):
			found[iam.Identity] = v
		default:
			found[iam.Resource] = v
		}
	}
	return found
}

// resolve replaces intrinsic functions by values of the right form.
func resolve(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = resolve(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = resolve(v[k])
		}
		for k, arg := range v {
			switch {
			case len(v) == 1 && k == "Fn::Join":
				var parts []string
				for _, part := range arg.([]any)[1].([]any) {
					parts = append(parts, part.(string))
				}
				return strings.Join(parts, arg.([]any)[0].(string))
			case len(v) == 1 && strings.HasPrefix(k, "Fn::"):
				return "arn:aws:iam::123456789012:role/Some"
			case len(v) == 1 && k == "Ref" && strings.HasPrefix(arg.(string), "DatabaseSecret"): // a secret's is its ARN
				return "arn:aws:secretsmanager:us-east-1:123456789012:secret:some"
			case len(v) == 1 && k == "Ref" && strings.Contains(arg.(string), "Topic"): // and so is a topic's
				return "arn:aws:sns:us-east-1:123456789012:some"
			case len(v) == 1 && k == "Ref" && strings.Contains(arg.(string), "Live"): // and an alias's
				return "arn:aws:lambda:us-east-1:123456789012:function:some:live"
			case len(v) == 1 && k == "Ref" && strings.Contains(arg.(string), "edgestorearn"): // a parameter whose value is one
				return "arn:aws:cloudfront::123456789012:key-value-store/some"
			case len(v) == 1 && k == "Ref":
				return "some"
			}
		}
	}
	return v
}

// FuzzParse parses anything and, where that succeeds, decides with it: neither may panic, and the outcome must not
// change.
func FuzzParse(f *testing.F) {
	f.Add(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::${aws:username, 'x'}*"}]}`, "s3:Get", "arn:aws:s3:::Ann")
	f.Add(`{"Statement": {"Effect": "Deny", "Principal": {"AWS": "*"}, "NotAction": "a:b", "NotResource": "*", "Condition": {"Null": {"a:b": "true"}}}}`, "s3:Get", "*")
	f.Add(`{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"ForAllValues:NumericLessThan": {"a:b": [1, "2"]}}}}`, "a:b", "")
	f.Fuzz(func(t *testing.T, doc, action, resource string) {
		for _, kind := range []iam.Kind{iam.Identity, iam.Resource, iam.Trust} {
			p, err := parseText(kind, doc)
			if err != nil {
				continue
			}
			r := iam.Request{Principal: getter, Action: action, Resource: resource, Context: map[string][]string{"a:b": {resource, "1"}}}
			if kind == iam.Identity {
				r.Identity = []*iam.Policy{p}
			} else {
				r.Resources = []*iam.Policy{p}
			}
			first, second := iam.Decide(r), iam.Decide(r)
			if first.Reason != second.Reason || first.Allowed == (first.Err() != nil) {
				t.Errorf("got %+v, then %+v", first, second)
			}
		}
	})
}
