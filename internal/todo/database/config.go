package database

import (
	"errors"
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/warmstandby/warmstandby/functions/env"
)

// Config says where the database is and who the application is to it.
type Config struct {
	// Region is the Region that the function runs in. Tokens are signed for it.
	Region string

	// ReadWrite and ReadOnly are the addresses of the proxy's two endpoints: host and port.
	ReadWrite, ReadOnly string

	// Name is the database's name, User the application's user in it. Both are plain identifiers.
	Name, User string

	// Credentials sign the tokens: those of the function's role. They last as long as the execution environment does.
	Credentials aws.CredentialsProvider
}

// defaultPort is MySQL's.
const defaultPort = "3306"

// What variables may hold. Names end up in statements that take no parameters, so they are held to less than MySQL
// allows.
var (
	hostPattern       = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$`)
	identifierPattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
)

// ReadConfig reads the Config from environment variables. The error names everything that is missing or malformed.
func ReadConfig(getenv func(string) string) (Config, error) {
	v := NewVariables(getenv)
	c := Config{
		Region:    v.Required("AWS_REGION"),
		ReadWrite: v.Address(env.DatabaseEndpoint),
		ReadOnly:  v.Address(env.DatabaseReadEndpoint),
		Name:      v.identifier(env.DatabaseName, 64),
		User:      v.identifier(env.DatabaseUser, 32),
		Credentials: credentials.NewStaticCredentialsProvider(
			v.Required("AWS_ACCESS_KEY_ID"), v.Required("AWS_SECRET_ACCESS_KEY"), getenv("AWS_SESSION_TOKEN")),
	}
	return c, v.Err()
}

// Variables reads environment variables and collects what is wrong with them.
type Variables struct {
	getenv func(string) string
	errs   []error
}

// NewVariables returns Variables that reads with getenv.
func NewVariables(getenv func(string) string) *Variables {
	return &Variables{getenv: getenv}
}

// Err joins everything that was wrong with the variables read.
func (v *Variables) Err() error { return errors.Join(v.errs...) }

// Required reads a variable that must be set.
func (v *Variables) Required(name string) string {
	value := v.getenv(name)
	if value == "" {
		v.fail("environment variable %s is not set", name)
	}
	return value
}

// Address reads a host name, with or without a port, and returns both. The port has MySQL's as its default.
func (v *Variables) Address(name string) string {
	value := v.Required(name)
	if value == "" {
		return ""
	}
	host, port, found := strings.Cut(value, ":")
	if !found {
		port = defaultPort
	}
	if number, err := strconv.Atoi(port); err != nil || number < 1 || number > 65535 || !hostPattern.MatchString(host) {
		v.fail("environment variable %s must be a host name, with or without a port from 1 to 65535, got %q", name, value)
	}
	return net.JoinHostPort(host, port)
}

// identifier reads a name of at most limit characters that can stand in a statement.
func (v *Variables) identifier(name string, limit int) string {
	return v.matching(name, identifierPattern, limit,
		fmt.Sprintf("1 to %d letters, digits and underscores, the first one a letter", limit))
}

// matching reads a variable that must match pattern, which is described by what.
func (v *Variables) matching(name string, pattern *regexp.Regexp, limit int, what string) string {
	value := v.Required(name)
	if value != "" && (len(value) > limit || !pattern.MatchString(value)) {
		v.fail("environment variable %s must be %s, got %q", name, what, value)
	}
	return value
}

// fail collects an error.
func (v *Variables) fail(format string, args ...any) {
	v.errs = append(v.errs, fmt.Errorf(format, args...))
}
