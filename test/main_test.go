package test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/jsii-runtime-go"
)

// scratch is a directory for what several tests share. It is removed after the last one.
var scratch string

// TestMain runs all tests on one jsii kernel, and ends it. CDK's own validation is off: `make synth` runs it, once.
func TestMain(m *testing.M) {
	var err error
	if scratch, err = os.MkdirTemp("", "warmstandby-test"); err != nil {
		panic(err)
	}
	prepareKernel()
	code := m.Run()
	os.RemoveAll(scratch)
	jsii.Close()
	os.Exit(code)
}

// prepareKernel sets the kernel's environment. jsii has read the environment by now, before any test could change it, and
// reads it again after Close.
func prepareKernel() {
	os.Setenv("CDK_VALIDATION", "false")
	if node, err := filepath.Abs("../node_modules/.bin/node"); err == nil {
		if _, err := os.Stat(node); err == nil {
			os.Setenv("JSII_NODE", node)
		}
	}
	jsii.Close()
}
