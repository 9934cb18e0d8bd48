// Package rehearsal brings a synthesized application up on this machine, both Regions, from its cloud assembly.
package rehearsal

import (
	"context"
	"fmt"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/rehearsal/client"
	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
)

// The databases that a rehearsal can run on.
const (
	// Embedded is a MySQL server inside this process. It needs nothing installed.
	Embedded = "embedded"

	// MariaDB is two real servers with replication between them. It needs mariadbd.
	MariaDB = "mariadb"
)

// Databases are the databases, the default first.
func Databases() []string { return []string{Embedded, MariaDB} }

// Options says what to bring up. Assembly, Database and Listen are required.
type Options struct {
	// Assembly is the directory of the cloud assembly.
	Assembly string

	// Database is [Embedded] or [MariaDB].
	Database string

	// Listen is the edge's address, a host of the loopback interface with a port, of which 0 stands for a free one.
	// Everything else listens on free ports of 127.0.0.1.
	Listen string

	// Functions is a directory for the functions' binaries for this machine, by the last elements of their import paths. Those that
	// are there are taken as they are, and the others are built into it.
	//
	// Default: one of the system's own. What is built is kept in the user's cache directory, so that it need not be linked again.
	Functions string

	// Seed decides every identifier and duration, and what is drawn in disasters.
	Seed uint64

	// TimeScale multiplies the durations of control planes, the delay of the edge, and the time before something is tried again: 1 is
	// AWS's speed, 0 no time at all, or a thousandth of AWS's where something looks again and again.
	TimeScale float64

	// Recovery asks for the recovery stack. Where the assembly has none, one is synthesized for a made-up Arpio account, if
	// the application's sources are in the working directory; it is an error otherwise.
	Recovery bool
}

// Disasters are what can happen to a system that is up. They begin and end at once.
type Disasters interface {
	// LoseRegion cuts a Region off: its API, functions, databases and AWS endpoints answer nobody, and nothing is replicated.
	LoseRegion(region string)

	// ReturnRegion ends whatever is wrong with a Region.
	ReturnRegion(region string)

	// BrownOut lets a Region's API and AWS endpoints answer up to that much later, and a share of their answers be errors.
	BrownOut(region string, latency time.Duration, failing float64)

	// Delay lets the standby lag by that much. With the embedded database the standby reads what it lacks nevertheless, and has lost it
	// when it takes over.
	Delay(ctx context.Context, lag time.Duration) error

	// Kill kills whatever a function is doing, and returns how many of its instances there were.
	Kill(region, function string) (int, error)

	// Fate decides how the next switchover or failover ends, or the one that is in progress.
	Fate(f awssim.Fate)
}

// Observer shows what goes on inside a system that is up, for whoever rehearses. The application knows nothing of it.
type Observer interface {
	// Glance is how things stand.
	Glance() Glance

	// Calls are how often operations of AWS were called, since the start.
	Calls() []Call

	// Promotions are the times at which a Region's database became the writer, in order, by whatever operation.
	Promotions() []Promotion

	// Changes are what was changed at the edge since the start, in the order in which it was asked for.
	Changes() []Change

	// Unanswered is how many calls there were to lost Regions.
	Unanswered() int

	// Items are the to-dos in the database that writes.
	Items(ctx context.Context) ([]client.Item, error)
}

// Glance is how things stand.
type Glance struct {
	// Writer is the Region of the global database's writer, and Active the Region that the edge routes writes to.
	Writer, Active string

	// Fenced says that the edge refuses writes.
	Fenced bool

	// Lag is how far the standby lags; nil if there is none.
	Lag *time.Duration
}

// Call is an operation that was called, however often.
type Call struct {
	// Service, Operation and Region are what was called. Region is "global" for services without one.
	Service, Operation, Region string

	// ByOperator says that it was called with the operator's credentials, which whoever rehearses has too; otherwise one of the
	// application's own roles called.
	ByOperator bool

	// Calls counts all calls, WhileLost those to a Region that was lost, which nobody answered.
	Calls, WhileLost int
}

