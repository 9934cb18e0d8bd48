// Package edges holds the edges between the module's packages: what may never import what.
package edges

import (
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/warmstandby/warmstandby/"

func TestEdges(t *testing.T) {
	tests := []struct {
		name      string
		packages  string
		forbidden []string
	}{
		{
			"functions run without CDK",
			"./functions/...",
			[]string{"github.com/aws/jsii-runtime-go", "github.com/aws/aws-cdk-go", "github.com/aws/constructs-go"},
		},
		{
			"a customer can name every type of a construct's props, and downloads nothing that only tests need",
			"./constructs/...",
			[]string{module + "internal", module + "stacks", module + "functions"},
		},
		{
			"nothing that deploys imports the rehearsal",
			"./bin/app",
			[]string{module + "internal/awssim", module + "internal/rehearsal"},
		},
		{
			"nothing that is deployed imports the rehearsal",
			"./functions/...",
			[]string{module + "internal/awssim", module + "internal/rehearsal"},
		},
		{
			"the topology is plain Go",
			"./constructs/topology",
			[]string{"github.com/", "golang.org/"},
		},
		{
			"lifecycle events are plain Go",
			"./constructs/lifecycle",
			[]string{"github.com/aws", "golang.org/", module + "internal"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			deps := dependencies(t, tt.packages)
			for _, dep := range deps {
				for _, forbidden := range tt.forbidden {
					if strings.HasPrefix(dep, forbidden) && dep != module+"constructs/topology" {
						t.Errorf("%s import %s", tt.packages, dep)
					}
				}
			}
		})
	}
}

// dependencies are the packages that a pattern matches, and all that they import.
func dependencies(t *testing.T, pattern string) []string {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", pattern)
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	deps := strings.Fields(string(out))
	if len(deps) < 2 {
		t.Fatalf("%s import %v, which proves nothing", pattern, deps)
	}
	return deps
}
