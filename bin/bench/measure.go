package main

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// bench measures.
type bench struct {
	runs     int
	progress io.Writer
}

// say tells what is being measured now.
func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(b.progress, "measuring "+format+"\n", args...)
}

// repeat runs f once to warm up and then as often as the bench is told, and returns how long each run took, in seconds.
func (b *bench) repeat(f func() error) ([]float64, error) {
	if err := f(); err != nil {
		return nil, err
	}
	seconds := make([]float64, b.runs)
	for i := range seconds {
		start := time.Now()
		if err := f(); err != nil {
			return nil, err
		}
		seconds[i] = time.Since(start).Seconds()
	}
	return seconds, nil
}

// summarize is the figure of several runs.
func summarize(subject, name, unit string, values []float64) figure {
	sorted := slices.Sorted(slices.Values(values))
	return figure{
		Subject: subject, Name: name, Unit: unit, Runs: len(sorted),
		Min: sorted[0], Median: quantile(sorted, 0.5), Max: sorted[len(sorted)-1],
	}
}

// single is the figure of something that is the same in each run.
func single(subject, name, unit string, value float64) figure {
	return summarize(subject, name, unit, []float64{value})
}

// below is f with an aim for its median.
func (f figure) below(aim float64) figure {
	f.Aim = aim
	return f
}

// quantile is the value that a share q of the sorted values does not exceed.
func quantile(sorted []float64, q float64) float64 {
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}
