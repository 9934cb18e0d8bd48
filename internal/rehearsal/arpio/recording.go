package arpio

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Event is a recorded event, as EventBridge shows events.
type Event struct {
	Version    string          `json:"version"`
	ID         string          `json:"id"`
	DetailType string          `json:"detail-type"`
	Source     string          `json:"source"`
	Account    string          `json:"account"`
	Time       time.Time       `json:"time"`
	Region     string          `json:"region"`
	Resources  []string        `json:"resources"`
	Detail     json.RawMessage `json:"detail"`
}

// Read reads a recording: a file of events, one after the other or in a list, or all files of a directory whose names end in
// .json or .jsonl, in the order of their names.
func Read(path string) ([]Event, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	files := []string{path}
	if info.IsDir() {
		files = nil
		for _, pattern := range []string{"*.json", "*.jsonl"} {
			found, err := filepath.Glob(filepath.Join(path, pattern))
			if err != nil {
				return nil, err
			}
			files = append(files, found...)
		}
		slices.Sort(files)
	}
	var events []Event
	for _, file := range files {
		read, err := readFile(file)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		events = append(events, read...)
	}
	if len(events) == 0 {
		return nil, fmt.Errorf("%s has no events", path)
	}
	return events, nil
}

func readFile(file string) ([]Event, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var events []Event
	d := json.NewDecoder(bytes.NewReader(text))
	for {
		var value json.RawMessage
		if err := d.Decode(&value); errors.Is(err, io.EOF) {
			return events, nil
		} else if err != nil {
			return nil, err
		}
		list := []json.RawMessage{value}
		if value[0] == '[' {
			if err := json.Unmarshal(value, &list); err != nil {
				return nil, err
			}
		}
		for _, text := range list {
			e, err := parse(text)
			if err != nil {
				return nil, fmt.Errorf("event %d: %w", len(events)+1, err)
			}
			events = append(events, e)
		}
	}
}

// parse reads one event. What a bus would not take is not refused here: that is to be seen, too.
func parse(text []byte) (Event, error) {
	var e Event
	if err := json.Unmarshal(text, &e); err != nil {
		return e, err
	}
	if e.Source == "" || e.DetailType == "" || len(e.Detail) == 0 {
		return e, errors.New("it must have source, detail-type and detail")
	}
	return e, nil
}
