package operator

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
)

// JournalVersion is the version of the form of journals' files.
const JournalVersion = 1

// header is the first line of a journal's file, so that a report needs nothing else.
type header struct {
	Version  int               `json:"warmstandby"`
	Run      string            `json:"run"`
	Document topology.Document `json:"document"`
}

// Journal keeps the entries of a run in a file: a header, and a line of JSON for each entry. It implements [failover.Journal].
type Journal struct {
	// Path is the file.
	Path string

	mu      sync.Mutex
	file    *os.File
	entries []failover.Entry
}

// OpenJournal opens the journal of a run in a directory, which it makes, and goes on with one that is there.
func OpenJournal(directory string, d topology.Document, run string) (*Journal, error) {
	path := journalPath(directory, d.Application, run)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	var entries []failover.Entry
	if past, err := ReadJournal(path); err == nil {
		entries = past.Entries
	} else if !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	j := &Journal{Path: path, file: file, entries: entries}
	if err := j.begin(header{JournalVersion, run, d}); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return j, nil
}

// begin writes the header of a file that is empty, and ends the last line of one that a crash has cut.
func (j *Journal) begin(h header) error {
	info, err := j.file.Stat()
	if err != nil {
		return err
	}
	if info.Size() == 0 {
		return j.write(h)
	}
	last := []byte{0}
	if _, err := j.file.ReadAt(last, info.Size()-1); err != nil {
		return err
	}
	if last[0] != '\n' {
		_, err = j.file.Write([]byte{'\n'})
	}
	return err
}

// journalPath is the file of a run's journal.
func journalPath(directory, application, run string) string {
	return filepath.Join(directory, filepath.Base(application), filepath.Base(run)+".jsonl")
}

// Append adds an entry. Whatever the entry's run is called, it belongs to the run that the file is named after: a drill's way back
// has a name of its own.
func (j *Journal) Append(_ context.Context, _ string, e failover.Entry) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries = append(j.entries, e)
	return j.write(e)
}

func (j *Journal) write(v any) error {
	data, err := json.Marshal(v)
	if err == nil {
		_, err = j.file.Write(append(data, '\n'))
	}
	return err
}

// Entries are all entries, those of earlier calls included.
func (j *Journal) Entries() []failover.Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]failover.Entry(nil), j.entries...)
}

// Close closes the file.
func (j *Journal) Close() error { return j.file.Close() }

// Record is what a journal's file holds.
type Record struct {
	// Run is the run's name, Document the application when the run began.
	Run      string
	Document topology.Document

	// Entries are the entries, in the order in which they were written.
	Entries []failover.Entry
}

// maxLine is how long a line of a journal may be, in bytes. An entry has a few kilobytes.
const maxLine = 1 << 20

// ReadJournal reads the file of a run's journal. A last line that a crash has cut is left out.
func ReadJournal(path string) (Record, error) {
	file, err := os.Open(path)
	if err != nil {
		return Record{}, err
	}
	defer file.Close()
	lines := bufio.NewScanner(io.LimitReader(file, 1<<28))
	lines.Buffer(nil, maxLine)
	var h header
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &h) != nil || h.Run == "" || h.Version == 0 {
		return Record{}, fmt.Errorf("%s is neither a report.json nor the journal of a run", path)
	}
	if h.Version != JournalVersion {
		return Record{}, fmt.Errorf("%s has version %d, and this command reads version %d; use the release that wrote it", path, h.Version, JournalVersion)
	}
	r := Record{Run: h.Run, Document: h.Document}
	for lines.Scan() {
		var e failover.Entry
		if json.Unmarshal(lines.Bytes(), &e) == nil {
			r.Entries = append(r.Entries, e)
		}
	}
	if err := lines.Err(); err != nil {
		return Record{}, fmt.Errorf("read %s: %w", path, err)
	}
	return r, nil
}
