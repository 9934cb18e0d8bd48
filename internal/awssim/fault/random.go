package fault

import (
	"math/rand/v2"
	"time"
)

// Space is what [Random] chooses from.
type Space struct {
	// Regions may be lost, or have brown-outs.
	Regions []string

	// Operations may have rules.
	Operations []string

	// From is when the first fault may happen, and Length the time in which all begin.
	From   time.Time
	Length time.Duration
}

// Bounds of what Random chooses.
const (
	maxOutages   = 2
	maxBrownOuts = 3
	maxRules     = 3
	maxRate      = 0.3 // of all faults of a brown-out together
	maxLatency   = 3 * time.Second
	maxStale     = 10 * time.Second
	maxFate      = 0.25 // of each
)

// Random returns the plan of that seed: how many faults there are, of which kinds and how often is drawn, too. There may be none.
func Random(seed uint64, s Space) Plan {
	random := source(seed, "plan")
	p := Plan{Seed: seed, MaxStale: time.Second + time.Duration(random.Int64N(int64(maxStale-time.Second)))}
	for range random.IntN(maxOutages + 1) {
		p.Outages = append(p.Outages, s.outage(random))
	}
	for range random.IntN(maxBrownOuts + 1) {
		p.BrownOuts = append(p.BrownOuts, s.brownOut(random))
	}
	for range random.IntN(maxRules + 1) {
		p.Rules = append(p.Rules, Rule{
			Operation: pick(random, s.Operations), N: 1 + random.IntN(5), Kind: randomKind(random),
			Delay: time.Duration(random.Int64N(int64(maxLatency))),
		})
	}
	if random.IntN(2) == 0 {
		p.Fates = Fates{Hang: random.Float64() * maxFate, Fail: random.Float64() * maxFate}
	}
	return p
}

// outage is of any Region and plane; one of four is for good.
func (s Space) outage(random *rand.Rand) Outage {
	o := Outage{Region: pick(random, s.Regions), Plane: Plane(random.IntN(int(DataPlane) + 1))}
	o.From, o.Until = s.window(random)
	if random.IntN(4) == 0 {
		o.Until = time.Time{}
	}
	return o
}

func (s Space) brownOut(random *rand.Rand) BrownOut {
	b := BrownOut{Rates: map[Kind]float64{}, Latency: time.Duration(random.Int64N(int64(maxLatency)))}
	b.From, b.Until = s.window(random)
	if random.IntN(2) == 0 {
		b.Region = pick(random, s.Regions)
	}
	kinds := 1 + random.IntN(int(Slow))
	rate := random.Float64() * maxRate
	for range kinds {
		b.Rates[randomKind(random)] += rate / float64(kinds)
	}
	return b
}

// window begins and ends within the space, the end after the beginning.
func (s Space) window(random *rand.Rand) (from, until time.Time) {
	from = s.From.Add(time.Duration(random.Int64N(int64(s.Length))))
	return from, from.Add(time.Second + time.Duration(random.Int64N(int64(s.Length))))
}

// randomKind is a kind of fault of a single call.
func randomKind(random *rand.Rand) Kind { return Throttled + Kind(random.IntN(int(Slow))) }

// pick is one of the values, or empty if there are none.
func pick(random *rand.Rand, values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[random.IntN(len(values))]
}
