package pipelineaction

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/failover/runstore"
)

// Runs are the runs of an application. [runstore.Store] satisfies it.
type Runs interface {
	Entries(ctx context.Context, run string) ([]failover.Entry, error)
	Save(ctx context.Context, r report.Report) (key string, err error)
	SaveDrill(ctx context.Context, d runstore.Drill) error
}

// Report is the [Action] that writes the report of a run, from its journal.
type Report struct {
	// Region is the function's own. Its bucket has the journal.
	Region string

	// Runs opens a bucket.
	Runs func(bucket string) Runs

	// Executions tells who started the run, and who approved it.
	Executions Executions

	// Log gets what the report lacks.
	Log *slog.Logger
}

// Do writes the report. Its variables are Outcome, Summary, Rto, Rpo and ReportUrl.
func (a Report) Do(ctx context.Context, d topology.Document, in Input) Answer {
	role, ok := d.RoleOf(a.Region)
	if !ok {
		return Answer{Failure: misconfigured{fmt.Errorf("%s is no Region of the application in the topology", a.Region)}}
	}
	in.Target = cmp.Or(in.Target, role)
	runs := a.Runs(d.Regions[role].ReportBucket)
	there, err := runs.Entries(ctx, in.Run)
	back, backErr := runs.Entries(ctx, in.Run+backSuffix)
	entries := append(there, back...)
	if err = errors.Join(err, backErr); err != nil {
		if len(entries) == 0 {
			return Answer{Failure: fmt.Errorf("read the journal: %w; retry the stage, or run warmstandby report later", err)}
		}
		a.Log.Error("the report lacks entries", "run", in.Run, "err", err.Error())
	}
	r := report.Build(d, in.Run, entries)
	if err := Attribute(ctx, a.Executions, d.Regions[role].Pipeline, &r); err != nil {
		a.Log.Warn("the report does not say who", "run", in.Run, "err", err.Error())
	}
	if _, err := runs.Save(ctx, r); err != nil {
		return Answer{Failure: fmt.Errorf("write the report: %w; retry the stage", err)}
	}
	if r.Mode == failover.Drill && (in.Ended || in.Phase == Back) {
		if err := runs.SaveDrill(ctx, runstore.Drill{Run: r.Run, Ended: r.Ended, Succeeded: r.Succeeded()}); err != nil {
			return Answer{Failure: fmt.Errorf("write the drill's outcome: %w; retry the stage", err)}
		}
	}
	return Answer{Result: r, Summary: r.Summary(), Variables: reportVariables(r, reportURL(d, in))}
}

func reportVariables(r report.Report, url string) map[string]string {
	all := map[string]string{"Outcome": "not done", "Summary": r.Summary(), "Rto": "-", "Rpo": "-", "ReportUrl": url}
	if r.Succeeded() {
		all["Outcome"] = "done"
	}
	if n := len(r.Moves); n > 0 {
		last := r.Moves[n-1]
		if last.Recovery != nil {
			all["Rto"] = fmt.Sprintf("%.1f s from the %s", last.Recovery.Seconds, last.Recovery.From)
		}
		if last.Loss != nil && last.Loss.BoundSeconds != nil {
			all["Rpo"] = fmt.Sprintf("at most %.1f s", *last.Loss.BoundSeconds)
		}
	}
	return all
}

// reportURL is where the console shows the run's report and journal. They are in the Region that the run activates.
func reportURL(d topology.Document, in Input) string {
	site := d.Regions[in.Target]
	return fmt.Sprintf("https://%s.console.aws.amazon.com/s3/buckets/%s?region=%s&prefix=%s",
		site.Region, site.ReportBucket, site.Region, url.QueryEscape(runstore.Prefix(in.Run)))
}
