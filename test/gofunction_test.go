package test

import (
	"debug/elf"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/gofunction"
)

// hello is the import path of a function without dependencies.
const hello = "github.com/warmstandby/warmstandby/constructs/gofunction/testdata/hello"

// defineHello defines a function named Hello, whose props change may change.
func defineHello(stack awscdk.Stack, change func(*gofunction.Props)) *gofunction.Function {
	props := &gofunction.Props{ImportPath: hello}
	if change != nil {
		change(props)
	}
	return gofunction.New(stack, "Hello", props)
}

func TestGoFunctionDefaults(t *testing.T) {
	stack := newStack(t)
	defineHello(stack, nil)
	s := synthesize(t, stack)

	s.hasProperties(t, "AWS::Lambda::Function", map[string]any{
		"Architectures": []string{"arm64"},
		"Handler":       "bootstrap",
		"LoggingConfig": map[string]any{"LogFormat": "JSON", "LogGroup": map[string]any{"Ref": s.only(t, "AWS::Logs::LogGroup").id}},
		"MemorySize":    256,
		"Role":          map[string]any{"Fn::GetAtt": []string{s.only(t, "AWS::IAM::Role").id, "Arn"}},
		"Runtime":       "provided.al2023",
		"Timeout":       10,
		"TracingConfig": map[string]any{"Mode": "Active"},
	})
	function := s.only(t, "AWS::Lambda::Function")
	for _, absent := range []string{"FunctionName", "Description", "Environment", "ReservedConcurrentExecutions", "VpcConfig"} {
		if v, ok := function.properties[absent]; ok {
			t.Errorf("%s is %v, want it absent", absent, v)
		}
	}
	if got := function.raw["Metadata"].(map[string]any)[gofunction.ImportPathMetadata]; got != hello {
		t.Errorf("the metadata says that the function is built from %v", got)
	}
	s.hasProperties(t, "AWS::Logs::LogGroup", map[string]any{"RetentionInDays": 30, "LogGroupName": assertions.Match_Absent()})
	if policy := s.only(t, "AWS::Logs::LogGroup").raw["DeletionPolicy"]; policy != "Delete" {
		t.Errorf("the log group's deletion policy is %v", policy)
	}
	version := s.only(t, "AWS::Lambda::Version")
	s.hasProperties(t, "AWS::Lambda::Version", map[string]any{"FunctionName": map[string]any{"Ref": function.id}})
	s.hasProperties(t, "AWS::Lambda::Alias", map[string]any{
		"Name":            "live",
		"FunctionName":    map[string]any{"Ref": function.id},
		"FunctionVersion": map[string]any{"Fn::GetAtt": []string{version.id, "Version"}},
	})
	check(t, func() { s.ResourceCountIs(jsii.String("AWS::EC2::SecurityGroup"), jsii.Number(0)) })
}

