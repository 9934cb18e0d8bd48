package topology

import (
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
)

var (
	arpioID    = regexp.MustCompile(`^[A-Za-z0-9]{8,64}$`)
	stackName  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,127}$`)
	hostedZone = regexp.MustCompile(`^Z[A-Z0-9]{5,31}$`)
)

func (c Config) validateRecovery() error {
	var errs []error
	if id := c.ArpioAccountID; id != "" && (!arpioID.MatchString(id) || account.MatchString(id)) {
		errs = append(errs, fmt.Errorf("arpioAccountId must be the id that Arpio gave, such as RQDLgR8ar2ipEV0VbfQLno, and no AWS account, got %q", id))
	}
	if name := c.ArpioFailbackStack; name != "" && !stackName.MatchString(name) {
		errs = append(errs, fmt.Errorf("arpioFailbackStack must be the name of a CloudFormation stack, got %q", name))
	}
	if c.ArpioAccountID == "" && (c.ArpioFailbackStack != "" || len(c.RecoveryEmails) > 0 || c.RecoveryRecord != "") {
		errs = append(errs, errors.New("arpioFailbackStack, recoveryEmails and recoveryRecord need an arpioAccountId; there is no recovery stack without"))
	}
	for _, address := range c.RecoveryEmails {
		if parsed, err := mail.ParseAddress(address); err != nil || parsed.Address != address {
			errs = append(errs, fmt.Errorf("recoveryEmails must be addresses such as on-call@example.com, got %q", address))
		}
	}
	return errors.Join(append(errs, c.validateRecoveryRecord())...)
}

func (c Config) validateRecoveryRecord() error {
	settings := []struct {
		key, value, example string
		form                *regexp.Regexp
	}{
		{"recoveryRecord", c.RecoveryRecord, "api.example.com", domainName},
		{"recoveryHostedZone", c.RecoveryHostedZone, "Z0123456789ABCDEFGHIJ", hostedZone},
		{"recoveryPrimaryName", c.RecoveryPrimaryName, "a.us-east-1.elb.amazonaws.com", domainName},
		{"recoverySecondaryName", c.RecoverySecondaryName, "a.us-east-2.elb.amazonaws.com", domainName},
		{"arpioApplicationId", c.ArpioApplicationID, "hSN9jWjSCtEY7UdRJRslwo", arpioID},
	}
	var errs []error
	var set, unset []string
	for _, s := range settings {
		if s.value == "" {
			unset = append(unset, s.key)
			continue
		}
		set = append(set, s.key)
		if !s.form.MatchString(s.value) {
			errs = append(errs, fmt.Errorf("%s must be like %s, got %q", s.key, s.example, s.value))
		}
	}
	if len(set) > 0 && len(unset) > 0 {
		errs = append(errs, fmt.Errorf("%s must be set with %s", strings.Join(unset, ", "), strings.Join(set, ", ")))
	}
	return errors.Join(errs...)
}
