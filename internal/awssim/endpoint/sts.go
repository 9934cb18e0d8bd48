package endpoint

import (
	"context"
	"net/http"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// sts is the Security Token Service.
func sts() *service {
	return &service{
		name:      "sts",
		protocols: []protocol{query{namespace: "https://sts.amazonaws.com/doc/2011-06-15/"}},
		operations: []operation{
			{name: "GetCallerIdentity", open: true, do: getCallerIdentity},
			{name: "AssumeRole", resources: on(func(c *Call) string { return c.Str("RoleArn") }), policy: trustPolicy, do: assumeRole},
		},
	}
}

type callerIdentity struct {
	Arn     string
	UserID  string `xml:"UserId"`
	Account string
}

// getCallerIdentity needs no permission (STS API reference).
func getCallerIdentity(_ context.Context, c *Call) (any, error) {
	out := callerIdentity{Arn: c.Caller.ARN, UserID: c.Caller.UserID}
	c.do(func(s *awssim.State, _ *awssim.Region) { out.Account = s.Account() })
	return out, nil
}

// trustPolicy is the trust policy of the role that the call names.
func trustPolicy(c *Call) *iam.Policy {
	r, _ := lookup(c, func(s *awssim.State, _ *awssim.Region) (awssim.Role, bool) { return s.FindRole(c.Str("RoleArn")) })
	return r.Trust
}

type sessionCredentials struct {
	AccessKeyID     string `xml:"AccessKeyId"`
	SecretAccessKey string
	SessionToken    string
	Expiration      *stamp
}

type assumedRole struct {
	Arn           string
	AssumedRoleID string `xml:"AssumedRoleId"`
}

// assumeRole makes a session of a role, of an hour unless the call says otherwise (STS API reference, AssumeRole).
func assumeRole(_ context.Context, c *Call) (any, error) {
	in := struct {
		RoleArn, RoleSessionName string
		DurationSeconds          int
	}{DurationSeconds: int(time.Hour / time.Second)}
	if err := c.Bind(&in); err != nil {
		return nil, err
	}
	if in.RoleSessionName == "" || in.DurationSeconds < 900 || in.DurationSeconds > 43200 {
		return nil, failure(http.StatusBadRequest, "ValidationError", "RoleSessionName must be given, and DurationSeconds must be 900 to 43200")
	}
	session, ok := lookup(c, func(s *awssim.State, _ *awssim.Region) (awssim.Credentials, bool) {
		return s.AssumeRole(in.RoleArn, in.RoleSessionName, time.Duration(in.DurationSeconds)*time.Second)
	})
	if !ok {
		return nil, failure(http.StatusForbidden, "AccessDenied", "%s is not authorized to perform: sts:AssumeRole on resource: %s", c.Caller.ARN, in.RoleArn)
	}
	return struct {
		Credentials     sessionCredentials
		AssumedRoleUser assumedRole
	}{
		sessionCredentials{session.AccessKeyID, session.SecretAccessKey, session.SessionToken, stampOf(session.Expires)},
		assumedRole{session.ARN, session.UserID},
	}, nil
}
