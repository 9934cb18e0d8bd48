package topology

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Read reads a configuration: the defaults, overridden by CDK context, overridden by the few environment variables that
// [Config] names. context is a construct's TryGetContext or the like and returns nil for a key that is not set; getenv is
// os.Getenv or the like.
//
// CDK_DEFAULT_ACCOUNT and CDK_DEFAULT_REGION are the exception: they give way to the context. The CDK CLI sets them at every
// call from whatever profile is active, and a colleague's profile must not move an application's home Region. It cannot, once
// the context names it.
//
// The error joins all that is wrong, a line each.
func Read(context func(key string) any, getenv func(name string) string) (Config, error) {
	c := Default()
	s := source{context: context, getenv: getenv}

	s.text(&c.ApplicationName, "applicationName", "")
	s.textUnlessSet(&c.Account, "account", "CDK_DEFAULT_ACCOUNT")
	s.textUnlessSet(&c.PrimaryRegion, "primaryRegion", "CDK_DEFAULT_REGION")
	s.text(&c.SecondaryRegion, "secondaryRegion", "CDK_SECONDARY_REGION")
	s.text(&c.PrimaryCidr, "primaryCidr", "VPC_CIDR_RANGE")
	s.text(&c.SecondaryCidr, "secondaryCidr", "")
	s.integer(&c.Zones, "zones", "NUMBER_OF_AVAILABILITY_ZONES")
	s.list(&c.PrimaryZones, "primaryZones")
	s.list(&c.SecondaryZones, "secondaryZones")
	s.text(&c.DatabaseName, "databaseName", "DB_NAME")
	s.text(&c.DatabaseMasterUser, "databaseMasterUser", "DB_MASTER_USER_NAME")
	s.text(&c.DatabaseUser, "databaseUser", "")
	s.text(&c.DatabaseSecretSuffix, "databaseSecretSuffix", "DB_SECRET_NAME_SUFFIX")
	s.number(&c.DatabaseMinCapacity, "databaseMinCapacity", "DB_INSTANCE_MIN_CAPACITY")
	s.number(&c.DatabaseMaxCapacity, "databaseMaxCapacity", "DB_INSTANCE_MAX_CAPACITY")
	s.integer(&c.DatabaseInstances, "databaseInstances", "")
	s.text(&c.RemovalPolicy, "removalPolicy", "")
	s.integer(&c.LogRetentionDays, "logRetentionDays", "")
	s.text(&c.DomainName, "domainName", "")
	s.text(&c.CertificateArn, "certificateArn", "")
	s.boolean(&c.Waf, "waf")
	s.list(&c.CorsOrigins, "corsOrigins")
	s.text(&c.Source, "source", "")
	s.text(&c.ConnectionArn, "connectionArn", "")
	s.text(&c.Repository, "repository", "")
	s.text(&c.Branch, "branch", "")
	s.text(&c.SourceBucket, "sourceBucket", "")
	s.text(&c.SourceKey, "sourceKey", "")
	s.text(&c.ArpioAccountID, "arpioAccountId", "")
	s.text(&c.ArpioFailbackStack, "arpioFailbackStack", "")
	s.list(&c.RecoveryEmails, "recoveryEmails")
	s.text(&c.RecoveryRecord, "recoveryRecord", "")
	s.text(&c.RecoveryHostedZone, "recoveryHostedZone", "")
	s.text(&c.RecoveryPrimaryName, "recoveryPrimaryName", "")
	s.text(&c.RecoverySecondaryName, "recoverySecondaryName", "")
	s.text(&c.ArpioApplicationID, "arpioApplicationId", "")

	return c, errors.Join(errors.Join(s.errs...), c.Validate())
}

// source is where settings come from. It collects what cannot be read and leaves the default in place there.
type source struct {
	context func(string) any
	getenv  func(string) string
	errs    []error
}

// lookup is a setting's value and the name it was set by: the variable's, or the context key. The value is nil if neither
// is set.
func (s *source) lookup(key, env string) (value any, name string) {
	if env != "" {
		if v := s.getenv(env); v != "" {
			return v, env
		}
	}
	return s.context(key), key
}

func (s *source) text(field *string, key, env string) {
	value, name := s.lookup(key, env)
	s.setText(field, value, name)
}

// textUnlessSet is text with the context before the variable.
func (s *source) textUnlessSet(field *string, key, env string) {
	if value := s.context(key); value != nil {
		s.setText(field, value, key)
		return
	}
	*field = cmp.Or(s.getenv(env), *field)
}

func (s *source) setText(field *string, value any, name string) {
	switch v := value.(type) {
	case nil:
	case string:
		*field = strings.TrimSpace(v)
	case float64: // an account number without quotes in cdk.json
		*field = strconv.FormatFloat(v, 'f', -1, 64)
	default:
		s.refuse(name, value, "a text")
	}
}

func (s *source) number(field *float64, key, env string) {
	value, name := s.lookup(key, env)
	switch v := value.(type) {
	case nil:
	case float64:
		*field = v
	case string:
		n, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		if err != nil {
			s.refuse(name, value, "a number")
			return
		}
		*field = n
	default:
		s.refuse(name, value, "a number")
	}
}

func (s *source) integer(field *int, key, env string) {
	n := float64(*field)
	before := len(s.errs)
	s.number(&n, key, env)
	if len(s.errs) > before {
		return
	}
	if n != float64(int(n)) {
		_, name := s.lookup(key, env)
		s.refuse(name, n, "a whole number")
		return
	}
	*field = int(n)
}

func (s *source) boolean(field *bool, key string) {
	value := s.context(key)
	switch v := value.(type) {
	case nil:
	case bool:
		*field = v
	case string:
		b, err := strconv.ParseBool(strings.TrimSpace(v))
		if err != nil {
			s.refuse(key, value, "true or false")
			return
		}
		*field = b
	default:
		s.refuse(key, value, "true or false")
	}
}

func (s *source) list(field *[]string, key string) {
	value := s.context(key)
	switch v := value.(type) {
	case nil:
	case string:
		for item := range strings.SplitSeq(v, ",") {
			if item = strings.TrimSpace(item); item != "" {
				*field = append(*field, item)
			}
		}
	case []any:
		for _, item := range v {
			text, ok := item.(string)
			if !ok {
				s.refuse(key, value, "a list of texts")
				return
			}
			*field = append(*field, text)
		}
	default:
		s.refuse(key, value, "a list of texts")
	}
}

func (s *source) refuse(name string, value any, allowed string) {
	s.errs = append(s.errs, fmt.Errorf("%s must be %s, got %#v", name, allowed, value))
}
