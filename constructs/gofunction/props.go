package gofunction

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
)

// Lambda's quotas; see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html.
const (
	minMemoryMiB      = 128
	maxMemoryMiB      = 10240
	maxTimeoutSeconds = 900
)

// Props configures a [Function]. ImportPath is required.
type Props struct {
	// ImportPath is the full import path of the function's main package. The module that the app runs in must hold or require
	// it: whatever `go build` finds from the app's working directory.
	ImportPath string

	// BuildWith are import paths of the app's other functions. The first function that needs its binary builds all of them
	// in one run of the go command, which takes little longer than to build one. Every function of an app can be given
	// the same list. Packages that no function uses are built for nothing.
	//
	// Default: the package is built alone.
	BuildWith []string

	// FunctionName is the function's name in its Region: up to 64 letters, digits, hyphens and underscores.
	//
	// Default: CloudFormation chooses a name.
	FunctionName string

	// Description says what the function does.
	//
	// Default: none.
	Description string

	// Architecture is the instruction set that the package is built for and runs on.
	//
	// Default: ARM64, which costs less than x86-64 for the same work.
	Architecture awslambda.Architecture

	// MemoryMiB is the function's memory, 128 to 10240. Processor time comes in proportion.
	//
	// Default: 256.
	MemoryMiB int

	// Timeout is how long an invocation may take, 1 to 900 seconds.
	//
	// Default: 10 seconds.
	Timeout awscdk.Duration

	// Environment are the function's environment variables. They are readable for whoever may read the function's configuration, so
	// they are no place for secrets.
	//
	// Default: none.
	Environment map[string]string

	// ReservedConcurrency is how many invocations may run at the same time. They are taken from the account's quota, so
	// other functions cannot use them up. 0 stops the function.
	//
	// Default: nil, the function shares what the account has not reserved.
	ReservedConcurrency *int

	// Vpc is the network that the function can reach. It gets a security group of its own, which allows nothing until a
	// rule is added.
	//
	// Default: none, the function can reach the internet and no private network.
	Vpc awsec2.IVpc

	// VpcSubnets are the subnets of Vpc that the function's network interfaces are in.
	//
	// Default: the private subnets of Vpc.
	VpcSubnets *awsec2.SubnetSelection

	// LogRetention is how long log events are kept.
	//
	// Default: one month.
	LogRetention awslogs.RetentionDays

	// LogRemovalPolicy says what becomes of the log group when it is removed from the stack.
	//
	// Default: DESTROY. A log group that stays behind would be in the way when a function of the same name is deployed again.
	LogRemovalPolicy awscdk.RemovalPolicy
}

// withDefaults are the props with every default filled in.
func (p Props) withDefaults() Props {
	if p.Architecture == nil {
		p.Architecture = awslambda.Architecture_ARM_64()
	}
	if p.MemoryMiB == 0 {
		p.MemoryMiB = 256
	}
	if p.Timeout == nil {
		p.Timeout = awscdk.Duration_Seconds(jsii.Number(10))
	}
	if p.LogRetention == "" {
		p.LogRetention = awslogs.RetentionDays_ONE_MONTH
	}
	if p.LogRemovalPolicy == "" {
		p.LogRemovalPolicy = awscdk.RemovalPolicy_DESTROY
	}
	return p
}

// What names may look like. An import path's elements do not start with a dot, which leaves out relative paths, nor with a
// hyphen, which the go command would read as a flag.
var (
	importPath   = regexp.MustCompile(`^[\w~][\w~+.-]*(/[\w~+][\w~+.-]*)*$`)
	functionName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)
	variableName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_]+$`)
)

// validate reports everything that is wrong with the props.
func (p Props) validate() error {
	errs := []error{p.validateImportPaths()}
	if p.FunctionName != "" && !functionName.MatchString(p.FunctionName) && !cdkgo.Unresolved(p.FunctionName) {
		errs = append(errs, fmt.Errorf("FunctionName must be 1 to 64 letters, digits, hyphens and underscores, got %q", p.FunctionName))
	}
	if _, err := p.goarch(); err != nil {
		errs = append(errs, err)
	}
	if m := p.MemoryMiB; m != 0 && (m < minMemoryMiB || m > maxMemoryMiB) {
		errs = append(errs, fmt.Errorf("MemoryMiB must be %d to %d, got %d", minMemoryMiB, maxMemoryMiB, m))
	}
	if p.Timeout != nil && !*p.Timeout.IsUnresolved() {
		if s := *p.Timeout.ToSeconds(&awscdk.TimeConversionOptions{Integral: jsii.Bool(false)}); s < 1 || s > maxTimeoutSeconds {
			errs = append(errs, fmt.Errorf("Timeout must be 1 to %d seconds, got %v", maxTimeoutSeconds, s))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Environment)) {
		if !variableName.MatchString(name) {
			const rule = "must be a letter, followed by letters, digits and underscores"
			errs = append(errs, fmt.Errorf("names in Environment %s, got %q", rule, name))
		}
	}
	if r := p.ReservedConcurrency; r != nil && *r < 0 {
		errs = append(errs, fmt.Errorf("ReservedConcurrency must be at least 0, got %d", *r))
	}
	if p.VpcSubnets != nil && p.Vpc == nil {
		errs = append(errs, errors.New("VpcSubnets needs Vpc, set Vpc to the network they are in"))
	}
	return errors.Join(errs...)
}

// validateImportPaths reports what no import path looks like. Whether there is such a package is up to the go command.
func (p Props) validateImportPaths() error {
	const rule = "must be the full import path of a main package, such as github.com/acme/shop/functions/orders"
	if p.ImportPath == "" {
		return errors.New("ImportPath is required: it " + rule)
	}
	var errs []error
	check := func(prop, path string) {
		if !importPath.MatchString(path) || strings.Contains(path, "...") {
			errs = append(errs, fmt.Errorf("%s %s, got %q", prop, rule, path))
		}
	}
	check("ImportPath", p.ImportPath)
	for _, path := range p.BuildWith {
		check("BuildWith", path)
	}
	return errors.Join(errs...)
}

// goarch is the go command's name for Architecture.
func (p Props) goarch() (string, error) {
	if p.Architecture == nil {
		return "arm64", nil
	}
	switch name := *p.Architecture.Name(); name {
	case "arm64":
		return "arm64", nil
	case "x86_64":
		return "amd64", nil
	default:
		return "", fmt.Errorf("Architecture must be arm64 or x86_64, got %q", name)
	}
}
