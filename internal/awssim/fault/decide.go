package fault

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Call is a call to a service.
type Call struct {
	Service   string // as in the scope of a signature, such as rds
	Operation string
	Region    string // Global for services without one
	Caller    string // who calls: a role's name or a user's ARN
	N         int    // how many calls of this caller, operation and Region there were, this one included
	At        time.Time
}

// Decision is what happens to a call.
type Decision struct {
	Kind Kind

	// Delay is how long it takes until the call is carried out, refused or, at time-outs, dropped.
	Delay time.Duration

	// Age is that of a stale answer: more than 0 and at most [Plan.MaxStale].
	Age time.Duration

	// Status, Code and Message are those of a call that is throttled or fails.
	Status        int
	Code, Message string
}

// Decide says what happens to a call. It depends on nothing but the plan and the call.
func (p Plan) Decide(c Call) Decision {
	for _, o := range p.Outages {
		if o.Region == c.Region && within(c.At, o.From, o.Until) && o.Plane.has(c) {
			return Decision{Kind: Unreachable}
		}
	}
	random := source(p.Seed, c.Service, c.Operation, c.Region, c.Caller, c.N)
	for _, r := range p.Rules {
		if r.fits(c) {
			return p.decision(r.Kind, cmp.Or(r.Delay, time.Second), c, random)
		}
	}
	for _, b := range p.BrownOuts {
		if b.fits(c) {
			latency := time.Duration(random.Float64() * float64(b.Latency))
			return p.decision(b.kind(random.Float64()), latency, c, random)
		}
	}
	return Decision{}
}

// decision fills in what a kind of fault means for a call. The delay is that of slow calls.
func (p Plan) decision(k Kind, delay time.Duration, c Call, random *rand.Rand) Decision {
	d := Decision{Kind: k, Delay: delay}
	switch k {
	case Throttled:
		d.Status, d.Code, d.Message = throttling(c.Service)
	case ServerError:
		d.Status, d.Code, d.Message = internal(c.Service, random.IntN(2) == 0)
	case TimeoutBefore, TimeoutAfter:
		d.Delay = cmp.Or(p.Timeout, time.Minute)
	case Stale:
		d.Age = time.Duration(random.Float64()*float64(p.MaxStale-1)) + 1
		if !reads(c.Operation) || p.MaxStale == 0 {
			d.Kind, d.Age = None, 0
		}
	}
	if d.Kind == None && d.Delay > 0 {
		d.Kind = Slow
	}
	return d
}

// fits reports whether the rule is for the call.
func (r Rule) fits(c Call) bool {
	return (r.Service == "" || r.Service == c.Service) && (r.Operation == "" || r.Operation == c.Operation) &&
		(r.Region == "" || r.Region == c.Region) && (r.N == 0 || r.N == c.N)
}

// fits reports whether the call is made in the brown-out.
func (b BrownOut) fits(c Call) bool {
	return (b.Service == "" || b.Service == c.Service) && (b.Region == "" || b.Region == c.Region) && within(c.At, b.From, b.Until)
}

// kind is what a number between 0 and 1 means by the brown-out's rates.
func (b BrownOut) kind(draw float64) Kind {
	for _, k := range slices.Sorted(maps.Keys(b.Rates)) {
		if draw -= b.Rates[k]; draw < 0 {
			return k
		}
	}
	return None
}

// has reports whether the call is to the plane.
func (p Plane) has(c Call) bool {
	return p == BothPlanes || (p == DataPlane) == usesData(c)
}

// usesData reports whether a call is to a service's data plane.
func usesData(c Call) bool {
	switch c.Service {
	case "sts", "cloudfront-keyvaluestore", "monitoring", "s3":
		return true
	case "lambda", "sns":
		return c.Operation == "Invoke" || c.Operation == "Publish"
	case "ssm", "secretsmanager":
		return strings.HasPrefix(c.Operation, "Get")
	}
	return false
}

// reads reports whether an operation changes nothing.
func reads(operation string) bool {
	for _, verb := range []string{"Describe", "Get", "List", "Head"} {
		if strings.HasPrefix(operation, verb) {
			return true
		}
	}
	return false
}

// source returns random numbers that depend on the seed and the key only.
func source(seed uint64, key ...any) *rand.Rand {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%q", key)              // never fails
	return rand.New(rand.NewPCG(seed, h.Sum64())) //nolint:gosec // what is drawn is to be reproducible, not secret
}
