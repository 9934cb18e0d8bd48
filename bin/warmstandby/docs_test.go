package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// flagName is a flag's name at the beginning of its line in a help.
var flagName = regexp.MustCompile(`(?m)^ +--([a-z-]+)`)

// The document has every command, flag and exit code, and every command has an example and a help that fits a terminal.
func TestCommandsDocument(t *testing.T) {
	data, err := os.ReadFile("../../docs/commands.md")
	if err != nil {
		t.Fatal(err)
	}
	document := string(data)
	want := func(text string) {
		t.Helper()
		if !strings.Contains(document, text) {
			t.Errorf("docs/commands.md does not have %s", text)
		}
	}
	code := 0
	commands := operateCommands(host{}, &code)
	for _, cmd := range commands {
		want("\n| `" + cmd.Name() + "` |")
		for _, flag := range flagName.FindAllStringSubmatch(cmd.Flags().FlagUsages(), -1) {
			want("\n| `--" + flag[1] + "` |")
		}
		if !strings.Contains(cmd.Example, "  warmstandby "+cmd.Name()) {
			t.Errorf("%s has no example", cmd.Name())
		}
		for line := range strings.Lines(cmd.Long) {
			if len(line) > 101 {
				t.Errorf("%s: %d columns: %s", cmd.Name(), len(line), line)
			}
		}
	}
	if len(commands) != 8 {
		t.Errorf("there are %d commands", len(commands))
	}
	for exit := range 9 {
		want(fmt.Sprintf("\n| %d |", exit))
		if !strings.Contains(exitHelp, fmt.Sprintf("\n  %d  ", exit)) {
			t.Errorf("the help does not have exit code %d", exit)
		}
	}
}
