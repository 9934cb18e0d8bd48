package iamtoken_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/rds/auth"

	"github.com/warmstandby/warmstandby/internal/rehearsal/database/iamtoken"
)

const (
	host    = "127.0.0.1:40000"
	user    = "app user/ü"
	region  = "eu-west-1"
	key     = "ASIAEXAMPLE"
	secret  = "secret/with+characters"
	session = "session+token/with=characters=="
)

var want = iamtoken.Expectation{Hosts: []string{"localhost:40000", host}, User: user, Region: region}

// build makes a token as the functions do.
func build(tb testing.TB, creds aws.CredentialsProvider) string {
	tb.Helper()
	token, err := auth.BuildAuthToken(context.Background(), host, region, user, creds)
	if err != nil {
		tb.Fatal(err)
	}
	return token
}

func valid(tb testing.TB) string {
	return build(tb, credentials.NewStaticCredentialsProvider(key, secret, session))
}

func secretKey(id, token string) (string, bool) {
	return secret, id == key && (token == session || token == "")
}

func TestVerify(t *testing.T) {
	for name, creds := range map[string]aws.CredentialsProvider{
		"with a session":    credentials.NewStaticCredentialsProvider(key, secret, session),
		"without a session": credentials.NewStaticCredentialsProvider(key, secret, ""),
	} {
		got, err := iamtoken.Verify(build(t, creds), want, time.Now(), secretKey)
		if err != nil || got != key {
			t.Errorf("%s: %q, %v, want %q", name, got, err, key)
		}
		if got, err := iamtoken.Verify(strings.Replace(build(t, creds), "?", "/?", 1), want, time.Now(), secretKey); got != key {
			t.Errorf("%s: with a slash: %q, %v, want %q", name, got, err, key)
		}
	}
}

func TestVerifyFails(t *testing.T) {
	now := time.Now()
	replace := func(old, new string) func(string) string {
		return func(token string) string {
			if !strings.Contains(token, old) {
				t.Errorf("%q is not in the token", old)
			}
			return strings.Replace(token, old, new, 1)
		}
	}
	same := func(s string) string { return s }
	tests := map[string]struct {
		change func(token string) string
		want   func(*iamtoken.Expectation)
		now    time.Time
		error  string
	}{
		"fails for another host":          {same, func(e *iamtoken.Expectation) { e.Hosts = []string{"db:3306"} }, now, `host must be one of ["db:3306"], got "127.0.0.1:40000"`},
		"fails for another user":          {same, func(e *iamtoken.Expectation) { e.User = "admin" }, now, `DBUser must be "admin"`},
		"fails for another Region":        {same, func(e *iamtoken.Expectation) { e.Region = "us-east-1" }, now, `Region must be "us-east-1", got "eu-west-1"`},
		"fails when expired":              {same, nil, now.Add(15*time.Minute + time.Second), "token has expired"},
		"fails in the past":               {same, nil, now.Add(-6 * time.Minute), "token is valid from"},
		"fails with another signature":    {func(s string) string { return s[:len(s)-1] + string(s[len(s)-1]^1) }, nil, now, "signature does not match"},
		"fails without a signature":       {func(s string) string { return s[:strings.Index(s, "&X-Amz-Signature")] }, nil, now, "signature does not match"},
		"fails with another expiry":       {replace("Expires=900", "Expires=899"), nil, now, "signature does not match"},
		"fails with another session":      {replace("session%2Btoken", "other"), nil, now, "access key"},
		"fails with another key":          {replace(key, "AKIAOTHER"), nil, now, "access key"},
		"fails with another action":       {replace("Action=connect", "Action=delete"), nil, now, `Action must be "connect"`},
		"fails with another service":      {replace("%2Frds-db%2F", "%2Fs3%2F"), nil, now, `service must be "rds-db"`},
		"fails with another algorithm":    {replace("AWS4-HMAC", "AWS5-HMAC"), nil, now, "X-Amz-Algorithm must be"},
		"fails with other headers":        {replace("SignedHeaders=host", "SignedHeaders=date"), nil, now, "X-Amz-SignedHeaders must be"},
		"fails with a scope's other date": {replace("%2F"+now.UTC().Format("20060102")+"%2F", "%2F20200101%2F"), nil, now, "date of X-Amz-Credential must be"},
		"fails with a long life":          {replace("Expires=900", "Expires=901"), nil, now, "X-Amz-Expires must be between 1 and 900"},
		"fails with no life":              {replace("Expires=900", "Expires=0"), nil, now, "X-Amz-Expires must be between 1 and 900"},
		"fails with a date that is none":  {replace("X-Amz-Date=", "X-Amz-Date=x"), nil, now, "read X-Amz-Date"},
		"fails with a short scope":        {replace("%2Faws4_request", ""), nil, now, "X-Amz-Credential must be"},
		"fails with a doubled parameter":  {func(s string) string { return s + "&Action=connect" }, nil, now, "token must have one Action, got 2"},
		"fails with a broken query":       {func(s string) string { return s + "&%zz=1" }, nil, now, "read token's query"},
		"fails as a password":             {func(string) string { return "password" }, nil, now, "token must be <host>:<port>/?<query>"},
		"fails when too long":             {func(s string) string { return s + strings.Repeat("x", 16<<10) }, nil, now, "token must have at most"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			expectation := want
			if test.want != nil {
				test.want(&expectation)
			}
			id, err := iamtoken.Verify(test.change(valid(t)), expectation, test.now, secretKey)
			if err == nil || id != "" || !strings.Contains(err.Error(), test.error) {
				t.Errorf("%q, %v, want %q", id, err, test.error)
			}
		})
	}
}

// FuzzVerify changes tokens: the only ones that are accepted say the same as the one that was signed.
func FuzzVerify(f *testing.F) {
	token := valid(f)
	_, query, _ := strings.Cut(token, "?")
	signed, _ := url.ParseQuery(query)
	now := time.Now()
	f.Add(token)
	f.Add(strings.Replace(token, "%2F", "/", 1))
	f.Add("x:1/?a=b&a=c")
	f.Fuzz(func(t *testing.T, token string) {
		id, err := iamtoken.Verify(token, want, now, secretKey)
		if err != nil {
			return
		}
		_, query, _ := strings.Cut(token, "?")
		got, _ := url.ParseQuery(query)
		if id != key || got.Encode() != signed.Encode() {
			t.Errorf("accepted %q", token)
		}
	})
}
