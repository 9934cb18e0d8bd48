package test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/jsii-runtime-go"
)

// TestMain runs all tests on one jsii kernel. CDK's built-in validation is off: `make synth` runs it, once.
func TestMain(m *testing.M) {
	os.Setenv("CDK_VALIDATION", "false")
	if node, err := filepath.Abs("../node_modules/.bin/node"); err == nil {
		if _, err := os.Stat(node); err == nil {
			os.Setenv("JSII_NODE", node)
		}
	}
	code := m.Run()
	jsii.Close()
	os.Exit(code)
}
