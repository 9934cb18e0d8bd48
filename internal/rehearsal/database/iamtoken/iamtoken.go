// Package iamtoken verifies the tokens with which IAM users log in to Aurora and to RDS Proxy.
//
// A token is a presigned request in the format of Signature Version 4, without its scheme:
//
//	<host>:<port>/?Action=connect&DBUser=<user>&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=…&X-Amz-Date=…
//	&X-Amz-Expires=900&X-Amz-Security-Token=…&X-Amz-SignedHeaders=host&X-Amz-Signature=…
//
// See the Aurora User Guide, "Connecting to your DB cluster using IAM authentication", and the IAM User Guide, "Create a
// signed AWS API request".
package iamtoken

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	// maxLifetime is the longest that a token can be valid.
	maxLifetime = 15 * time.Minute

	// maxSkew is how far a token's date may be in the future, because clocks differ.
	maxSkew = 5 * time.Minute

	// maxLength is the longest token that is looked at. Session tokens make tokens long.
	maxLength = 16 << 10

	algorithm  = "AWS4-HMAC-SHA256"
	service    = "rds-db"
	terminator = "aws4_request"
	dateFormat = "20060102T150405Z"

	// emptyHash is the hash of a request without a body.
	emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

// Expectation is what a token must have been made for.
type Expectation struct {
	// Hosts are the names of the endpoint, each with its port.
	Hosts []string

	// User is the database user who wants to log in.
	User string

	// Region is the endpoint's Region.
	Region string
}

// SecretKey finds the secret access key of an access key, which has to belong to the session token, if there is one.
type SecretKey func(accessKeyID, sessionToken string) (secret string, ok bool)

// Verify checks a token at a time and returns the access key that has signed it. The error says what is wrong, which is
// for a log: a client is told only that access is denied.
func Verify(token string, want Expectation, now time.Time, secretKey SecretKey) (accessKeyID string, err error) {
	t, err := parse(token)
	if err != nil {
		return "", err
	}
	if err := t.check(want, now); err != nil {
		return "", err
	}
	secret, ok := secretKey(t.accessKeyID, t.query.Get("X-Amz-Security-Token"))
	if !ok {
		return "", fmt.Errorf("access key %q or its session token is not valid", t.accessKeyID)
	}
	if !hmac.Equal([]byte(t.signature(secret)), []byte(t.query.Get("X-Amz-Signature"))) {
		return "", errors.New("signature does not match")
	}
	return t.accessKeyID, nil
}

// token is a token taken apart.
type token struct {
	host        string
	query       url.Values
	accessKeyID string
	day         string // of the credential's scope, as the two that follow
	region      string
	service     string
	date        time.Time
	lifetime    time.Duration
}

func parse(s string) (*token, error) {
	if len(s) > maxLength {
		return nil, fmt.Errorf("token must have at most %d bytes, got %d", maxLength, len(s))
	}
	host, query, ok := strings.Cut(s, "?")
	if !ok {
		return nil, errors.New("token must be <host>:<port>/?<query>")
	}
	host = strings.TrimSuffix(host, "/") // which AWS's SDK for Go leaves out, and its other tools do not
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, fmt.Errorf("read token's query: %w", err)
	}
	for name, v := range values {
		if len(v) > 1 {
			return nil, fmt.Errorf("token must have one %s, got %d", name, len(v))
		}
	}
	t := &token{host: host, query: values}
	return t, t.parseSignature()
}

// parseSignature reads what the token says about its signature.
func (t *token) parseSignature() error {
	scope := strings.Split(t.query.Get("X-Amz-Credential"), "/")
	if len(scope) != 5 || scope[4] != terminator {
		return fmt.Errorf("X-Amz-Credential must be <access key>/<date>/<region>/%s/%s", service, terminator)
	}
	t.accessKeyID, t.day, t.region, t.service = scope[0], scope[1], scope[2], scope[3]
	date, err := time.Parse(dateFormat, t.query.Get("X-Amz-Date"))
	if err != nil {
		return fmt.Errorf("read X-Amz-Date: %w", err)
	}
	seconds, err := strconv.Atoi(t.query.Get("X-Amz-Expires"))
	if err != nil || seconds < 1 || seconds > int(maxLifetime/time.Second) {
		return fmt.Errorf("X-Amz-Expires must be between 1 and %d", int(maxLifetime/time.Second))
	}
	t.date, t.lifetime = date, time.Duration(seconds)*time.Second
	return nil
}

// check compares all but the signature with what is expected.
func (t *token) check(want Expectation, now time.Time) error {
	expected := []struct{ name, got, want string }{
		{"X-Amz-Algorithm", t.query.Get("X-Amz-Algorithm"), algorithm},
		{"X-Amz-SignedHeaders", t.query.Get("X-Amz-SignedHeaders"), "host"},
		{"Action", t.query.Get("Action"), "connect"},
		{"DBUser", t.query.Get("DBUser"), want.User},
		{"Region", t.region, want.Region},
		{"service", t.service, service},
		{"date of X-Amz-Credential", t.day, t.date.Format("20060102")},
	}
	var errs []error
	for _, e := range expected {
		if e.got != e.want {
			errs = append(errs, fmt.Errorf("%s must be %q, got %q", e.name, e.want, e.got))
		}
	}
	if !contains(want.Hosts, t.host) {
		errs = append(errs, fmt.Errorf("host must be one of %q, got %q", want.Hosts, t.host))
	}
	if now.Before(t.date.Add(-maxSkew)) {
		errs = append(errs, fmt.Errorf("token is valid from %s, and it is %s", t.date, now.UTC()))
	}
	if !now.Before(t.date.Add(t.lifetime)) {
		errs = append(errs, fmt.Errorf("token has expired at %s, and it is %s", t.date.Add(t.lifetime), now.UTC()))
	}
	return errors.Join(errs...)
}

func contains(hosts []string, host string) bool {
	for _, h := range hosts {
		if strings.EqualFold(h, host) {
			return true
		}
	}
	return false
}

// signature is the signature that the token must have.
func (t *token) signature(secret string) string {
	hash := sha256.Sum256([]byte(t.canonicalRequest()))
	scope := strings.Join([]string{t.day, t.region, t.service, terminator}, "/")
	text := strings.Join([]string{algorithm, t.date.Format(dateFormat), scope, hex.EncodeToString(hash[:])}, "\n")
	key := []byte("AWS4" + secret)
	for _, part := range []string{t.day, t.region, t.service, terminator} {
		key = sign(key, part)
	}
	return hex.EncodeToString(sign(key, text))
}

// canonicalRequest is what is signed: everything but the signature, sorted by name.
func (t *token) canonicalRequest() string {
	query := url.Values{}
	for name, v := range t.query {
		if name != "X-Amz-Signature" {
			query[name] = v
		}
	}
	// The standard library writes a space as a plus sign, and is otherwise as strict as AWS is.
	encoded := strings.ReplaceAll(query.Encode(), "+", "%20")
	return strings.Join([]string{"GET", "/", encoded, "host:" + t.host, "", "host", emptyHash}, "\n")
}

func sign(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}
