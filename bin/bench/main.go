// Command bench measures what the project promises to be quick at: synthesis, the functions, and the size of templates. It prints
// a table and writes the same as JSON.
//
// Figures of one run on one machine can be compared with each other. On a shared machine they say little about another run's.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"text/tabwriter"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// figure is one thing measured.
type figure struct {
	// Subject is what was measured, and Name which property of it.
	Subject string `json:"subject"`
	Name    string `json:"name"`

	// Min, Median and Max are over Runs runs, in Unit.
	Min    float64 `json:"min"`
	Median float64 `json:"median"`
	Max    float64 `json:"max"`
	Unit   string  `json:"unit"`
	Runs   int     `json:"runs"`

	// Aim is what the median should be below, or above if AtLeast; 0 if there is no aim.
	Aim     float64 `json:"aim,omitempty"`
	AtLeast bool    `json:"atLeast,omitempty"`
}

// report is everything measured in one run.
type report struct {
	Time    time.Time `json:"time"`
	Machine string    `json:"machine"`
	Figures []figure  `json:"figures"`
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	out := flags.String("json", "out/bench.json", "write the figures to `FILE`")
	runs := flags.Int("runs", 5, "measure whatever takes seconds `N` times")
	if err := flags.Parse(args); err != nil {
		return err
	}
	b := &bench{runs: *runs, progress: stderr}
	r := report{Time: time.Now().UTC(), Machine: fmt.Sprintf("%s/%s, %d processors, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())}
	for _, part := range []func(context.Context) ([]figure, error){b.synthesis, b.regions, b.functions} {
		figures, err := part(ctx)
		if err != nil {
			return err
		}
		r.Figures = append(r.Figures, figures...)
	}
	r.print(stdout)
	return r.write(*out)
}

// print prints the figures as a table.
func (r report) print(w io.Writer) {
	fmt.Fprintf(w, "\n%s\n\n", r.Machine)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "subject\tfigure\tmin\tmedian\tmax\tunit\truns\taim\t")
	for _, f := range r.Figures {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\t\n",
			f.Subject, f.Name, number(f.Min), number(f.Median), number(f.Max), f.Unit, f.Runs, f.verdict())
	}
	table.Flush()
}

// verdict says whether the aim was met.
func (f figure) verdict() string {
	if f.Aim == 0 {
		return ""
	}
	sign, met := "<", f.Median < f.Aim
	if f.AtLeast {
		sign, met = ">", f.Median > f.Aim
	}
	if met {
		return fmt.Sprintf("%s %s met", sign, number(f.Aim))
	}
	return fmt.Sprintf("%s %s MISSED", sign, number(f.Aim))
}

// number has as many digits as tell something.
func number(x float64) string {
	switch {
	case x >= 100:
		return fmt.Sprintf("%.0f", x)
	case x >= 10:
		return fmt.Sprintf("%.1f", x)
	default:
		return fmt.Sprintf("%.2f", x)
	}
}

func (r report) write(path string) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path, append(data, '\n'), 0o644); err != nil {
		return fmt.Errorf("write figures: %w", err)
	}
	return nil
}
