package iam_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

const (
	account = "123456789012"
	other   = "999988887777"
	user    = "arn:aws:iam::123456789012:user/team/Ann"
	role    = "arn:aws:iam::123456789012:role/service-role/GetToDos"
	session = "arn:aws:sts::123456789012:assumed-role/GetToDos/run"
	root    = "arn:aws:iam::123456789012:root"
	cluster = "arn:aws:rds:us-east-1:123456789012:cluster:todo"
	bucket  = "arn:aws:s3:::todo-log"
	key     = "arn:aws:kms:us-east-1:123456789012:key/1234abcd"
)

var (
	ann    = iam.Principal{ARN: user}
	getter = iam.Principal{ARN: session, Role: role}
	lambda = iam.Principal{Service: "lambda.amazonaws.com"}
)

// parse compiles a document with the given statements in JSON.
func parse(t *testing.T, kind iam.Kind, statements ...string) *iam.Policy {
	t.Helper()
	p, err := parseText(kind, `{"Version": "2012-10-17", "Statement": [`+strings.Join(statements, ",")+`]}`)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func parseText(kind iam.Kind, text string) (*iam.Policy, error) {
	var doc any
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		return nil, err
	}
	return iam.Parse(kind, "Test", doc)
}

// decision is one row: who asks for what, under which policies, and the message of the refusal, of which the part before
// "because" or "with" is checked once, in TestDenied.
type decision struct {
	name      string
	principal iam.Principal
	action    string
	resource  string
	context   map[string][]string
	identity  []string
	of        iam.Kind
	resources []string
	denied    string
}

const (
	noIdentity   = "because no identity-based policy allows the "
	noResource   = "because no resource-based policy allows the "
	noTrust      = "because no role trust policy allows the "
	denyIdentity = "with an explicit deny in an identity-based policy"
	denyResource = "with an explicit deny in a resource-based policy"
	denyTrust    = "with an explicit deny in the role trust policy"
)

func (d decision) decide(t *testing.T) iam.Decision {
	t.Helper()
	r := iam.Request{Principal: d.principal, Action: d.action, Resource: d.resource, Context: d.context}
	for _, s := range d.identity {
		r.Identity = append(r.Identity, parse(t, iam.Identity, s))
	}
	for _, s := range d.resources {
		r.Resources = append(r.Resources, parse(t, d.of, s))
	}
	return iam.Decide(r)
}

func (d decision) check(t *testing.T) {
	t.Helper()
	got := d.decide(t)
	if got.Reason != d.denied || got.Allowed != (d.denied == "") || (got.Err() == nil) != got.Allowed {
		t.Errorf("got %+v, want reason %q", got, d.denied)
	}
	if got.Explicit != strings.HasPrefix(d.denied, "with") || got.Explicit && len(got.Matches) == 0 {
		t.Errorf("got explicit %t with matches %v", got.Explicit, got.Matches)
	}
}