func TestGoFunctionProps(t *testing.T) {
	zero := 0
	for name, tc := range map[string]struct {
		change func(*gofunction.Props)
		typ    string
		want   map[string]any
	}{
		"function name": {
			func(p *gofunction.Props) { p.FunctionName = "hello" }, "AWS::Lambda::Function",
			map[string]any{"FunctionName": "hello"},
		},
		"log group name": {
			func(p *gofunction.Props) { p.FunctionName = "hello" }, "AWS::Logs::LogGroup",
			map[string]any{"LogGroupName": "/aws/lambda/hello"},
		},
		"description": {
			func(p *gofunction.Props) { p.Description = "Greets" }, "AWS::Lambda::Function",
			map[string]any{"Description": "Greets"},
		},
		"memory": {
			func(p *gofunction.Props) { p.MemoryMiB = 512 }, "AWS::Lambda::Function",
			map[string]any{"MemorySize": 512},
		},
		"timeout": {
			func(p *gofunction.Props) { p.Timeout = awscdk.Duration_Minutes(jsii.Number(2)) }, "AWS::Lambda::Function",
			map[string]any{"Timeout": 120},
		},
		"no concurrency": {
			func(p *gofunction.Props) { p.ReservedConcurrency = &zero }, "AWS::Lambda::Function",
			map[string]any{"ReservedConcurrentExecutions": 0},
		},
		"retention of logs": {
			func(p *gofunction.Props) { p.LogRetention = awslogs.RetentionDays_ONE_YEAR }, "AWS::Logs::LogGroup",
			map[string]any{"RetentionInDays": 365},
		},
		"environment": {
			func(p *gofunction.Props) { p.Environment = map[string]string{"GREETING": "hello"} }, "AWS::Lambda::Function",
			map[string]any{"Environment": map[string]any{"Variables": map[string]any{"GREETING": "hello"}}},
		},
		"architecture": {
			func(p *gofunction.Props) { p.Architecture = awslambda.Architecture_X86_64() }, "AWS::Lambda::Function",
			map[string]any{"Architectures": []string{"x86_64"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			stack := newStack(t)
			defineHello(stack, tc.change)
			synthesize(t, stack).hasProperties(t, tc.typ, tc.want)
		})
	}
}

func TestGoFunctionRetainsLogs(t *testing.T) {
	stack := newStack(t)
	defineHello(stack, func(p *gofunction.Props) { p.LogRemovalPolicy = awscdk.RemovalPolicy_RETAIN })
	if policy := synthesize(t, stack).only(t, "AWS::Logs::LogGroup").raw["DeletionPolicy"]; policy != "Retain" {
		t.Errorf("the log group's deletion policy is %v", policy)
	}
}

func TestGoFunctionRole(t *testing.T) {
	stack := newStack(t)
	defineHello(stack, nil)
	s := synthesize(t, stack)

	s.hasProperties(t, "AWS::IAM::Role", map[string]any{
		"ManagedPolicyArns": assertions.Match_Absent(),
		"AssumeRolePolicyDocument": map[string]any{"Statement": []any{map[string]any{
			"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": map[string]any{"Service": "lambda.amazonaws.com"},
		}}},
	})
	s.hasProperties(t, "AWS::IAM::Policy", map[string]any{
		"Roles": []any{map[string]any{"Ref": s.only(t, "AWS::IAM::Role").id}},
		"PolicyDocument": map[string]any{"Statement": []any{
			map[string]any{
				"Action":   []string{"logs:CreateLogStream", "logs:PutLogEvents"},
				"Effect":   "Allow",
				"Resource": map[string]any{"Fn::GetAtt": []string{s.only(t, "AWS::Logs::LogGroup").id, "Arn"}},
			},
			map[string]any{"Action": []string{"xray:PutTelemetryRecords", "xray:PutTraceSegments"}, "Effect": "Allow", "Resource": "*"},
		}},
	})
}

func TestGoFunctionInVpc(t *testing.T) {
	stack := newStack(t)
	vpc := awsec2.Vpc_FromVpcAttributes(stack, jsii.String("Vpc"), &awsec2.VpcAttributes{
		VpcId:             jsii.String("vpc-0123456789abcdef0"),
		AvailabilityZones: jsii.Strings("us-east-1a", "us-east-1b"),
		IsolatedSubnetIds: jsii.Strings("subnet-0123456789abcdef0", "subnet-0123456789abcdef1"),
	})
	f := defineHello(stack, func(p *gofunction.Props) {
		p.Vpc = vpc
		p.VpcSubnets = &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED}
	})
	peer, port := awsec2.Peer_Ipv4(jsii.String("10.0.0.0/16")), awsec2.Port_Tcp(jsii.Number(3306))
	f.Function().Connections().AllowTo(peer, port, jsii.String("database"))
	s := synthesize(t, stack)

	group := s.only(t, "AWS::EC2::SecurityGroup")
	s.hasProperties(t, "AWS::EC2::SecurityGroup", map[string]any{
		"VpcId":                "vpc-0123456789abcdef0",
		"SecurityGroupIngress": assertions.Match_Absent(),
		"SecurityGroupEgress": []any{map[string]any{
			"CidrIp": "10.0.0.0/16", "Description": "database", "IpProtocol": "tcp", "FromPort": 3306, "ToPort": 3306,
		}},
	})
	s.hasProperties(t, "AWS::Lambda::Function", map[string]any{"VpcConfig": map[string]any{
		"SubnetIds":        []string{"subnet-0123456789abcdef0", "subnet-0123456789abcdef1"},
		"SecurityGroupIds": []any{map[string]any{"Fn::GetAtt": []string{group.id, "GroupId"}}},
	}})
	s.hasProperties(t, "AWS::IAM::Policy", map[string]any{
		"Roles": []any{map[string]any{"Ref": s.only(t, "AWS::IAM::Role").id}},
		"PolicyDocument": map[string]any{"Statement": assertions.Match_ArrayWith(&[]any{map[string]any{
			"Action": []string{
				"ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
				"ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses",
			},
			"Effect":    "Allow",
			"Resource":  "*",
			"Condition": map[string]any{"Null": map[string]any{"lambda:SourceFunctionArn": "true"}},
		}})},
	})
}

func TestGoFunctionFails(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*gofunction.Props)
		want   []string
	}{
		"fails on several props": {
			func(p *gofunction.Props) { p.FunctionName, p.MemoryMiB = "a b", 1 },
			[]string{"gofunction Test/Hello: ", `FunctionName must be 1 to 64 letters, digits, hyphens and underscores, got "a b"`, "Memory"},
		},
		"fails on a long timeout": {
			func(p *gofunction.Props) { p.Timeout = awscdk.Duration_Minutes(jsii.Number(16)) },
			[]string{"Timeout must be 1 to 900 seconds, got 960"},
		},
		"fails on a short timeout": {
			func(p *gofunction.Props) { p.Timeout = awscdk.Duration_Millis(jsii.Number(500)) },
			[]string{"Timeout must be 1 to 900 seconds, got 0.5"},
		},
		"fails on an unknown architecture": {
			func(p *gofunction.Props) { p.Architecture = awslambda.Architecture_Custom(jsii.String("riscv64"), nil) },
			[]string{`Architecture must be arm64 or x86_64, got "riscv64"`},
		},
		"fails on subnets of no network": {
			func(p *gofunction.Props) { p.VpcSubnets = &awsec2.SubnetSelection{} },
			[]string{"VpcSubnets needs Vpc"},
		},
		"fails on a package that does not exist": {
			func(p *gofunction.Props) { p.ImportPath = hello + "/none" },
			[]string{"gofunction Test/Hello: build " + hello + "/none: go build:\n", hello + "/none"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			stack := newStack(t)
			wantPanic(t, func() { defineHello(stack, tc.change) }, tc.want...)
		})
	}
}

