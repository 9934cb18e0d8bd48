package runtimeapi

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

const (
	// maxRequest is the largest payload of a synchronous invocation, in bytes.
	maxRequest = 6 << 20

	// maxResponse is the largest response to one, in bytes. Lambda allows a little more than for a request.
	maxResponse = maxRequest + 100

	// initLimit is how long an instance may take to be ready before Lambda starts it again, then within the function's
	// timeout.
	initLimit = 10 * time.Second

	defaultTimeout     = 3 * time.Second
	defaultMemoryMiB   = 128
	defaultConcurrency = 10
)

// Options says what a function is. Binary and ARN are required.
type Options struct {
	// Binary is the path of the function's bootstrap, built for this machine.
	Binary string

	// ARN is the function's Amazon resource name, with a version or an alias if it is invoked by one. The function's
	// name and Region come from it.
	ARN string

	// Env is the function's environment, credentials included. What Lambda defines itself is added, and nothing of this
	// process's environment is.
	//
	// Default: empty.
	Env map[string]string

	// Timeout is how long an invocation may take.
	//
	// Default: 3 seconds, as in Lambda.
	Timeout time.Duration

	// MemoryMiB is how much memory the function is told that it has. It is not enforced.
	//
	// Default: 128, as in Lambda.
	MemoryMiB int

	// Concurrency is how many instances there may be at the same time.
	//
	// Default: 10.
	Concurrency int

	// Log gets what the function writes to its standard output and standard error, and what Lambda would add when an
	// invocation fails: whole lines, one in each Write, that begin with Region and function name. It must allow
	// concurrent calls.
	//
	// Default: nobody reads it.
	Log io.Writer
}

func (o Options) validate() error {
	var errs []error
	if info, err := os.Stat(o.Binary); err != nil {
		errs = append(errs, fmt.Errorf("Binary must be a program: %w", err))
	} else if info.IsDir() || info.Mode()&0o111 == 0 {
		errs = append(errs, fmt.Errorf("Binary must be a program, got %s", o.Binary))
	}
	if _, _, err := parseARN(o.ARN); err != nil {
		errs = append(errs, err)
	}
	if o.Timeout < 0 {
		errs = append(errs, fmt.Errorf("Timeout must be positive, got %v", o.Timeout))
	}
	if o.MemoryMiB < 0 {
		errs = append(errs, fmt.Errorf("MemoryMiB must be positive, got %d", o.MemoryMiB))
	}
	if o.Concurrency < 0 {
		errs = append(errs, fmt.Errorf("Concurrency must be positive, got %d", o.Concurrency))
	}
	return errors.Join(errs...)
}

func (o Options) withDefaults() Options {
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.MemoryMiB == 0 {
		o.MemoryMiB = defaultMemoryMiB
	}
	if o.Concurrency == 0 {
		o.Concurrency = defaultConcurrency
	}
	if o.Log == nil {
		o.Log = io.Discard
	}
	return o
}

// parseARN takes Region and name from arn:aws:lambda:<Region>:<account>:function:<name>[:<version or alias>].
func parseARN(arn string) (region, name string, err error) {
	part := strings.Split(arn, ":")
	if len(part) < 7 || len(part) > 8 || part[0] != "arn" || part[2] != "lambda" || part[3] == "" ||
		part[5] != "function" || part[6] == "" {
		return "", "", fmt.Errorf("ARN must be arn:aws:lambda:<region>:<account>:function:<name>, got %q", arn)
	}
	return part[3], part[6], nil
}
