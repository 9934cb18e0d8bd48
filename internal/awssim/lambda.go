package awssim

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// Function is a Lambda function with its versions and aliases.
type Function struct {
	Name             string
	ARN              string
	Role             string // the ARN of its role
	Runtime          string
	Handler          string
	Description      string
	Timeout          int // seconds
	MemorySize       int // MiB
	EphemeralStorage int // MiB
	Architectures    []string
	Environment      map[string]string
	SubnetIDs        []string
	SecurityGroupIDs []string
	VPCID            string
	Tracing          string // Active or PassThrough
	LogGroup         string
	LogFormat        string
	CodeSize         int64  // bytes
	CodeSHA256       string // base64
	Reserved         *int   // reserved concurrency; nil if none is reserved
	Versions         []string
	Aliases          []Alias
	Policy           *iam.Policy // the resource policy; nil if there is none
	Tags             []Tag
	LastModified     time.Time
	RevisionID       string
	Async            map[string]AsyncInvoke // by the qualifier that it is for; $LATEST for none

	// Invoke runs the function. It is called without the cloud's lock.
	Invoke InvokeFunc
}

// Alias is a name for a version of a function.
type Alias struct {
	Name    string
	Version string
}

// AsyncInvoke says what becomes of asynchronous invocations that fail.
type AsyncInvoke struct {
	Retries   int           // 0 to 2
	MaxAge    time.Duration // how old an event may be that is retried
	OnFailure string        // the ARN of the queue for events that failed for good; empty if there is none
}

// DefaultAsyncInvoke is what is done where nothing else is configured (Lambda developer guide, "How Lambda handles errors and
// retries with asynchronous invocation").
var DefaultAsyncInvoke = AsyncInvoke{Retries: 2, MaxAge: 6 * time.Hour}

// ErrThrottled is what an [InvokeFunc] returns if the function's concurrency is used up.
var ErrThrottled = errors.New("the function's concurrency is used up")

// InvokeFunc runs a function of the version ($LATEST or a number) once. An error means that the function could not be run at
// all; one that the function returned is in the result.
type InvokeFunc func(ctx context.Context, version string, payload []byte) (InvokeResult, error)

// InvokeResult is the outcome of one invocation.
type InvokeResult struct {
	// Payload is the function's answer, or its error as JSON.
	Payload []byte

	// FunctionError is Unhandled or Handled if the function failed.
	FunctionError string

	// Log is what the invocation logged; its last 4 KiB are shown to who asks for them.
	Log []byte
}

// CreateFunction stores a function. It fills in ARN, date and revision.
func (r *Region) CreateFunction(f Function) Function {
	f.ARN = r.arn("lambda", "function:"+f.Name)
	f.LastModified = r.state.Now()
	f.RevisionID = r.state.newUUID()
	r.Functions.Put(f.Name, f)
	return f
}

// PublishVersion gives the function its next version number and returns it, and whether the function exists.
func (r *Region) PublishVersion(name string) (string, bool) {
	f, ok := r.Functions.Get(name)
	if !ok {
		return "", false
	}
	version := strconv.Itoa(len(f.Versions) + 1)
	f.Versions = append(slices.Clone(f.Versions), version)
	r.Functions.Put(name, f)
	return version, true
}

// PutAlias makes the alias name a version, and says whether the function exists.
func (r *Region) PutAlias(function string, a Alias) bool {
	f, ok := r.Functions.Get(function)
	if !ok {
		return false
	}
	f.Aliases = slices.DeleteFunc(slices.Clone(f.Aliases), func(old Alias) bool { return old.Name == a.Name })
	f.Aliases = append(f.Aliases, a)
	r.Functions.Put(function, f)
	return true
}

// SetFunctionPolicy replaces the function's resource policy, and says whether the function exists.
func (r *Region) SetFunctionPolicy(function string, policy *iam.Policy) bool {
	f, ok := r.Functions.Get(function)
	if !ok {
		return false
	}
	f.Policy = policy
	r.Functions.Put(function, f)
	return true
}

// FunctionARN is the ARN, with its qualifier if it has one, of the function that is named as Lambda allows it: by name, ARN
// or partial ARN, each with a version or an alias (Lambda API reference, Invoke: FunctionName).
func (r *Region) FunctionARN(name, qualifier string) string {
	base, q := splitFunction(name)
	if qualifier == "" {
		qualifier = q
	}
	arn := r.arn("lambda", "function:"+base)
	if qualifier != "" {
		arn += ":" + qualifier
	}
	return arn
}

// FindFunction returns the function named as for [Region.FunctionARN], and the version meant. It says whether both exist.
func (r *Region) FindFunction(name, qualifier string) (f Function, version string, ok bool) {
	base, q := splitFunction(name)
	if qualifier == "" {
		qualifier = q
	}
	f, ok = r.Functions.Get(base)
	if !ok || strings.HasPrefix(name, "arn:") && !strings.HasPrefix(name, f.ARN) {
		return f, "", false
	}
	version, ok = f.version(qualifier)
	return f, version, ok
}

// version resolves a qualifier: a version, an alias or nothing.
func (f Function) version(qualifier string) (string, bool) {
	if qualifier == "" || qualifier == "$LATEST" {
		return "$LATEST", true
	}
	for _, a := range f.Aliases {
		if a.Name == qualifier {
			return a.Version, true
		}
	}
	return qualifier, slices.Contains(f.Versions, qualifier)
}

// splitFunction takes apart name, account:function:name, or an ARN, each with or without a qualifier.
func splitFunction(name string) (base, qualifier string) {
	name = resource(name)
	if _, after, ok := strings.Cut(name, "function:"); ok {
		name = after
	}
	base, qualifier, _ = strings.Cut(name, ":")
	return base, qualifier
}
