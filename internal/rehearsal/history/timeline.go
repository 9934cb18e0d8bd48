package history

import (
	"slices"
	"time"
)

// Bucket is what happened in a part of the time, by when requests ended.
type Bucket struct {
	// Start is when it begins, in milliseconds since the clients began.
	Start int64 `json:"start"`

	// Reads and Writes count the requests that succeeded, by Region; failures those that did not, by kind.
	Reads         map[string]int `json:"reads,omitempty"`
	Writes        map[string]int `json:"writes,omitempty"`
	ReadFailures  map[string]int `json:"readFailures,omitempty"`
	WriteFailures map[string]int `json:"writeFailures,omitempty"`

	// Median and P99 are latencies of all requests, in milliseconds.
	Median float64 `json:"median"`
	P99    float64 `json:"p99"`
}

// Timeline divides the history into parts of equal length.
func (h History) Timeline(width time.Duration) []Bucket {
	var buckets []Bucket
	var latencies [][]time.Duration
	for _, r := range h.Records {
		i := int(r.End.Sub(h.Began) / width)
		for len(buckets) <= i {
			buckets = append(buckets, Bucket{Start: int64(len(buckets)) * width.Milliseconds()})
			latencies = append(latencies, nil)
		}
		buckets[i].add(r)
		latencies[i] = append(latencies[i], r.End.Sub(r.Start))
	}
	for i := range buckets {
		slices.Sort(latencies[i])
		buckets[i].Median, buckets[i].P99 = rank(latencies[i], 50), rank(latencies[i], 99)
	}
	return buckets
}

// add counts a request.
func (b *Bucket) add(r Record) {
	counts, key := &b.Reads, r.Region
	switch {
	case r.Write && r.OK():
		counts = &b.Writes
	case r.Write:
		counts, key = &b.WriteFailures, r.Kind
	case !r.OK():
		counts, key = &b.ReadFailures, r.Kind
	}
	if *counts == nil {
		*counts = make(map[string]int)
	}
	(*counts)[key]++
}

// rank is the latency that so many percent do not exceed, in milliseconds; 0 if there are none.
func rank(sorted []time.Duration, percent int) float64 {
	if len(sorted) == 0 {
		return 0
	}
	i := max((len(sorted)*percent+99)/100-1, 0)
	return float64(sorted[i].Microseconds()) / 1000
}