// Promotion is a change of the writer.
type Promotion struct {
	// Region is the Region that writes from then on, At is when.
	Region string
	At     time.Time

	// Lag is how far it lagged behind the former writer at that moment: 0 after a switchover.
	Lag time.Duration
}

// What is changed at the edge.
const (
	// Fence makes the edge refuse writes, Release makes it accept them.
	Fence, Release = "fence", "release"

	// Route makes the edge send requests to another Region.
	Route = "active Region"

	// Deployment changes the distribution, Invalidation what it has cached.
	Deployment, Invalidation = "distribution", "invalidation"
)

// Change is a change at the edge.
type Change struct {
	// What is what was changed: [Fence] and so on.
	What string

	// Region is the Region that is active from then on; empty but for [Route].
	Region string

	// At is when CloudFront accepted the change. Seen is when the first request was served by it, which all later ones are too,
	// because a rehearsal has one edge location; of an [Invalidation], when it was complete. Seen is zero if that was never so.
	At, Seen time.Time
}

// Starter brings a system up; [Start] is one. It returns when everything answers, or with an error after everything has been taken down again,
// also if ctx ends before. After that ctx has no bearing on the system. It tells progress, from one goroutine at a time and
// never after it has returned, what it builds, starts and waits for.
type Starter func(ctx context.Context, o Options, progress func(string)) (System, error)

// System is an application that is up. Its methods can be called concurrently.
type System interface {
	// Application is what was found in the assembly.
	Application() endpoints.Application

	// Endpoints is where everything can be reached. Nothing of it changes.
	Endpoints() endpoints.Endpoints

	// Disasters are what can happen to it.
	Disasters() Disasters

	// Observer shows what goes on inside.
	Observer() Observer

	// Problems are what the AWS endpoint has refused or did not know since the start.
	Problems() Problems

	// LogFile is the path of the file that the parts log to. It outlives the system.
	LogFile() string

	// Close takes everything down: no process, port or temporary file is left. It can be called more than once.
	Close() error
}

// Problems are what callers asked of the AWS endpoint and did not get. Both lists are in order of first occurrence.
type Problems struct {
	// Refusals are calls that the caller's policies do not allow.
	Refusals []Refusal `json:"refusals"`

	// UnknownOperations are calls of operations that the rehearsal does not know.
	UnknownOperations []UnknownOperation `json:"unknownOperations"`
}

// Any reports whether there are any.
func (p Problems) Any() bool { return len(p.Refusals)+len(p.UnknownOperations) > 0 }

// Refusal is a call that was refused, however often.
type Refusal struct {
	// Principal is who called: a function's role, or the operator, by a name that people know it by.
	Principal string `json:"principal"`

	// Action is what the caller has no permission for, such as "rds-db:connect".
	Action string `json:"action"`

	// Resource is the ARN on which it has none.
	Resource string `json:"resource"`

	// Count is how often.
	Count int `json:"count"`
}

// String says what was missing.
func (r Refusal) String() string {
	return fmt.Sprintf("%s lacked %s on %s%s", r.Principal, r.Action, r.Resource, times(r.Count))
}

// UnknownOperation is an operation that the rehearsal does not know, however often it was called.
type UnknownOperation struct {
	// Service is the signing name of the service, such as "rds".
	Service string `json:"service"`

	// Operation is its name, or method and path where the protocol has no names.
	Operation string `json:"operation"`

	// Count is how often.
	Count int `json:"count"`
}

// String names the operation.
func (u UnknownOperation) String() string { return u.Service + " " + u.Operation + times(u.Count) }

// times says how often, if more than once.
func times(n int) string {
	if n <= 1 {
		return ""
	}
	return fmt.Sprintf(" (%d times)", n)
}
