package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The values of flags check themselves when they are set, and say what is allowed. Cobra adds which flag it is, and what it got.

// text is any text but none.
type text struct{ value *string }

func (v *text) String() string { return *v.value }
func (*text) Type() string     { return "text" }

func (v *text) Set(s string) error {
	if s == "" {
		return errors.New("must not be empty")
	}
	*v.value = s
	return nil
}

// choice is one of several words.
type choice struct {
	value   *string
	allowed []string
}

func (v *choice) String() string { return *v.value }
func (*choice) Type() string     { return "name" }

func (v *choice) Set(s string) error {
	if !slices.Contains(v.allowed, s) {
		return fmt.Errorf("must be %s", strings.Join(v.allowed, " or "))
	}
	*v.value = s
	return nil
}

// loopback is a host and port that only this machine reaches.
type loopback struct{ value *string }

func (v *loopback) String() string { return *v.value }
func (*loopback) Type() string     { return "address" }

func (v *loopback) Set(s string) error {
	host, port, err := net.SplitHostPort(s)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return errors.New("must be host:port, such as 127.0.0.1:0")
	}
	if address, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !address.IsLoopback()) {
		return errors.New("must be an address of the loopback interface, such as 127.0.0.1:0")
	}
	*v.value = s
	return nil
}

// outputFile is the path of a file that can be written, as far as one can tell without doing it. Its directory is made if it is not
// there.
type outputFile struct{ value *string }

func (v *outputFile) String() string { return *v.value }
func (*outputFile) Type() string     { return "file" }

func (v *outputFile) Set(s string) error {
	if s == "" || !canHold(filepath.Dir(s)) {
		return errors.New("must be a file in a directory that exists or can be made")
	}
	if file, err := os.Stat(s); err == nil && file.IsDir() {
		return errors.New("must be a file, not a directory")
	}
	*v.value = s
	return nil
}

// number is a whole number from least to most.
type number struct {
	value       *int
	least, most int
}

func (v *number) String() string { return strconv.Itoa(*v.value) }
func (*number) Type() string     { return "number" }

func (v *number) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < v.least || n > v.most {
		return fmt.Errorf("must be a whole number from %d to %d", v.least, v.most)
	}
	*v.value = n
	return nil
}

// length is a length of time from 0 to most.
type length struct {
	value *time.Duration
	most  time.Duration
}

func (v *length) String() string { return v.value.String() }
func (*length) Type() string     { return "duration" }

func (v *length) Set(s string) error {
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 || d > v.most {
		return fmt.Errorf("must be a duration from 0s to %v, such as 20s", v.most)
	}
	*v.value = d
	return nil
}

// seed is a whole number.
type seed struct{ value *uint64 }

func (v *seed) String() string {
	if *v.value == 0 {
		return "" // a default that is not there is not shown
	}
	return strconv.FormatUint(*v.value, 10)
}
func (*seed) Type() string { return "number" }

func (v *seed) Set(s string) error {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return errors.New("must be a whole number that is not negative")
	}
	*v.value = n
	return nil
}
