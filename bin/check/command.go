package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/warmstandby/warmstandby/internal/assembly"
	"github.com/warmstandby/warmstandby/internal/rules"
)

// The command's exit codes.
const (
	exitClean    = 0
	exitFindings = 1
	exitUnusable = 2
)

// options are the command's flags.
type options struct {
	json    bool
	verbose bool
}

// run runs the command with args and returns its exit code. Findings that acknowledgements match are not counted.
func run(args []string, acknowledgements []rules.Acknowledgement, stdout, stderr io.Writer) int {
	var o options
	code := exitClean
	cmd := &cobra.Command{
		Use:   "check [directory]",
		Short: "Say what is in a cloud assembly, and what is wrong with it",
		Long: "Prints the stacks of the cloud assembly in directory (default cdk.out), and the findings of CDK's\n" +
			"validation and of this module's own rules.\n\n" +
			"Exit codes: 0 no findings, 1 findings, 2 the assembly cannot be read or an argument is wrong.",
		Example:       "  check\n  check --verbose cdk.out\n  check --json | jq '.findings[]'",
		Args:          cobra.MaximumNArgs(1),
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(_ *cobra.Command, args []string) error {
			r, err := inspect(append(args, "cdk.out")[0], acknowledgements)
			if err != nil {
				return err
			}
			if len(r.Findings) > 0 {
				code = exitFindings
			}
			return o.write(stdout, r)
		},
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "print everything as JSON")
	cmd.Flags().BoolVarP(&o.verbose, "verbose", "v", false, "list acknowledged findings with their reasons")
	cmd.CompletionOptions.DisableDefaultCmd = true
	cmd.SetArgs(args)
	cmd.SetOut(stdout)
	cmd.SetErr(stderr)
	if err := cmd.Execute(); err != nil {
		fmt.Fprintf(stderr, "check: %v\n", err)
		return exitUnusable
	}
	return code
}

// inspect reads the assembly in dir and runs the rules.
func inspect(dir string, acknowledgements []rules.Acknowledgement) (report, error) {
	a, err := assembly.Read(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return report{}, fmt.Errorf("%w: synthesize first, with make synth", err)
	}
	if err != nil {
		return report{}, err
	}
	return newReport(a, rules.Check(a, acknowledgements)), nil
}

// write writes r to w at once, so that a reader that goes away is noticed.
func (o options) write(w io.Writer, r report) error {
	var b bytes.Buffer
	if o.json {
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(r); err != nil {
			return fmt.Errorf("encode the report: %w", err)
		}
	} else {
		printer{&b}.report(r, o.verbose)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}
