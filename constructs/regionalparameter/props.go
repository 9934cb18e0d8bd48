package regionalparameter

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"

	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
)

// Props configures a [Parameter]. Name, Value and Region are required.
type Props struct {
	// Name is the parameter's full name, starting with a slash.
	Name string

	// Value is what is carried, usually a token of a resource in the stack.
	Value string

	// Region is where the parameter is defined.
	Region string

	// Description says what the parameter is for.
	//
	// Default: none.
	Description string

	// LogRetention is how long the function behind parameters of other Regions keeps its log. A stack has one such function,
	// and the first parameter decides. The log is deleted with the stack.
	//
	// Default: one month.
	LogRetention awslogs.RetentionDays
}

// name is what Systems Manager accepts of names with levels.
//
// Source: AWS Systems Manager API Reference, PutParameter.
var name = regexp.MustCompile(`^(/[A-Za-z0-9_.-]+){1,15}$`)

const maxName = 1011

func (p Props) withDefaults() Props {
	if p.LogRetention == "" {
		p.LogRetention = awslogs.RetentionDays_ONE_MONTH
	}
	return p
}

func (p Props) validate() error {
	var errs []error
	if !cdkgo.Unresolved(p.Name) {
		if !name.MatchString(p.Name) || len(p.Name) > maxName {
			errs = append(errs, fmt.Errorf("Name must be levels such as /app/pri/api-id of letters, digits and _.-, got %q", p.Name))
		}
		if first := strings.ToLower(strings.TrimPrefix(p.Name, "/")); strings.HasPrefix(first, "aws") || strings.HasPrefix(first, "ssm") {
			errs = append(errs, fmt.Errorf("Name must not start with aws or ssm, which are reserved, got %q", p.Name))
		}
	}
	if p.Value == "" {
		errs = append(errs, errors.New("Value must not be empty"))
	}
	if p.Region == "" {
		errs = append(errs, errors.New("Region must not be empty"))
	}
	return errors.Join(errs...)
}
