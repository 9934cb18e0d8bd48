package runbook

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"

	"github.com/warmstandby/warmstandby/constructs/runbook/document"
)

// Tag is a tag that instances carry.
type Tag struct {
	// Key is the tag's key. Required.
	Key string

	// Value is the tag's value. Required.
	Value string
}

// Props configures a [Runbook]. Steps are required, and InstanceTag if a step acts on instances.
type Props struct {
	// Name is the document's name in its Region: 3 to 128 letters, digits, hyphens, underscores and periods.
	//
	// Default: CloudFormation chooses a name.
	Name string

	// Description says what the runbook is for.
	//
	// Default: none.
	Description string

	// Parameters are what an execution is given, by name.
	//
	// Default: none.
	Parameters map[string]document.Parameter

	// Steps are what it does, in order.
	Steps []document.Step

	// Outputs are what an execution returns, such as runScript.Output.
	//
	// Default: none.
	Outputs []string

	// InstanceTag is what an instance must carry for a step to act on it.
	InstanceTag Tag

	// Statements are what else the role may do: the API calls of steps.
	//
	// Default: nothing.
	Statements []awsiam.PolicyStatement

	// Functions are the functions that steps invoke.
	//
	// Default: none.
	Functions []awslambda.IFunction
}

// Platforms of servers.
const (
	// Linux servers run shell scripts.
	Linux = "Linux"

	// Windows servers run PowerShell scripts.
	Windows = "Windows"
)

// ScriptProps configures a [Runbook] that runs a script. Commands and InstanceTag are required.
type ScriptProps struct {
	// Name is the document's name in its Region.
	//
	// Default: CloudFormation chooses a name.
	Name string

	// Description says what the script is for.
	//
	// Default: none.
	Description string

	// Commands are the script, a line each. A failure runs it again, so it must bear that.
	Commands []string

	// Repeat runs the script for every event. It is for scripts that bear that: events repeat.
	//
	// Default: on Linux, a script that has succeeded on a server does nothing there any more, until it is changed. What has run is
	// recorded under /var/lib/warmstandby, with flock. On Windows, scripts always repeat.
	Repeat bool

	// InstanceTag is what an instance must carry for the script to run on it.
	InstanceTag Tag

	// Platform is [Linux] or [Windows].
	//
	// Default: Linux.
	Platform string

	// Parameters are what an execution is given beside InstanceId, by name.
	//
	// Default: none.
	Parameters map[string]document.Parameter

	// Environment are variables that the script finds set: names, and the parameters that hold their values. Such a parameter's
	// values must be letters, digits and _ . : / @ + = , - only.
	//
	// Default: none.
	Environment map[string]string

	// MaxAttempts is how often the script is tried, 1 to 10.
	//
	// Default: 3.
	MaxAttempts int

	// TimeoutSeconds is how long one attempt may take, 1 to 172800.
	//
	// Default: 3600.
	TimeoutSeconds int

	// OutputBucket is where the whole output is written. The instance writes it: see [Runbook.GrantWriteOutput].
	//
	// Default: none.
	OutputBucket awss3.IBucket

	// OutputPrefix is the beginning of the output's keys in OutputBucket.
	//
	// Default: none.
	OutputPrefix string

	// OutputLogGroup is where the output is written, too. The instance writes it: see [Runbook.GrantWriteOutput].
	//
	// Default: none.
	OutputLogGroup awslogs.ILogGroup
}

const (
	defaultAttempts = 3
	maxAttempts     = 10
	defaultTimeout  = 3600
	maxTimeout      = 172800
)

// documentName is what Systems Manager accepts, without the names that it reserves.
//
// Source: AWS Systems Manager API Reference, CreateDocument.
var (
	documentName = regexp.MustCompile(`^[A-Za-z0-9_.-]{3,128}$`)
	reserved     = []string{"aws", "amazon", "amzn"}
)

func (p Props) validate() error {
	var errs []error
	if p.Name != "" && !documentName.MatchString(p.Name) {
		errs = append(errs, fmt.Errorf("Name must have 3 to 128 letters, digits, hyphens, underscores and periods, got %q", p.Name))
	}
	for _, prefix := range reserved {
		if strings.HasPrefix(strings.ToLower(p.Name), prefix) {
			errs = append(errs, fmt.Errorf("Name must not start with %s, which is reserved, got %q", prefix, p.Name))
		}
	}
	if (p.InstanceTag.Key == "") != (p.InstanceTag.Value == "") {
		errs = append(errs, fmt.Errorf("InstanceTag must have both a key and a value, got %+v", p.InstanceTag))
	}
	if p.InstanceTag.Key == "" {
		for _, s := range p.Steps {
			if actsOnInstances(s) {
				errs = append(errs, fmt.Errorf("InstanceTag must be set, because step %s acts on instances", s.Name))
			}
		}
	}
	return errors.Join(errs...)
}

func (p ScriptProps) withDefaults() ScriptProps {
	if p.Platform == "" {
		p.Platform = Linux
	}
	if p.MaxAttempts == 0 {
		p.MaxAttempts = defaultAttempts
	}
	if p.TimeoutSeconds == 0 {
		p.TimeoutSeconds = defaultTimeout
	}
	return p
}

func (p ScriptProps) validate() error {
	var errs []error
	if p.Platform != "" && p.Platform != Linux && p.Platform != Windows {
		errs = append(errs, fmt.Errorf("Platform must be %s or %s, got %q", Linux, Windows, p.Platform))
	}
	if p.MaxAttempts < 0 || p.MaxAttempts > maxAttempts {
		errs = append(errs, fmt.Errorf("MaxAttempts must be 1 to %d, got %d", maxAttempts, p.MaxAttempts))
	}
	if p.TimeoutSeconds < 0 || p.TimeoutSeconds > maxTimeout {
		errs = append(errs, fmt.Errorf("TimeoutSeconds must be 1 to %d, got %d", maxTimeout, p.TimeoutSeconds))
	}
	if p.OutputPrefix != "" && p.OutputBucket == nil {
		errs = append(errs, fmt.Errorf("OutputPrefix %q needs an OutputBucket", p.OutputPrefix))
	}
	if _, taken := p.Environment[instanceVariable]; taken {
		errs = append(errs, fmt.Errorf("Environment must not have %s, which NewScript defines", instanceVariable))
	}
	if _, taken := p.Parameters[InstanceIDParameter]; taken {
		errs = append(errs, fmt.Errorf("Parameters must not have %s, which NewScript defines", InstanceIDParameter))
	}
	return errors.Join(errs...)
}
