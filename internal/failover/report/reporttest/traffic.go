package reporttest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/report"
)

// story is what happens in a rehearsal, with what is drawn.
type story struct {
	random *rand.Rand
	length time.Duration
}

// timeline is the story's.
func (s story) timeline() report.Timeline {
	width := report.BucketWidth(s.length)
	t := report.Timeline{Start: Began, Width: width.Milliseconds()}
	for start := time.Duration(0); start < s.length; start += width {
		t.Buckets = append(t.Buckets, s.bucket(start, width))
		t.Samples = append(t.Samples, s.sample(start.Seconds()))
	}
	for _, change := range []float64{lossAt, fencedAt, writerAt, shiftedAt - 1, writesAt} {
		t.Samples = append(t.Samples, s.sample(change))
	}
	slices.SortStableFunc(t.Samples, func(a, b report.Sample) int { return cmp.Compare(a.At, b.At) })
	return t
}

// bucket is what clients see in a part of the story.
func (s story) bucket(start, width time.Duration) report.Bucket {
	now := (start + width/2).Seconds()
	n := int(rate*width.Seconds()) + s.random.IntN(3)
	writes := n * 3 / 10
	b := report.Bucket{Start: start.Milliseconds(), Median: 6 + 3*s.random.Float64(), P99: 22 + 15*s.random.Float64()}
	switch {
	case now < lossAt:
		b.Reads = map[string]int{virginia: n - writes}
	case now < readsAt:
		b.ReadFailures = map[string]int{"timeout": (n - writes) / 3, "status 503": n - writes - (n-writes)/3}
		b.Median, b.P99 = 900+300*s.random.Float64(), 3000
	default:
		b.Reads = map[string]int{ohio: n - writes}
	}
	switch {
	case now < lossAt:
		b.Writes = map[string]int{virginia: writes}
	case now < fencedAt:
		b.WriteFailures = map[string]int{"status 502": writes}
		b.P99 = max(b.P99, 1000)
	case now < writesAt:
		b.WriteFailures = map[string]int{"refused by the fence": writes}
	default:
		b.Writes = map[string]int{ohio: writes}
	}
	return b
}

// sample is the state at a time of the story.
func (s story) sample(now float64) report.Sample {
	sample := report.Sample{At: int64(now * 1000), Writer: virginia, Active: virginia, Fenced: now >= fencedAt && now < writesAt}
	if now < lossAt {
		sample.Lag = new(350 + 180*s.random.Float64())
	}
	if now >= lossAt {
		sample.Writer = ""
	}
	if now >= writerAt {
		sample.Writer = ohio
	}
	if now >= shiftedAt-1 {
		sample.Active = ohio
	}
	return sample
}

// clients are the figures that follow from the timeline, and some lost writes.
func (s story) clients(t report.Timeline) report.Clients {
	c := report.Clients{
		Rate:       rate,
		Reads:      requests(lossAt, readsAt),
		Writes:     requests(lossAt, writesAt),
		Lost:       s.lost(),
		FirstWrite: &report.FirstWrite{At: at(writesAt), Region: ohio, Task: "write 1731 of 7"},
		RTO:        &report.Span{From: report.FromInterruption, Start: at(lossAt), End: at(writesAt), Seconds: at(writesAt).Sub(at(lossAt)).Seconds()},
		Duplicated: report.Named{Tasks: []string{}}, Changed: report.Named{Tasks: []string{}},
	}
	for _, b := range t.Buckets {
		c.Reads.Total += add(c.Reads.Failures, b.ReadFailures) + sum(b.Reads)
		c.Writes.Total += add(c.Writes.Failures, b.WriteFailures) + sum(b.Writes)
		c.Acknowledged += sum(b.Writes)
		answered(c.Reads, b.Reads, b.ReadFailures)
		answered(c.Writes, b.Writes, b.WriteFailures)
	}
	c.Recoveries = []report.Recovery{{Mode: failover.Failover, Region: ohio, Span: *c.RTO, Task: c.FirstWrite.Task}}
	return c
}

// requests are none yet, with a gap.
func requests(from, to float64) report.Requests {
	return report.Requests{Failures: map[string]int{}, AnsweredBy: map[string]report.Answered{}, LongestGap: gap(from, to)}
}

// answered counts who answered: nobody what timed out, and the edge everything else that failed.
func answered(r report.Requests, succeeded, failed map[string]int) {
	add := func(who string, ok, not int) {
		n := r.AnsweredBy[who]
		r.AnsweredBy[who] = report.Answered{Succeeded: n.Succeeded + ok, Failed: n.Failed + not}
	}
	for region, n := range succeeded {
		add(region, n, 0)
	}
	for kind, n := range failed {
		add(map[bool]string{true: "nobody", false: "edge"}[kind == "timeout"], 0, n)
	}
}

// lost are the writes of the last moments before the loss.
func (s story) lost() report.Lost {
	l := report.Lost{Writes: []report.LostWrite{}}
	for age := 0.41; age > 0.004; age -= 0.006 + 0.012*s.random.Float64() {
		l.Total++
		l.Writes = append(l.Writes, report.LostWrite{
			ID: uint64(1690 + l.Total), Task: fmt.Sprintf("write %d of 7", 1700+l.Total), Region: virginia,
			Acknowledged: at(lossAt - age), AgeSeconds: age,
		})
	}
	l.RPOSeconds, l.NewestSeconds = l.Writes[0].AgeSeconds, l.Writes[l.Total-1].AgeSeconds
	return l
}

func gap(from, to float64) *report.Gap {
	return &report.Gap{From: at(from), To: at(to), Seconds: at(to).Sub(at(from)).Seconds()}
}

// add adds counts to others and returns their sum.
func add(to, counts map[string]int) int {
	for kind, n := range counts {
		to[kind] += n
	}
	return sum(counts)
}

func sum(counts map[string]int) int {
	total := 0
	for _, n := range counts {
		total += n
	}
	return total
}
