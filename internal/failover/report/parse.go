package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ErrNoReport says that something is not the JSON of a report.
var ErrNoReport = errors.New("it is not the report of a run")

// Parse reads the JSON of a report. Members that it does not know are left out. What is no report is [ErrNoReport]; one of another
// version is an error that names both.
func Parse(data []byte) (Report, error) {
	var form struct {
		Version *int
		Run     *string
		Moves   *[]json.RawMessage
	}
	if err := json.Unmarshal(data, &form); err != nil || form.Version == nil || form.Run == nil || form.Moves == nil {
		return Report{}, ErrNoReport
	}
	if *form.Version != Version {
		return Report{}, fmt.Errorf("the report has version %d, and this command reads version %d; use the release that wrote it", *form.Version, Version)
	}
	var r Report
	if err := json.Unmarshal(data, &r); err != nil {
		return Report{}, fmt.Errorf("the report cannot be read: %w", err)
	}
	return r, nil
}

// Save writes the report in all its forms to a directory, which it makes: report.html, report.json and report.md.
func (r Report) Save(directory string) error {
	if err := os.MkdirAll(directory, 0o755); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	for name, content := range map[string][]byte{"report.html": r.HTML(), "report.json": r.JSON(), "report.md": []byte(r.Markdown())} {
		if err := os.WriteFile(filepath.Join(directory, name), content, 0o644); err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
	}
	return nil
}
