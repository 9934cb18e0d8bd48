package test

import (
	"os"
	"testing"

	"github.com/aws/jsii-runtime-go"
)

// TestMain runs all tests on one jsii kernel, and ends it. `make test` sets what the kernel reads before any test can:
// JSII_NODE, the Node.js of package.json, and CDK_VALIDATION=false, because `make synth` validates, once.
func TestMain(m *testing.M) {
	code := m.Run()
	jsii.Close()
	os.Exit(code)
}
