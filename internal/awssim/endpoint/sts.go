package endpoint

import (
	"context"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// sts is the Security Token Service.
func sts() *service {
	return &service{
		name:      "sts",
		protocols: []protocol{query{namespace: "https://sts.amazonaws.com/doc/2011-06-15/"}},
		operations: []operation{
			{name: "GetCallerIdentity", open: true, do: getCallerIdentity},
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
