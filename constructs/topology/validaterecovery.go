package topology

import (
	"errors"
	"fmt"
	"net/mail"
	"regexp"
)

var (
	arpioAccount = regexp.MustCompile(`^[A-Za-z0-9]{8,64}$`)
	stackName    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,127}$`)
)

func (c Config) validateRecovery() error {
	var errs []error
	if id := c.ArpioAccountID; id != "" && (!arpioAccount.MatchString(id) || account.MatchString(id)) {
		errs = append(errs, fmt.Errorf("arpioAccountId must be the id that Arpio gave, such as RQDLgR8ar2ipEV0VbfQLno, and no AWS account, got %q", id))
	}
	if name := c.ArpioFailbackStack; name != "" && !stackName.MatchString(name) {
		errs = append(errs, fmt.Errorf("arpioFailbackStack must be the name of a CloudFormation stack, got %q", name))
	}
	if c.ArpioAccountID == "" && (c.ArpioFailbackStack != "" || len(c.RecoveryEmails) > 0) {
		errs = append(errs, errors.New("arpioFailbackStack and recoveryEmails need an arpioAccountId; there is no recovery stack without"))
	}
	for _, address := range c.RecoveryEmails {
		if parsed, err := mail.ParseAddress(address); err != nil || parsed.Address != address {
			errs = append(errs, fmt.Errorf("recoveryEmails must be addresses such as on-call@example.com, got %q", address))
		}
	}
	return errors.Join(errs...)
}
