package scripts

import (
	"os/exec"
	"testing"
)

// TestShellcheck runs shellcheck, which a machine without it must install: these scripts delete things.
func TestShellcheck(t *testing.T) {
	if _, err := exec.LookPath("shellcheck"); err != nil {
		t.Fatal("shellcheck is not installed: apt-get install shellcheck, brew install shellcheck, or https://www.shellcheck.net")
	}
	cmd := exec.Command("shellcheck", "--external-sources", "--check-sourced", "scripts/deploy.sh", "scripts/destroy.sh")
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
