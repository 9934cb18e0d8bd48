package pipelineaction

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
)

// Input says what to do. A pipeline makes it of its variables.
type Input struct {
	// Run names the run: the pipeline execution's id. It is part of keys of objects: up to 100 letters, digits, and ._-
	Run string `json:"run"`

	// Mode is how to move.
	Mode failover.Mode `json:"mode"`

	// Target is the home role of the Region that is to be active.
	Target topology.Role `json:"target"`

	// Phase is [There] or [Back].
	//
	// Default: There.
	Phase string `json:"phase"`

	// Reason says why, for the record, in up to 500 characters.
	Reason string `json:"reason"`

	// MaxDataLoss is the lag above which a failover or a detach is refused, in seconds, as a number or a text.
	//
	// Default: 0.
	MaxDataLoss json.Number `json:"maxDataLoss"`

	// Overrides are codes of reasons that the operator accepts, with commas between. "none" stands for none, because a
	// pipeline's variable cannot be empty.
	Overrides string `json:"overrides"`

	// StartedBy is who started the run, for the record.
	StartedBy string `json:"startedBy"`

	// Ended says that the pipeline's run is over, so that its report is the last one.
	Ended bool `json:"ended,omitempty"`
}

// Phases of a drill. All other modes have the first one only.
const (
	// There activates the target.
	There = "there"

	// Back activates the other Region again.
	Back = "back"
)

// noOverrides is how a pipeline says that there are none.
const noOverrides = "none"

// backSuffix tells the run that returns from the one that went: each has a lease of its own.
const backSuffix = "-back"

// Limits of an Input.
const (
	maxReason  = 500
	maxSeconds = 24 * 60 * 60
)

var runName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

// parseInput reads an Input.
func parseInput(data []byte) (Input, error) {
	var in Input
	if err := strict(data, &in); err != nil {
		return in, fmt.Errorf("the input must be a JSON object, see package pipelineaction: %w; "+
			"variables of the pipeline must not contain quotation marks, backslashes and line breaks", err)
	}
	if !runName.MatchString(in.Run) {
		return in, fmt.Errorf("run must be 1 to 100 letters, digits and ._-, starting with a letter or digit, got %q", in.Run)
	}
	return in, nil
}

// request is what the engine is asked for.
func (in Input) request() (failover.Request, error) {
	var errs []error
	r := failover.Request{Run: in.Run, Mode: in.Mode, Target: in.Target, Reason: in.Reason, StartedBy: in.StartedBy}
	switch in.Phase {
	case "", There:
	case Back:
		r.Run, r.Target = in.Run+backSuffix, in.Target.Other()
		if in.Mode != failover.Drill {
			errs = append(errs, fmt.Errorf("phase %s is for mode %s, got mode %q", Back, failover.Drill, in.Mode))
		}
	default:
		errs = append(errs, fmt.Errorf("phase must be %s or %s, got %q", There, Back, in.Phase))
	}
	if n := len([]rune(in.Reason)); n > maxReason || strings.TrimSpace(in.Reason) == "" {
		errs = append(errs, fmt.Errorf("reason must have 1 to %d characters, got %d", maxReason, n))
	}
	var err error
	if r.MaxDataLoss, err = in.maxDataLoss(); err != nil {
		errs = append(errs, err)
	}
	r.Overrides = in.overrides()
	return r, errors.Join(append(errs, r.Validate())...)
}

func (in Input) maxDataLoss() (time.Duration, error) {
	if in.MaxDataLoss == "" {
		return 0, nil
	}
	seconds, err := in.MaxDataLoss.Float64()
	if err != nil || seconds < 0 || seconds > maxSeconds {
		return 0, fmt.Errorf("maxDataLoss must be 0 to %d seconds, got %q", maxSeconds, in.MaxDataLoss)
	}
	return time.Duration(seconds * float64(time.Second)), nil
}

func (in Input) overrides() []failover.Code {
	var codes []failover.Code
	for text := range strings.SplitSeq(in.Overrides, ",") {
		if text = strings.TrimSpace(text); text != "" && text != noOverrides {
			codes = append(codes, failover.Code(text))
		}
	}
	return codes
}
