package main

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/internal/awssim/endpoint"
)

// commandsOf are the lines of code blocks of a document, as words. A line that ends in a backslash goes on in the next.
func commandsOf(t *testing.T, path string) [][]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var commands [][]string
	for _, line := range strings.Split(strings.ReplaceAll(string(text), "\\\n", " "), "\n") {
		if code, ok := strings.CutPrefix(line, "    "); ok && strings.TrimSpace(code) != "" {
			commands = append(commands, shellWords(code))
		}
	}
	return commands
}

// word is a word of a shell, quoted in part or not at all.
var word = regexp.MustCompile(`(?:[^\s"']|"[^"]*"|'[^']*')+`)

func shellWords(line string) []string {
	words := word.FindAllString(line, -1)
	for i := range words {
		words[i] = strings.NewReplacer(`"`, "", "'", "").Replace(words[i])
	}
	return words
}

// camel is an operation's name as the API has it, of the AWS CLI's.
func camel(name string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(name, "-") {
		if part == "db" {
			part = "DB"
		}
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}

// Each command of the runbooks is one that there is: ours takes its flags, AWS's is an operation that a rehearsal has too, and make
// has its target.
func TestRunbooks(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]int)
	for _, words := range commandsOf(t, "../../docs/operating.md") {
		seen[words[0]]++
		line := strings.Join(words, " ")
		switch words[0] {
		case "warmstandby":
			var out, wrong bytes.Buffer
			if code := run(t.Context(), append(words[1:], "--help"), host{stdout: &out, stderr: &wrong}); code != 0 || !strings.Contains(out.String(), "warmstandby "+words[1]) {
				t.Errorf("%s: exit code %d, %s", line, code, &wrong)
			}
		case "aws":
			if service, operation := words[1], words[2]; service+operation != "s3cp" && !endpoint.Knows(service, camel(operation)) {
				t.Errorf("%s: there is no %s of %s in a rehearsal", line, camel(operation), service)
			}
			if !slices.Contains(words, "--region") {
				t.Errorf("%s: no Region is named, and in an outage the usual one is gone", line)
			}
		case "make":
			if !strings.Contains(string(makefile), "\n"+words[1]+":") {
				t.Errorf("%s: there is no such target", line)
			}
		default:
			t.Errorf("%s: not a command that is checked here", line)
		}
	}
	if seen["warmstandby"] < 10 || seen["aws"] < 10 || seen["make"] < 2 {
		t.Errorf("found %v only", seen)
	}
}

// What is to be confirmed in an account can be typed: our commands take their flags, AWS's name a Region.
func TestConfirmations(t *testing.T) {
	seen := make(map[string]int)
	for _, words := range commandsOf(t, "../../docs/fidelity.md") {
		seen[words[0]]++
		line := strings.Join(words, " ")
		if words[0] == "aws" && !slices.Contains(words, "--region") {
			t.Errorf("%s: no Region is named", line)
		}
		if words[0] != "warmstandby" {
			continue
		}
		var out, wrong bytes.Buffer
		if code := run(t.Context(), append(words[1:], "--help"), host{stdout: &out, stderr: &wrong}); code != 0 {
			t.Errorf("%s: exit code %d, %s", line, code, &wrong)
		}
	}
	if seen["aws"] < 9 || seen["warmstandby"] < 1 || seen["curl"] < 5 {
		t.Errorf("found %v only", seen)
	}
}

func TestRunbooksAreCheckedStrictly(t *testing.T) {
	for _, line := range []string{"warmstandby failover --regoin us-east-2", "warmstandby fail --region x", "warmstandby assess --mode never"} {
		var out, wrong bytes.Buffer
		if code := run(t.Context(), append(shellWords(line)[1:], "--help"), host{stdout: &out, stderr: &wrong}); code == 0 {
			t.Errorf("%s is taken", line)
		}
	}
	if endpoint.Knows("rds", "FailOverGlobalCluster") || !endpoint.Knows("rds", camel("failover-global-cluster")) {
		t.Error("an operation's name is not what it should be")
	}
}
