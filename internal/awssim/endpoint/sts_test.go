package endpoint_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func TestGetCallerIdentity(t *testing.T) {
	f := newFixture(t)
	out := must(sts.NewFromConfig(f.config(primary)).GetCallerIdentity(t.Context(), nil))(t)
	equal(t, "account", *out.Account, account)
	equal(t, "arn", *out.Arn, "arn:aws:iam::123456789012:user/operator")
	equal(t, "user", *out.UserId, f.operator.UserID)

	session := f.role("Nobody", `{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}`)
	out = must(sts.NewFromConfig(f.configOf(secondary, session)).GetCallerIdentity(t.Context(), nil))(t)
	equal(t, "arn", *out.Arn, "arn:aws:sts::123456789012:assumed-role/Nobody/session")
	equal(t, "user", *out.UserId, session.UserID)
}