// TestDecide goes through "Policy evaluation logic" of the IAM user guide.
func TestDecide(t *testing.T) {
	const (
		describe = "rds:DescribeDBClusters"
		put      = "s3:PutObject"
		assume   = "sts:AssumeRole"
		decrypt  = "kms:Decrypt"
		object   = bucket + "/a/b"

		allow       = `{"Effect": "Allow", "Action": "*", "Resource": "*"}`
		denyAll     = `{"Effect": "Deny", "Action": "*", "Resource": "*"}`
		allowUser   = `{"Effect": "Allow", "Principal": {"AWS": "` + user + `"}, "Action": "*", "Resource": "*"}`
		allowRole   = `{"Effect": "Allow", "Principal": {"AWS": ["` + role + `"]}, "Action": "*", "Resource": "*"}`
		allowRun    = `{"Effect": "Allow", "Principal": {"AWS": "` + session + `"}, "Action": "*", "Resource": "*"}`
		allowRoot   = `{"Effect": "Allow", "Principal": {"AWS": "` + root + `"}, "Action": "*", "Resource": "*"}`
		allowNumber = `{"Effect": "Allow", "Principal": {"AWS": "` + account + `"}, "Action": "*", "Resource": "*"}`
		allowAny    = `{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}`
		allowLambda = `{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "*", "Resource": "*"}`
		denyRoot    = `{"Effect": "Deny", "Principal": {"AWS": "` + root + `"}, "Action": "*", "Resource": "*"}`
		denyAny     = `{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "*", "Resource": "*"}`
		denyButAnn  = `{"Effect": "Deny", "NotPrincipal": {"AWS": ["` + user + `", "` + account + `"]}, "Action": "*", "Resource": "*"}`
		denyButRole = `{"Effect": "Deny", "NotPrincipal": {"AWS": ["` + session + `", "` + role + `", "` + root + `"]}, "Action": "*", "Resource": "*"}`
		denyButLess = `{"Effect": "Deny", "NotPrincipal": {"AWS": ["` + role + `", "` + root + `"]}, "Action": "*", "Resource": "*"}`
		denyButSvc  = `{"Effect": "Deny", "NotPrincipal": {"Service": "lambda.amazonaws.com"}, "Action": "*", "Resource": "*"}`
		trustUser   = `{"Effect": "Allow", "Principal": {"AWS": "` + user + `"}, "Action": "sts:AssumeRole"}`
		trustRoot   = `{"Effect": "Allow", "Principal": {"AWS": "` + root + `"}, "Action": "sts:AssumeRole"}`
		trustLambda = `{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}`
		trustNobody = `{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}`
	)
	foreign := iam.Principal{ARN: "arn:aws:iam::" + other + ":user/Bob"}
	rows := []decision{
		// An implicit deny is the default, an explicit deny wins.
		{"no policy", getter, describe, cluster, nil, nil, 0, nil, noIdentity + describe + " action"},
		{"identity allows", getter, describe, cluster, nil, []string{allow}, 0, nil, ""},
		{"identity denies", getter, describe, cluster, nil, []string{allow, denyAll}, 0, nil, denyIdentity},
		{"identity denies before it allows", ann, describe, cluster, nil, []string{denyAll, allow}, 0, nil, denyIdentity},
		{"identity denies what the resource allows", ann, put, object, nil, []string{denyAll}, iam.Resource, []string{allowUser}, denyIdentity},
		{"resource denies what the identity allows", ann, put, object, nil, []string{allow}, iam.Resource, []string{denyAny}, denyResource},
		{"both deny", ann, put, object, nil, []string{denyAll}, iam.Resource, []string{denyAny}, denyIdentity},
		{"resource denies all of the account", getter, put, object, nil, []string{allow}, iam.Resource, []string{denyRoot}, denyResource},

		// Within an account one of the two is enough.
		{"resource allows the user", ann, put, object, nil, nil, iam.Resource, []string{allowUser}, ""},
		{"resource allows the role", getter, put, object, nil, nil, iam.Resource, []string{allowRole}, ""},
		{"resource allows the session", getter, put, object, nil, nil, iam.Resource, []string{allowRun}, ""},
		{"resource allows everybody", getter, put, object, nil, nil, iam.Resource, []string{allowAny}, ""},
		{"resource allows another", getter, put, object, nil, nil, iam.Resource, []string{allowUser}, noIdentity + put + " action"},
		{"resource delegates to the account", ann, put, object, nil, nil, iam.Resource, []string{allowRoot}, noIdentity + put + " action"},
		{"resource delegates to the number", ann, put, object, nil, []string{allow}, iam.Resource, []string{allowNumber}, ""},
		{"identity allows past a silent resource", ann, put, object, nil, []string{allow}, iam.Resource, []string{allowLambda}, ""},

		// Between accounts both must allow.
		{"foreign with both", foreign, describe, cluster, nil, []string{allow}, iam.Resource, []string{allowAny}, ""},
		{"foreign with identity only", foreign, describe, cluster, nil, []string{allow}, iam.Resource, nil, noResource + describe + " action"},
		{"foreign with resource only", foreign, describe, cluster, nil, nil, iam.Resource, []string{allowAny}, noIdentity + describe + " action"},

		// Services and anonymous callers have no identity-based policies.
		{"service allowed", lambda, put, object, nil, nil, iam.Resource, []string{allowLambda}, ""},
		{"service not named", lambda, put, object, nil, []string{allow}, iam.Resource, []string{allowUser}, noResource + put + " action"},
		{"service denied with everybody", lambda, put, object, nil, nil, iam.Resource, []string{allowLambda, denyAny}, denyResource},
		{"service is not of the account", lambda, put, object, nil, nil, iam.Resource, []string{allowLambda, denyRoot}, ""},
		{"anonymous allowed", iam.Principal{}, put, object, nil, nil, iam.Resource, []string{allowAny}, ""},
		{"anonymous not named", iam.Principal{}, put, object, nil, []string{allow}, iam.Resource, nil, noResource + put + " action"},

		// The root user.
		{"root", iam.Principal{ARN: root}, describe, cluster, nil, nil, 0, nil, ""},
		{"root denied by a resource", iam.Principal{ARN: root}, put, object, nil, nil, iam.Resource, []string{denyRoot}, denyResource},
		{"root of another account", iam.Principal{ARN: "arn:aws:iam::" + other + ":root"}, describe, cluster, nil, nil, 0, nil, noResource + describe + " action"},
		{"root without the key's leave", iam.Principal{ARN: root}, decrypt, key, nil, nil, iam.Resource, []string{allowUser}, noResource + decrypt + " action"},
		{"root with the key's leave", iam.Principal{ARN: root}, decrypt, key, nil, nil, iam.Resource, []string{allowRoot}, ""},

		// NotPrincipal.
		{"exempt user", ann, put, object, nil, []string{allow}, iam.Resource, []string{denyButAnn}, ""},
		{"exempt session", getter, put, object, nil, []string{allow}, iam.Resource, []string{denyButRole}, ""},
		{"session without its own exemption", getter, put, object, nil, []string{allow}, iam.Resource, []string{denyButLess}, denyResource},
		{"not exempt", getter, put, object, nil, []string{allow}, iam.Resource, []string{denyButAnn}, denyResource},
		{"exempt service", lambda, put, object, nil, nil, iam.Resource, []string{allowLambda, denyButSvc}, ""},

		// Trust policies and KMS key policies must allow.
		{"trusted user", ann, assume, role, nil, nil, iam.Trust, []string{trustUser}, ""},
		{"trusted account and identity", ann, assume, role, nil, []string{allow}, iam.Trust, []string{trustRoot}, ""},
		{"trusted account alone", ann, assume, role, nil, nil, iam.Trust, []string{trustRoot}, noIdentity + assume + " action"},
		{"identity without trust", getter, assume, role, nil, []string{allow}, iam.Trust, []string{trustUser}, noTrust + assume + " action"},
		{"trusted service", lambda, assume, role, nil, nil, iam.Trust, []string{trustLambda}, ""},
		{"service not trusted", iam.Principal{Service: "rds.amazonaws.com"}, assume, role, nil, nil, iam.Trust, []string{trustLambda}, noTrust + assume + " action"},
		{"trust denied", ann, assume, role, nil, []string{allow}, iam.Trust, []string{trustUser, trustNobody}, denyTrust},
		{"key without its policy", getter, decrypt, key, nil, []string{allow}, iam.Resource, nil, noResource + decrypt + " action"},
		{"key delegates, identity allows", getter, decrypt, key, nil, []string{allow}, iam.Resource, []string{allowRoot}, ""},
		{"key delegates, identity is silent", getter, decrypt, key, nil, nil, iam.Resource, []string{allowRoot}, noIdentity + decrypt + " action"},
		{"key allows the role", getter, decrypt, key, nil, nil, iam.Resource, []string{allowRole}, ""},
		{"not about a key", getter, "kms:ListKeys", "*", nil, []string{allow}, 0, nil, ""},
	}
	for _, row := range rows {
		t.Run(row.name, row.check)
	}
}

