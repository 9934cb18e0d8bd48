package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
)

// report is what came of a rehearsal; its JSON is what --json writes.
type report struct {
	// OK is true only if everything answered as specified, and the AWS endpoint neither refused nor missed anything.
	OK bool `json:"ok"`

	// Application is what was rehearsed, Assembly the directory that it came from.
	Application endpoints.Application `json:"application"`
	Assembly    string                `json:"assembly"`

	// Database is "embedded" or "mariadb", Scenario what was played, Seed what its load was drawn from.
	Database string `json:"database"`
	Scenario string `json:"scenario"`
	Seed     uint64 `json:"seed"`

	// StartSeconds is how long it took until everything was up.
	StartSeconds float64 `json:"startSeconds"`

	// LogFile is where the parts logged to.
	LogFile string `json:"logFile"`

	// Result is what the scenario saw.
	Result any `json:"result"`

	// Problems are what the AWS endpoint refused and did not know.
	Problems rehearsal.Problems `json:"problems"`

	writeResult func(io.Writer)
}

func newReport(o options, system rehearsal.System, took time.Duration, result attempt) report {
	problems := system.Problems()
	return report{
		OK:          result.ok && !problems.Any(),
		Application: system.Application(), Assembly: o.Assembly,
		Database: o.Database, Scenario: o.scenario, Seed: o.seed,
		StartSeconds: took.Seconds(), LogFile: system.LogFile(),
		Result: result.result, writeResult: result.write,
		Problems: rehearsal.Problems{ // lists, never null
			Refusals:          append([]rehearsal.Refusal{}, problems.Refusals...),
			UnknownOperations: append([]rehearsal.UnknownOperation{}, problems.UnknownOperations...),
		},
	}
}

// write writes the report for people, at once, so that a reader that goes away is noticed.
func (r report) write(w io.Writer) error {
	var b bytes.Buffer
	r.writeResult(&b)
	printProblems(&b, r.Problems)
	b.WriteString("\n" + r.verdict() + "\n")
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}

// verdict is the result in one line.
func (r report) verdict() string {
	if r.OK {
		return "OK: everything answered as specified."
	}
	return "FAILED. The parts' log is in " + r.LogFile
}

// writeFile writes the report as JSON.
func (r report) writeFile(path string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the result: %w", err)
	}
	err = os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = os.WriteFile(path, append(text, '\n'), 0o644)
	}
	if err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}
