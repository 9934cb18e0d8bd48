package main

import (
	"context"
	"fmt"
	"io"

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