// TestDecideGuide has the examples of the guide: "The difference between explicit and implicit denies", "Policy evaluation for
// requests within a single account", "NotAction", "NotResource" and "Variables and tags".
func TestDecideGuide(t *testing.T) {
	const (
		getList     = `{"Sid": "AllowGetList", "Effect": "Allow", "Action": ["iam:Get*", "iam:List*"], "Resource": "*"}`
		noReports   = `{"Sid": "DenyReports", "Effect": "Deny", "Action": "iam:*Report", "Resource": "*"}`
		readLists   = `{"Effect": "Allow", "Action": ["s3:GetBucketLocation", "s3:ListAllMyBuckets"], "Resource": "arn:aws:s3:::*"}`
		self        = `{"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::carlos", "arn:aws:s3:::carlos/*"]}`
		noLogs      = `{"Sid": "DenyS3Logs", "Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::*log*"}`
		logs        = `{"Effect": "Allow", "Principal": {"AWS": "` + user + `"}, "Action": "s3:*", "Resource": ["` + bucket + `/*", "` + bucket + `"]}`
		allButIAM   = `{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}`
		denyNotMFA  = `{"Effect": "Deny", "NotAction": ["iam:ListUsers", "sts:GetSessionToken"], "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}`
		denyNotHome = `{"Effect": "Deny", "Action": "s3:*", "NotResource": ["arn:aws:s3:::home", "arn:aws:s3:::home/*"]}`
		home        = `{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::home/${aws:username}/*"}`
		team        = `{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::home/${aws:PrincipalTag/team, 'company-wide'}/*"}`
		everything  = `{"Effect": "Allow", "Action": "*", "Resource": "*"}`
	)
	rows := []decision{
		{"lists", ann, "iam:ListUsers", "*", nil, []string{getList, noReports}, 0, nil, ""},
		{"cases of actions", ann, "IAM:listusers", "*", nil, []string{getList, noReports}, 0, nil, ""},
		{"report", ann, "iam:GetCredentialReport", "*", nil, []string{getList, noReports}, 0, nil, denyIdentity},
		{"report allowed elsewhere", ann, "iam:GenerateCredentialReport", "*", nil, []string{getList, noReports, everything}, 0, nil, denyIdentity},
		{"neither", ann, "iam:CreatePolicy", "*", nil, []string{getList, noReports}, 0, nil, noIdentity + "iam:CreatePolicy action"},

		{"own bucket", ann, "s3:PutObject", "arn:aws:s3:::carlos/a", nil, []string{readLists, self, noLogs}, iam.Resource, []string{logs}, ""},
		{"logs bucket", ann, "s3:PutObject", bucket + "/a", nil, []string{readLists, self, noLogs}, iam.Resource, []string{logs}, denyIdentity},
		{"logs bucket without the deny", ann, "s3:PutObject", bucket + "/a", nil, []string{readLists, self}, iam.Resource, []string{logs}, ""},

		{"NotAction", ann, "s3:PutObject", bucket, nil, []string{allButIAM}, 0, nil, ""},
		{"NotAction excludes", ann, "iam:GetUser", "*", nil, []string{allButIAM}, 0, nil, noIdentity + "iam:GetUser action"},
		{"NotAction denies", ann, "s3:PutObject", bucket, map[string][]string{"aws:MultiFactorAuthPresent": {"false"}}, []string{everything, denyNotMFA}, 0, nil, denyIdentity},
		{"NotAction denies without the key", ann, "s3:PutObject", bucket, nil, []string{everything, denyNotMFA}, 0, nil, denyIdentity},
		{"NotAction spares", ann, "iam:ListUsers", "*", nil, []string{everything, denyNotMFA}, 0, nil, ""},
		{"NotResource denies", ann, "s3:PutObject", bucket, nil, []string{everything, denyNotHome}, 0, nil, denyIdentity},
		{"NotResource spares", ann, "s3:PutObject", "arn:aws:s3:::home/a", nil, []string{everything, denyNotHome}, 0, nil, ""},

		{"own home", ann, "s3:PutObject", "arn:aws:s3:::home/Ann/a", nil, []string{home}, 0, nil, ""},
		{"another's home", ann, "s3:PutObject", "arn:aws:s3:::home/Bob/a", nil, []string{home}, 0, nil, noIdentity + "s3:PutObject action"},
		{"no user name", getter, "s3:PutObject", "arn:aws:s3:::home/GetToDos/a", nil, []string{home}, 0, nil, noIdentity + "s3:PutObject action"},
		{"default of a variable", ann, "s3:PutObject", "arn:aws:s3:::home/company-wide/a", nil, []string{team}, 0, nil, ""},
		{"value before the default", ann, "s3:PutObject", "arn:aws:s3:::home/red/a", map[string][]string{"AWS:principaltag/TEAM": {"red"}}, []string{team}, 0, nil, ""},
		{"wildcard in a value", ann, "s3:PutObject", "arn:aws:s3:::home/red/a", map[string][]string{"aws:PrincipalTag/team": {"*"}}, []string{team}, 0, nil, noIdentity + "s3:PutObject action"},
	}
	for _, row := range rows {
		t.Run(row.name, row.check)
	}
}

