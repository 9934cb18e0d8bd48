package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/series"
)

// The exit codes of rehearse. Those of the other commands are in package operator.
const (
	exitOK       = 0
	exitFailed   = 1
	exitUnusable = 2
)

// host is what the command runs on.
type host struct {
	start          rehearsal.Starter
	play           series.Player
	clock          failover.Clock
	stdin          io.Reader
	stdout, stderr io.Writer
}

// run runs the command with args until it is done or ctx ends, and returns its exit code.
func run(ctx context.Context, args []string, h host) int {
	code := exitOK
	root := &cobra.Command{
		Use:           "warmstandby",
		Short:         "Operate an application that runs in one AWS Region and stands by in another",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		if strings.HasPrefix(err.Error(), "invalid argument") { // says what is allowed
			return err
		}
		return fmt.Errorf("%w; %s --help lists the flags", err, cmd.CommandPath())
	})
	root.AddCommand(operateCommands(h, &code)...)
	root.AddCommand(rehearseCommand(h, &code), arpioCommand(h.start, h.stdout, h.stderr, &code))
	root.SetArgs(args)
	root.SetOut(h.stdout)
	root.SetErr(h.stderr)
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintf(h.stderr, "warmstandby: %v\n", err)
		return exitUnusable
	}
	return code
}

// noArguments refuses arguments of a command that takes flags only.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 && cmd.HasSubCommands() {
		return fmt.Errorf("unknown command %q for %q; %s --help lists them", args[0], cmd.CommandPath(), cmd.CommandPath())
	}
	if len(args) > 0 {
		return fmt.Errorf("%s takes flags only, got %q", cmd.CommandPath(), args)
	}
	return nil
}

// oneArgument refuses all but one argument.
func oneArgument(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return fmt.Errorf("%s takes one argument, %s, got %q", cmd.CommandPath(), what, args)
		}
		return nil
	}
}
