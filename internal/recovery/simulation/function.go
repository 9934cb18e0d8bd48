package simulation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/route53"

	"github.com/warmstandby/warmstandby/constructs/recoverydns/dnsplan"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/recovery/dns"
	"github.com/warmstandby/warmstandby/internal/recovery/recoverytest"
	"github.com/warmstandby/warmstandby/internal/rehearsal/provision"
)

// function is the DNS function, in this process.
type function struct {
	*world

	name    string
	plan    dnsplan.Plan
	table   string
	timeout time.Duration
	keys    awssim.Credentials
	handler *dns.Handler

	mu        sync.Mutex // of the world's steps, too
	owners    int
	succeeded int            // asynchronous invocations that did, of any attempt
	moved     map[string]int // how often an event has changed records, by its text
}

// wireFunction finds the function and what it is configured with.
func (w *world) wireFunction(deployed *provision.World) error {
	for _, f := range deployed.Functions {
		text, ok := f.Environment[dnsplan.EnvPlan]
		if !ok {
			continue
		}
		plan, err := dnsplan.Decode(text)
		if err != nil {
			return err
		}
		w.function = function{world: w, name: f.Name, plan: plan, table: f.Environment[dnsplan.EnvTable], timeout: f.Timeout, moved: map[string]int{}}
		const longer = 1000 * time.Hour // than any history
		w.cloud.Do(func(s *awssim.State) { w.function.keys, ok = s.AssumeRole(f.Role, f.Name, longer) })
		if !ok {
			return fmt.Errorf("role %s of the DNS function does not exist", f.Role)
		}
		return nil
	}
	return errors.New("the template must have a DNS function")
}

// clients are what the function calls, with the role's permissions.
func (f *function) clients() (dns.Route53, dns.DynamoDB) {
	keys := credentials.NewStaticCredentialsProvider(f.keys.AccessKeyID, f.keys.SecretAccessKey, f.keys.SessionToken)
	address := "http://endpoint.example.com"
	return route53.New(route53.Options{Region: region, Credentials: keys, BaseEndpoint: &address, HTTPClient: f}),
		dynamodb.New(dynamodb.Options{Region: region, Credentials: keys, BaseEndpoint: &address, HTTPClient: f})
}

// startFunction lets Lambda invoke the function.
func (w *world) startFunction() {
	f := &w.function
	f.handler = &dns.Handler{
		Plan: f.plan, Store: dns.NewStore(w.Table, f.table), Zone: dns.NewZone(watch{f, w.DNS}, f.plan.HostedZoneID),
		Now: time.Now, Owner: f.owner, Log: slog.New(slog.DiscardHandler),
	}
	w.in(func(r *awssim.Region) {
		deployed, _ := r.Functions.Get(f.name)
		deployed.Invoke = f.invoke
		r.Functions.Put(f.name, deployed)
	})
}

// owner names an invocation.
func (f *function) owner(context.Context) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.owners++
	return fmt.Sprint("invocation ", f.owners)
}

// invoke runs the function for Lambda.
func (f *function) invoke(ctx context.Context, _ string, payload []byte) (awssim.InvokeResult, error) {
	if err := f.run(ctx, payload); err != nil {
		text, _ := json.Marshal(map[string]string{"errorMessage": err.Error(), "errorType": "errorString"}) // texts: it cannot fail
		return awssim.InvokeResult{Payload: text, FunctionError: "Unhandled"}, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.succeeded++
	return awssim.InvokeResult{Payload: []byte("{}")}, nil
}

// know lets what the function changes be checked by the event that it was changed for.
func (f *function) know(payload string, step recoverytest.Step) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.steps[payload] = step
}

// payloadKey is the key of a context's payload.
type payloadKey struct{}

// run runs the function once.
func (f *function) run(ctx context.Context, payload []byte) error {
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, payloadKey{}, string(payload)), f.timeout)
	defer cancel()
	_, err := f.handler.Handle(ctx, payload)
	return err
}

// Do answers a request that the function makes of AWS. One of fifty fails, half of these after it has taken effect.
func (f *function) Do(r *http.Request) (*http.Response, error) {
	h := fnv.New64a()
	_, _ = fmt.Fprint(h, time.Now().UnixNano(), r.Header.Get("X-Amz-Target"), r.URL.Path) // never fails
	random := rand.New(rand.NewPCG(f.history.Seed, h.Sum64()))                            //nolint:gosec // to be reproducible, not secret
	const often = 50
	fails := random.IntN(often) == 0
	if fails && random.IntN(2) == 0 {
		return nil, errors.New("simulated: no connection")
	}
	served := r.Clone(r.Context())
	served.Host, served.RequestURI = r.URL.Host, r.URL.RequestURI() // as a server sees them
	recorder := httptest.NewRecorder()
	f.aws.ServeHTTP(recorder, served)
	if fails {
		return nil, errors.New("simulated: the answer is lost")
	}
	return recorder.Result(), nil
}

// watch is DNS, with an eye on what is changed.
type watch struct {
	f *function
	dns.Route53
}

// ChangeResourceRecordSets changes records, and says what is wrong with that.
func (w watch) ChangeResourceRecordSets(ctx context.Context, in *route53.ChangeResourceRecordSetsInput, o ...func(*route53.Options)) (*route53.ChangeResourceRecordSetsOutput, error) {
	before := w.f.points()
	out, err := w.Route53.ChangeResourceRecordSets(ctx, in, o...)
	after := w.f.points()
	payload, _ := ctx.Value(payloadKey{}).(string)
	if before != after {
		w.f.note(payload, after)
	} else if err == nil {
		w.f.report.wrong(changesAny, "a change of records to %s changes nothing, for %.300s", after, payload)
	}
	return out, err
}

// points is what the records point at.
func (w *world) points() string {
	var values []string
	w.cloud.Do(func(s *awssim.State) {
		z, _ := s.HostedZones.Get(w.function.plan.HostedZoneID)
		for _, r := range z.Records {
			values = append(values, r.Values...)
		}
	})
	return strings.Join(values, " ")
}

// targets are what the records point at, at home and away.
func (f *function) targets() (home, away string) {
	var primary, recovery []string
	for _, r := range f.plan.Records {
		primary, recovery = append(primary, r.Primary.Values...), append(recovery, r.Recovery.Values...)
	}
	return strings.Join(primary, " "), strings.Join(recovery, " ")
}