func TestGoFunctionWithoutProps(t *testing.T) {
	stack := newStack(t)
	wantPanic(t, func() { gofunction.New(stack, "Hello", nil) }, "gofunction Test/Hello: ImportPath is required")
}

func TestGoFunctionNameMayBeAToken(t *testing.T) {
	stack := newStack(t)
	defineHello(stack, func(p *gofunction.Props) { p.FunctionName = *stack.Region() + "-" + *awscdk.Aws_STACK_NAME() })
	synthesize(t, stack).hasProperties(t, "AWS::Lambda::Function", map[string]any{
		"FunctionName": map[string]any{"Fn::Join": []any{"", []any{"us-east-1-", map[string]any{"Ref": "AWS::StackName"}}}},
	})
}

func TestGoFunctionAccessors(t *testing.T) {
	stack := newStack(t)
	f := defineHello(stack, nil)
	for name, path := range map[string]*string{
		"Resource":                f.Function().Node().Path(),
		"Resource/CurrentVersion": f.Version().Node().Path(),
		"Live":                    f.Alias().Node().Path(),
		"LogGroup":                f.LogGroup().Node().Path(),
		"Role":                    f.Role().Node().Path(),
	} {
		if want := "Test/Hello/" + name; *path != want {
			t.Errorf("path is %s, want %s", *path, want)
		}
	}
	if group := f.SecurityGroup(); group != nil {
		t.Errorf("outside a VPC the security group is %v", group)
	}
}

// assets are the directories of app's staged assets that hold a bootstrap file.
func assets(t *testing.T, app awscdk.App) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(*app.Outdir(), "asset.*", "bootstrap"))
	if err != nil || len(files) == 0 {
		t.Fatalf("staged %v, %v", files, err)
	}
	return files
}

func TestGoFunctionAsset(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	var staged []string
	for range 2 {
		app := newApp(t)
		for _, region := range []string{"us-east-1", "us-east-2"} {
			env := &awscdk.Environment{Region: jsii.String(region)}
			defineHello(awscdk.NewStack(app, jsii.String("Test-"+region), &awscdk.StackProps{Env: env}), nil)
		}
		files := assets(t, app)
		if len(files) != 1 {
			t.Fatalf("both Regions' functions are %d assets, want one", len(files))
		}
		staged = append(staged, files[0])
	}
	if a, b := filepath.Base(filepath.Dir(staged[0])), filepath.Base(filepath.Dir(staged[1])); a != b {
		t.Errorf("the asset is %s in one app and %s in another", a, b)
	}
	left, err := filepath.Glob(filepath.Join(temp, "gofunction-*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
	bootstrap, err := elf.Open(staged[0])
	if err != nil {
		t.Fatal(err)
	}
	defer bootstrap.Close()
	if bootstrap.Machine != elf.EM_AARCH64 {
		t.Errorf("bootstrap is for %v", bootstrap.Machine)
	}
	if info, err := os.Stat(staged[0]); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("bootstrap is %v, %v", info, err)
	}
}

func TestGoFunctionIsNotBuiltWhenAssetsAreNotNeeded(t *testing.T) {
	context := map[string]any{"aws:cdk:bundling-stacks": []string{}}
	app := awscdk.NewApp(&awscdk.AppProps{Context: &context, Outdir: jsii.String(t.TempDir())})
	stack := awscdk.NewStack(app, jsii.String("Test"), nil)
	t.Setenv("PATH", t.TempDir()) // without a go command
	defineHello(stack, func(p *gofunction.Props) { p.ImportPath = "example.com/never/built" })
	content, err := os.ReadFile(assets(t, app)[0])
	if err != nil || !strings.HasPrefix(string(content), "not built") {
		t.Errorf("bootstrap holds %q, %v", content, err)
	}
}

func TestGoFunctionVersionFollowsTheConfiguration(t *testing.T) {
	versions := make(map[string]bool)
	for _, memory := range []int{128, 128, 256} {
		stack := newStack(t)
		defineHello(stack, func(p *gofunction.Props) { p.MemoryMiB = memory })
		versions[synthesize(t, stack).only(t, "AWS::Lambda::Version").id] = true
	}
	if len(versions) != 2 {
		names, _ := json.Marshal(versions)
		t.Errorf("two configurations have the versions %s", names)
	}
}