// TestDenied has the messages whole, in the forms of "Troubleshoot access denied error messages".
func TestDenied(t *testing.T) {
	rows := []struct {
		decision
		want string
	}{
		{
			decision{principal: getter, action: "rds:DescribeDBClusters", resource: cluster},
			"User: " + session + " is not authorized to perform: rds:DescribeDBClusters on resource: " + cluster +
				" because no identity-based policy allows the rds:DescribeDBClusters action",
		},
		{
			decision{principal: ann, action: "codedeploy:ListDeployments", identity: []string{
				`{"Effect": "Deny", "Action": "codedeploy:*", "NotResource": "arn:aws:s3:::none"}`,
			}},
			"User: " + user + " is not authorized to perform: codedeploy:ListDeployments with an explicit deny in an identity-based policy",
		},
		{
			decision{action: "execute-api:Invoke", resource: "arn:aws:execute-api:us-east-1:123456789012:api/prod/GET/v1"},
			"User: anonymous is not authorized to perform: execute-api:Invoke on resource: " +
				"arn:aws:execute-api:us-east-1:123456789012:api/prod/GET/v1 because no resource-based policy allows the execute-api:Invoke action",
		},
		{
			decision{principal: lambda, action: "kms:Decrypt", resource: key},
			"User: lambda.amazonaws.com is not authorized to perform: kms:Decrypt on resource: " + key +
				" because no resource-based policy allows the kms:Decrypt action",
		},
	}
	for _, row := range rows {
		err := row.decide(t).Err()
		var denied *iam.Denied
		if !errors.As(err, &denied) || err.Error() != row.want {
			t.Errorf("got  %v\nwant %s", err, row.want)
		}
		if denied.Principal != row.principal || denied.Action != row.action || denied.Resource != row.resource {
			t.Errorf("got %+v", denied)
		}
	}
}

