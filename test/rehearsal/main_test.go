package rehearsal

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// root is the module's directory.
const root = "../.."

// What all tests share: the operator's command, and the assembly of the application as it is.
var command, assembly string

// TestMain builds the command, and synthesizes the application, once for all tests.
func TestMain(m *testing.M) {
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
	app := filepath.Join(scratch, "app")
	context, err := cdkContext()
	if err != nil {
		return err
	}
	environment := append(os.Environ(), "CDK_OUTDIR="+assembly, "CDK_CONTEXT_JSON="+context, "CDK_VALIDATION=false",
		"CDK_DEFAULT_ACCOUNT=", "CDK_DEFAULT_REGION=")
	if node, err := filepath.Abs(filepath.Join(root, "node_modules/.bin/node")); err == nil {
		if _, err := os.Stat(node); err == nil {
			environment = append(environment, "JSII_NODE="+node)
		}
	}
	for _, args := range [][]string{
		{"go", "build", "-o", command, "./bin/warmstandby"},
		{"go", "build", "-o", app, "./bin/app"},
		{app},
	} {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir, cmd.Env = root, environment
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, out)
		}
	}
	return nil
}

// cdkContext is the context of cdk.json, as the CDK CLI passes it to the app.
func cdkContext() (string, error) {
	data, err := os.ReadFile(filepath.Join(root, "cdk.json"))
	if err != nil {
		return "", err
	}
	var file struct{ Context json.RawMessage }
	err = json.Unmarshal(data, &file)
	return string(file.Context), err
}
