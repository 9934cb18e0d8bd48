package rehearsal

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// root is the module's directory.
const root = "../.."

// What all tests share: the operator's command, the assembly of the application as it is, the one with the recovery stack, and the
// functions' binaries.
var command, assembly, recoveryAssembly, functions string

// TestMain builds the command, and synthesizes the application, once for all tests. Under the name aws this program is the AWS CLI, and
// where [scriptVariable] asks for it, the script.
func TestMain(m *testing.M) {
	if os.Getenv(scriptVariable) != "" {
		all := func(string, string) (bool, error) { return true, nil }
		testing.Main(all, []testing.InternalTest{{Name: "script", F: runScript}}, nil, nil) // and exits
	}
	if filepath.Base(os.Args[0]) == "aws" {
		if err := awsCLI(os.Args[1:], os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	scratch, err := os.MkdirTemp("", "warmstandby-test-")
	if err == nil {
		err = prepare(scratch)
	}
	code := 1
	if err == nil {
		code = m.Run()
	} else {
		fmt.Fprintln(os.Stderr, err)
	}
	os.RemoveAll(scratch)
	os.Exit(code)
}

func prepare(scratch string) error {
	command, assembly = filepath.Join(scratch, "warmstandby"), filepath.Join(scratch, "cdk.out")
	recoveryAssembly = filepath.Join(scratch, "recovery.out")
	app := filepath.Join(scratch, "app")
	self, err := os.Executable()
	if err == nil {
		err = os.Symlink(self, filepath.Join(scratch, "aws"))
	}
	if err != nil {
		return err
	}
	for _, args := range [][]string{{"-o", command, "./bin/warmstandby"}, {"-o", app, "./bin/app"}} {
		if err := runIn(nil, "go", append([]string{"build"}, args...)...); err != nil {
			return err
		}
	}
	functions = filepath.Join(scratch, "functions")
	build := []string{"build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc", "-o", functions + "/", "./functions/..."}
	if err := runIn([]string{"CGO_ENABLED=0"}, "go", build...); err != nil {
		return err
	}
	recovery := map[string]any{
		"arpioAccountId": "RQDLgR8ar2ipEV0VbfQLno", "arpioApplicationId": "hSN9jWjSCtEY7UdRJRslwo", "recoveryRecord": "api.example.com",
		"recoveryHostedZone": "Z0123456789ABCDEFGHIJ", "recoveryPrimaryName": "a.us-east-1.elb.amazonaws.com",
		"recoverySecondaryName": "a.us-east-2.elb.amazonaws.com",
	}
	for dir, more := range map[string]map[string]any{assembly: nil, recoveryAssembly: recovery} {
		if err := synthesize(app, dir, more); err != nil {
			return err
		}
	}
	return nil
}

// synthesize has the app write its assembly to a directory, with more context than cdk.json has.
func synthesize(app, dir string, more map[string]any) error {
	context, err := cdkContext(more)
	if err != nil {
		return err
	}
	environment := []string{
		"CDK_OUTDIR=" + dir, "CDK_CONTEXT_JSON=" + context, "CDK_VALIDATION=false", "CDK_DEFAULT_ACCOUNT=", "CDK_DEFAULT_REGION=",
	}
	if node, err := filepath.Abs(filepath.Join(root, "node_modules/.bin/node")); err == nil {
		if _, err := os.Stat(node); err == nil {
			environment = append(environment, "JSII_NODE="+node)
		}
	}
	return runIn(environment, app)
}

// runIn runs a command in the module's directory, with more environment.
func runIn(environment []string, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = root, append(os.Environ(), environment...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// cdkContext is the context of cdk.json and more, as the CDK CLI passes it to the app.
func cdkContext(more map[string]any) (string, error) {
	data, err := os.ReadFile(filepath.Join(root, "cdk.json"))
	if err != nil {
		return "", err
	}
	var file struct{ Context map[string]any }
	if err := json.Unmarshal(data, &file); err != nil {
		return "", err
	}
	maps.Copy(file.Context, more)
	text, err := json.Marshal(file.Context)
	return string(text), err
}