// TestMatches names the statements that decided.
func TestMatches(t *testing.T) {
	p := parse(
		t, iam.Identity,
		`{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}`,
		`{"Sid": "NoDelete", "Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"}`,
		`{"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}`,
	)
	r := iam.Request{Principal: ann, Resource: bucket, Identity: []*iam.Policy{p}}
	for action, want := range map[string][]iam.Match{
		"s3:GetObject":    {{Policy: "Test", Index: 0}, {Policy: "Test", Sid: "Read", Index: 2}},
		"s3:DeleteObject": {{Policy: "Test", Sid: "NoDelete", Index: 1}},
		"sns:Publish":     nil,
	} {
		r.Action = action
		if got := iam.Decide(r).Matches; len(got) != len(want) || len(want) > 0 && got[len(got)-1] != want[len(want)-1] {
			t.Errorf("%s: got %v, want %v", action, got, want)
		}
	}
	if p.Name() != "Test" {
		t.Errorf("got name %q", p.Name())
	}
}

func TestDecideRefusesPoliciesInTheWrongPlace(t *testing.T) {
	identity := parse(t, iam.Identity, `{"Effect": "Allow", "Action": "*", "Resource": "*"}`)
	defer func() {
		if err, ok := recover().(error); !ok || !strings.Contains(err.Error(), "Test") {
			t.Errorf("got %v, want a panic that names the policy", err)
		}
	}()
	iam.Decide(iam.Request{Principal: ann, Action: "s3:GetObject", Resource: bucket, Resources: []*iam.Policy{identity}})
}

func BenchmarkDecide(b *testing.B) {
	p, err := parseText(iam.Identity, `{"Version": "2012-10-17", "Statement": [
		{"Effect": "Allow", "Action": ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "Resource": "*"},
		{"Effect": "Allow", "Action": "rds-db:connect", "Resource": "arn:aws:rds-db:us-east-1:123456789012:dbuser:prx-*/app",
		 "Condition": {"Null": {"lambda:SourceFunctionArn": "false"}}}]}`)
	if err != nil {
		b.Fatal(err)
	}
	r := iam.Request{
		Principal: getter, Action: "rds-db:connect", Resource: "arn:aws:rds-db:us-east-1:123456789012:dbuser:prx-1/app",
		Context:  map[string][]string{"lambda:SourceFunctionArn": {"arn:aws:lambda:us-east-1:123456789012:function:f"}},
		Identity: []*iam.Policy{p},
	}
	b.ReportAllocs()
	for b.Loop() {
		if !iam.Decide(r).Allowed {
			b.Fatal("denied")
		}
	}
}
