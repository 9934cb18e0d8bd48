package provision

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/warmstandby/warmstandby/internal/assembly"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

// importPathMetadata is the key of a function's metadata that names the Go package that its code was built from.
const importPathMetadata = "warmstandby:importPath"

// Function is a Lambda function. Its versions, aliases and resource policy are in the Cloud's state.
type Function struct {
	// Stack is the display name of the function's stack, and LogicalID its name in the template.
	Stack, LogicalID string

	// Region is the function's Region.
	Region string

	// Name is the function's name in the Region.
	Name string

	// ARN is the ARN without a version.
	ARN string

	// Role is the ARN of its role.
	Role string

	// Environment is the environment that the template gives it.
	Environment map[string]string

	// Timeout is how long an invocation may take.
	Timeout time.Duration

	// MemorySize is its memory in MiB.
	MemorySize int

	// Reserved is how many instances it may have at most; nil if none are reserved.
	Reserved *int

	// Attachment is where in a VPC it is; the zero value if it is in none.
	Attachment Attachment

	// Asset is what its code was published from.
	Asset assembly.Asset

	// ImportPath is the Go package that its code was built from; empty if it cannot be run.
	ImportPath string

	// NotRun is why it cannot be run; empty if it can.
	NotRun string
}

type functionProperties struct {
	Architectures []string
	Code          struct {
		S3Bucket, S3Key string
	}
	Description      string
	Environment      struct{ Variables map[string]scalar }
	EphemeralStorage struct{ Size *properties.Int }
	FunctionName     string
	Handler          string
	LoggingConfig    struct {
		LogFormat, LogGroup string
	}
	MemorySize                   *properties.Int
	ReservedConcurrentExecutions *properties.Int
	Role                         string
	Runtime                      string
	Tags                         []awssim.Tag
	Timeout                      *properties.Int
	TracingConfig                struct{ Mode string }
	VpcConfig                    struct{ SecurityGroupIDs, SubnetIDs []string }
}

// function creates a function. Default values are those of AWS::Lambda::Function in the CloudFormation template reference.
func (c *call) function(p functionProperties) (cloudformation.Physical, error) {
	name := cmp.Or(p.FunctionName, c.GeneratedName(64))
	if _, taken := c.region.Functions.Get(name); taken {
		return failf("Function already exist: %s", name)
	}
	f := &Function{
		Stack: c.Stack.DisplayName, LogicalID: c.LogicalID, Region: c.Region, Name: name, Role: p.Role,
		Environment: make(map[string]string), MemorySize: valueOr(p.MemorySize, 128),
		Timeout: time.Duration(valueOr(p.Timeout, 3)) * time.Second,
	}
	for key, value := range p.Environment.Variables {
		f.Environment[key] = string(value)
	}
	if p.ReservedConcurrentExecutions != nil {
		f.Reserved = new(int(*p.ReservedConcurrentExecutions))
	}
	if err := errors.Join(c.setCode(f, p), c.setNetwork(f, p)); err != nil {
		return cloudformation.Physical{}, err
	}
	state := c.region.CreateFunction(p.state(f))
	f.ARN = state.ARN
	c.Functions = append(c.Functions, f)
	return physical(name, attributes{"Arn": f.ARN})
}

// setCode finds the function's code.
func (c *call) setCode(f *Function, p functionProperties) (err error) {
	if f.Asset, err = c.Asset(p.Code.S3Key); err != nil {
		return fmt.Errorf("property Code: %w", err)
	}
	if f.ImportPath, _ = c.Metadata[importPathMetadata].(string); f.ImportPath == "" {
		f.NotRun = fmt.Sprintf("its metadata has no %s to build it from for this machine", importPathMetadata)
	}
	return nil
}

// networkActions are what the role of a function in a VPC must allow before Lambda creates the function. See "Giving Lambda
// functions access to resources in an Amazon VPC", section "Required IAM permissions", in the Lambda developer guide.
var networkActions = []string{
	"ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface",
	"ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
}

// setNetwork checks the function's role, and puts the function into its VPC.
func (c *call) setNetwork(f *Function, p functionProperties) (err error) {
	if err := c.assumable(p.Role, "lambda.amazonaws.com"); err != nil {
		return fmt.Errorf("property Role: %w", err)
	}
	if f.Attachment, err = c.attach(p.VpcConfig.SubnetIDs, p.VpcConfig.SecurityGroupIDs); err != nil {
		return fmt.Errorf("property VpcConfig: %w", err)
	}
	if f.Attachment.VPC == "" {
		return nil
	}
	if len(f.Attachment.SecurityGroups) == 0 {
		return errors.New("property VpcConfig: SecurityGroupIds must be given, because the VPC's default security group is not modelled")
	}
	role, err := c.roleOf(p.Role)
	if err != nil {
		return err
	}
	for _, action := range networkActions {
		if err := c.allowed(role, f.Name, action, "*"); err != nil {
			return fmt.Errorf("function %s lacks what it needs in a VPC: %w", f.Name, err)
		}
	}
	return nil
}

// state is the function as Lambda shows it.
func (p functionProperties) state(f *Function) awssim.Function {
	architectures := p.Architectures
	if len(architectures) == 0 {
		architectures = []string{"x86_64"}
	}
	return awssim.Function{
		Name: f.Name, Role: f.Role, Runtime: p.Runtime, Handler: p.Handler, Description: p.Description,
		Timeout: int(f.Timeout / time.Second), MemorySize: f.MemorySize, EphemeralStorage: valueOr(p.EphemeralStorage.Size, 512),
		Architectures: architectures, Environment: f.Environment, SubnetIDs: f.Attachment.Subnets,
		SecurityGroupIDs: f.Attachment.SecurityGroups, VPCID: f.Attachment.VPC, Reserved: f.Reserved, Tags: p.Tags,
		Tracing:   cmp.Or(p.TracingConfig.Mode, "PassThrough"),
		LogGroup:  cmp.Or(p.LoggingConfig.LogGroup, "/aws/lambda/"+f.Name),
		LogFormat: cmp.Or(p.LoggingConfig.LogFormat, "Text"),
	}
}
