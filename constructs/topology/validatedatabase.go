package topology

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"
)

// Limits of Aurora.
const (
	minCapacity, maxCapacity   = 0.5, 256
	minMaxCapacity             = 1
	minInstances, maxInstances = 1, 15
)

var (
	databaseName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,63}$`)
	masterUser   = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]{0,15}$`)
	databaseUser = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,31}$`)
	secretSuffix = regexp.MustCompile(`^[A-Za-z0-9/_+=.@-]{1,128}$`)
)

func (c Config) validateDatabase() error {
	errs := []error{c.validateDatabaseNames()}
	if c.DatabaseInstances < minInstances || c.DatabaseInstances > maxInstances {
		errs = append(errs, fmt.Errorf("databaseInstances must be %d to %d, got %d", minInstances, maxInstances, c.DatabaseInstances))
	}
	errs = append(errs,
		validateCapacity("databaseMinCapacity", c.DatabaseMinCapacity, minCapacity),
		validateCapacity("databaseMaxCapacity", c.DatabaseMaxCapacity, minMaxCapacity))
	if c.DatabaseMinCapacity > c.DatabaseMaxCapacity {
		errs = append(errs, fmt.Errorf("databaseMinCapacity must not be above databaseMaxCapacity, got %g and %g", c.DatabaseMinCapacity, c.DatabaseMaxCapacity))
	}
	return errors.Join(errs...)
}

func (c Config) validateDatabaseNames() error {
	var errs []error
	switch {
	case !databaseName.MatchString(c.DatabaseName):
		errs = append(errs, fmt.Errorf("databaseName must start with a letter and have at most 64 letters, digits and underscores, got %q", c.DatabaseName))
	case ReservedWord(c.DatabaseName) || SystemSchema(c.DatabaseName):
		errs = append(errs, fmt.Errorf("databaseName must not be a word that MySQL reserves or a database of the server's own, got %q", c.DatabaseName))
	}
	errs = append(errs,
		validateUser("databaseMasterUser", c.DatabaseMasterUser, masterUser, "start with a letter and have at most 16 letters and digits"),
		validateUser("databaseUser", c.DatabaseUser, databaseUser, "start with a letter and have at most 32 letters, digits and underscores"))
	if strings.EqualFold(c.DatabaseUser, c.DatabaseMasterUser) {
		errs = append(errs, fmt.Errorf("databaseUser must not be the databaseMasterUser, got %q for both", c.DatabaseUser))
	}
	if !secretSuffix.MatchString(c.DatabaseSecretSuffix) {
		errs = append(errs, fmt.Errorf("databaseSecretSuffix must have 1 to 128 letters, digits and /_+=.@-, got %q", c.DatabaseSecretSuffix))
	}
	return errors.Join(errs...)
}

// validateUser checks the name of a database user against a pattern, described by rule, and against what is taken.
func validateUser(key, name string, pattern *regexp.Regexp, rule string) error {
	if !pattern.MatchString(name) {
		return fmt.Errorf("%s must %s, got %q", key, rule, name)
	}
	if ReservedWord(name) || SystemUser(name) {
		return fmt.Errorf("%s must not be a word that MySQL reserves or a user of Aurora's own, got %q", key, name)
	}
	return nil
}

func validateCapacity(key string, acu, least float64) error {
	if math.IsNaN(acu) || acu < least || acu > maxCapacity || acu*2 != math.Trunc(acu*2) {
		return fmt.Errorf("%s must be %g to %g Aurora capacity units in steps of 0.5, got %g", key, least, float64(maxCapacity), acu)
	}
	return nil
}
