package operator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/failover/runstore"
)

// uploading is how long may be tried to copy a run's record to its bucket.
const uploading = 30 * time.Second

// finish ends a run: it copies the record to the bucket, and tells how it ended.
func (m *move) finish(ctx context.Context, exit Exit) Exit {
	m.out.Exit = exit
	if m.moved && m.file != nil && ctx.Err() == nil {
		where, err := m.upload(ctx)
		if err != nil {
			fmt.Fprintf(m.Err, "warmstandby: the report is only here: %s\n", oneLine(err.Error()))
		}
		m.out.Report = where
	}
	if m.file != nil && len(m.file.Entries()) > 0 {
		m.say("Report: warmstandby report %s%s", m.request.Run, prefixed(", and ", m.out.Report))
	}
	if m.JSON {
		return m.write(m.out)
	}
	return exit
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

// upload copies the journal to the bucket of the Region that the run is about, with its report, and returns the report's URL.
func (m *move) upload(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, uploading)
	defer cancel()
	store := m.store(m.request.Target)
	entries := m.file.Entries()
	for _, e := range entries {
		if err := store.Append(ctx, m.request.Run, e); err != nil {
			return "", err
		}
	}
	r := report.Build(m.Document, m.request.Run, entries)
	key, err := store.Save(ctx, r)
	if err != nil {
		return "", err
	}
	if r.Mode == failover.Drill {
		err = store.SaveDrill(ctx, runstore.Drill{Run: r.Run, Ended: r.Ended, Succeeded: r.Succeeded()})
	}
	return "s3://" + store.Bucket + "/" + key, err
}

// store is the bucket with the runs that activate a home role's Region.
func (o *Operator) store(role topology.Role) *runstore.Store {
	site := o.site(role)
	return &runstore.Store{S3: o.s3(site.Region), Bucket: site.ReportBucket}
}

// Reports shows reports of runs, and writes them anew.
type Reports struct {
	// Application is the application's name, Directory keeps the journals of runs.
	Application, Directory string

	// Out gets the report, as JSON if it is for a program.
	Out  io.Writer
	JSON bool

	// Save is a directory for the report in all its forms; empty for none.
	Save string

	// Connect finds the application, for a run that is not in the directory.
	Connect func(context.Context) (*Operator, error)
}

// Show shows the report of a run: that in a file, or of the journal in a file, of that name in the directory, or of that name in the
// buckets of both Regions, where pipelines keep theirs.
func (s Reports) Show(ctx context.Context, what string) error {
	r, err := s.find(ctx, what)
	if err != nil {
		return err
	}
	if s.Save != "" {
		if err := r.Save(s.Save); err != nil {
			return err
		}
	}
	text := []byte(r.Markdown())
	if s.JSON {
		text = r.JSON()
	}
	_, err = s.Out.Write(text)
	return err
}

func (s Reports) find(ctx context.Context, what string) (report.Report, error) {
	for _, path := range []string{what, journalPath(s.Directory, s.Application, what)} {
		if r, err := readReport(path); !errors.Is(err, os.ErrNotExist) {
			return r, err
		}
	}
	if !runName.MatchString(what) {
		return report.Report{}, usage("there is no file %s", what)
	}
	o, err := s.Connect(ctx)
	if err != nil {
		return report.Report{}, fmt.Errorf("there is no journal of run %s in %s; to look in the buckets: %w", what, s.Directory, err)
	}
	return o.findInBuckets(ctx, what)
}

// longestReport is how long the file of a report may be, in bytes. One of a rehearsal of ten minutes has a hundredth of that.
const longestReport = 64 << 20

// readReport reads the report, or the journal of a run, in a file.
func readReport(path string) (report.Report, error) {
	file, err := os.Open(path)
	if err != nil {
		return report.Report{}, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, longestReport))
	if err != nil {
		return report.Report{}, fmt.Errorf("read %s: %w", path, err)
	}
	r, err := report.Parse(data)
	switch {
	case err == nil:
		return r, nil
	case !errors.Is(err, report.ErrNoReport):
		return r, fmt.Errorf("%s: %w", path, err)
	}
	record, err := ReadJournal(path)
	if err != nil {
		return r, err
	}
	return report.Build(record.Document, record.Run, record.Entries), nil
}

// findInBuckets looks for a run in the buckets of both Regions. One that cannot be read does not hide what is in the other.
func (o *Operator) findInBuckets(ctx context.Context, run string) (report.Report, error) {
	ctx, cancel := context.WithTimeout(ctx, uploading)
	defer cancel()
	var failed error
	for _, role := range topology.Roles() {
		store := o.store(role)
		there, err := store.Entries(ctx, run)
		back, backErr := store.Entries(ctx, run+backSuffix)
		if entries := append(there, back...); len(entries) > 0 {
			return report.Build(o.Document, run, entries), nil
		}
		failed = cmp.Or(failed, errors.Join(err, backErr))
	}
	if failed != nil {
		return report.Report{}, fmt.Errorf("run %s was not found: %w", run, failed)
	}
	return report.Report{}, fmt.Errorf("there is no run %s in %s, nor in the buckets %s and %s", run, o.Directory,
		o.site(topology.Primary).ReportBucket, o.site(topology.Secondary).ReportBucket)
}
