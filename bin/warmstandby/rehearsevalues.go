package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Who approves.
const (
	approveAuto    = "auto"
	approveAsk     = "ask"
	approveCommand = "command:" // followed by the command
)

// approval is who approves.
type approval struct{ value *string }

func (v *approval) String() string { return *v.value }
func (*approval) Type() string     { return "text" }

func (v *approval) Set(s string) error {
	command, is := strings.CutPrefix(s, approveCommand)
	if s != approveAuto && s != approveAsk && (!is || strings.TrimSpace(command) == "") {
		return errors.New("must be auto, ask or command:CMD, such as command:./approve.sh")
	}
	*v.value = s
	return nil
}

// By what means the application is moved.
const (
	movePipeline = "pipeline"
	moveHand     = "hand"
	moveCommand  = "command:" // followed by the command
)

// moveMeans is by what means the application is moved.
type moveMeans struct{ value *string }

func (v *moveMeans) String() string { return *v.value }
func (*moveMeans) Type() string     { return "text" }

func (v *moveMeans) Set(s string) error {
	command, is := strings.CutPrefix(s, moveCommand)
	if s != movePipeline && s != moveHand && (!is || strings.TrimSpace(command) == "") {
		return errors.New("must be pipeline, hand or command:CMD, such as command:./move.sh")
	}
	*v.value = s
	return nil
}

// The least scale: what is shorter than a thousandth of AWS's durations is none at all.
const scaleMin, scaleMax = 0.001, 1

// scale is what durations are multiplied by.
type scale struct{ value *float64 }

func (v *scale) String() string { return strconv.FormatFloat(*v.value, 'g', -1, 64) }
func (*scale) Type() string     { return "number" }

func (v *scale) Set(s string) error {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || !(n >= scaleMin && n <= scaleMax) { // not a number is neither
		return fmt.Errorf("must be a number from %g to %g", scaleMin, float64(scaleMax))
	}
	*v.value = n
	return nil
}

// longestTarget is the longest time that somebody may aim for.
const longestTarget = 24 * time.Hour

// target is what is aimed for, in seconds, if anything.
type target struct{ value **float64 }

func (v *target) String() string {
	if v.value == nil || *v.value == nil {
		return ""
	}
	return time.Duration(**v.value * float64(time.Second)).String()
}
func (*target) Type() string { return "duration" }

func (v *target) Set(s string) error {
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 || d > longestTarget {
		return fmt.Errorf("must be a duration from 0s to %v, such as 60s", longestTarget)
	}
	*v.value = new(d.Seconds())
	return nil
}

// outputDirectory is the path of a directory that is there or can be made, as far as one can tell without doing it.
type outputDirectory struct{ value *string }

func (v *outputDirectory) String() string { return *v.value }
func (*outputDirectory) Type() string     { return "directory" }

func (v *outputDirectory) Set(s string) error {
	if s == "" || !canHold(s) {
		return errors.New("must be a directory, there or to be made")
	}
	*v.value = s
	return nil
}

// canHold says whether a path is a directory's, or none's yet below one.
func canHold(path string) bool {
	for {
		info, err := os.Stat(path)
		if err == nil {
			return info.IsDir()
		}
		parent := filepath.Dir(path)
		if !errors.Is(err, os.ErrNotExist) || parent == path {
			return false
		}
		path = parent
	}
}

// parent is the directory of a file, or none of none.
func parent(file string) string {
	if file == "" {
		return ""
	}
	return filepath.Dir(file)
}

// tryWriting makes a directory if it is not there and a file in it, which it removes: what a rehearsal has found out is not to be lost
// at its end.
func tryWriting(directory string) error {
	if directory == "" {
		return nil
	}
	if err := os.MkdirAll(directory, 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(directory, ".warmstandby-*")
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}
