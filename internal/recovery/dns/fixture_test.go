package dns_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
	"github.com/warmstandby/warmstandby/constructs/recoverydns/dnsplan"
	"github.com/warmstandby/warmstandby/internal/recovery/dns"
	"github.com/warmstandby/warmstandby/internal/recovery/dns/dnstest"
)

// The plan of these tests: an API whose id is known after a failover only, and the address of something that stands by.
const (
	app      = "hSN9jWjSCtEY7UdRJRslwo"
	api      = "arn:aws:apigateway:us-east-1::/restapis/home1"
	homeAPI  = "home1.execute-api.us-east-1.amazonaws.com"
	homeIP   = "192.0.2.1"
	awayIP   = "198.51.100.1"
	otherApp = "gRM8TmEKCtEY7Ud8J8ride"
)

func plan() dnsplan.Plan {
	return dnsplan.Plan{HostedZoneID: "Z1", Records: []dnsplan.Record{
		{
			Name: "api.example.com", Type: "CNAME", Application: app, Resource: api, Primary: dnsplan.Target{Values: []string{homeAPI}},
			Recovery: dnsplan.Target{Values: []string{"{recovery-resource-id}.execute-api.{recovery-region}.amazonaws.com"}},
		},
		{
			Name: "static.example.com", Type: "A", TTL: 30, Application: app,
			Primary: dnsplan.Target{Values: []string{homeIP}}, Recovery: dnsplan.Target{Values: []string{awayIP}},
		},
		{
			Name: "*.example.com", Type: "A", Application: otherApp, Primary: dnsplan.Target{AliasName: "home.example.net", AliasZoneID: "Z2"},
			Recovery: dnsplan.Target{AliasName: "away.example.net", AliasZoneID: "Z3"},
		},
	}}
}

// world is a handler with services in memory, whose records are at home.
type world struct {
	t        *testing.T
	handler  *dns.Handler
	dynamoDB *dnstest.DynamoDB
	route53  *dnstest.Route53
	log      strings.Builder
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, dynamoDB: &dnstest.DynamoDB{}, route53: &dnstest.Route53{}}
	w.handler = &dns.Handler{
		Plan: plan(), Store: dns.NewStore(w.dynamoDB, "Order"), Zone: dns.NewZone(w.route53, "Z1"),
		Now:   func() time.Time { return seconds(1_000_000) },
		Owner: func(context.Context) string { return "invocation" },
		Log:   slog.New(slog.NewJSONHandler(&w.log, nil)),
	}
	for _, r := range plan().Records {
		change, err := w.handler.Zone.Difference(t.Context(), r, r.Primary)
		if err != nil || change == nil {
			t.Fatalf("%v, %v", change, err)
		}
		if err := w.handler.Zone.Apply(t.Context(), []dns.Change{*change}); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func seconds(s int64) time.Time { return time.Unix(s, 0).UTC() }

func event(eventType lifecycle.EventType, at int64) lifecycle.Event {
	return lifecycle.Event{
		Type: eventType, ID: "id", Account: "654321654321", Region: "us-east-2", Source: lifecycle.Source, Time: seconds(at), Version: "0",
		Detail: lifecycle.Detail{
			ArpioSchemaVersion: "0", EventID: "e", PrimaryRegion: "us-east-1", RecoveryAccount: "654321654321", RecoveryRegion: "us-east-2",
		},
	}
}

// end is an end event that says phase of the application.
func end(application string, phase lifecycle.Phase, at int64) lifecycle.Event {
	e := event(lifecycle.RecoveryEnd, at)
	e.Detail.ApplicationRestorePhase = map[string]lifecycle.Phase{application: phase}
	return e
}

// upsert is an upsert event of the API, whose replica has the id.
func upsert(id string, state lifecycle.State, at int64) lifecycle.Event {
	e := event(lifecycle.ResourceUpsert, at)
	d := &e.Detail
	d.PrimaryAccount, d.PrimaryResourceARN, d.PrimaryResourceID, d.ResourceType = "123456123456", api, "home1", []string{"AWS::ApiGateway::RestApi"}
	d.RecoveryResourceID, d.RecoveryResourceName, d.RecoveryResourceState, d.RestorePhase = id, "orders", state, lifecycle.Failover
	return e
}

// send hands the handler an event or other payload.
func (w *world) send(payload any) (dns.Report, error) {
	w.t.Helper()
	data, err := json.Marshal(payload)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.handler.Handle(w.t.Context(), data)
}

// must sends what must succeed.
func (w *world) must(payloads ...any) dns.Report {
	w.t.Helper()
	var report dns.Report
	for _, p := range payloads {
		var err error
		if report, err = w.send(p); err != nil {
			w.t.Fatal(err)
		}
	}
	return report
}

// fails sends what must fail, with an error that holds a text.
func (w *world) fails(payload any, text string) {
	w.t.Helper()
	if _, err := w.send(payload); err == nil || !strings.Contains(err.Error(), text) {
		w.t.Errorf("error %v lacks %q", err, text)
	}
}

// points checks what the two records of the application point at.
func (w *world) points(api, static string) {
	w.t.Helper()
	if got := w.route53.Values("api.example.com", "CNAME"); got != api {
		w.t.Errorf("api.example.com is %s, want %s", got, api)
	}
	if got := w.route53.Values("static.example.com", "A"); got != static {
		w.t.Errorf("static.example.com is %s, want %s", got, static)
	}
}

func (w *world) atHome() { w.t.Helper(); w.points(homeAPI, homeIP) }

func (w *world) away(id string) {
	w.t.Helper()
	w.points(id+".execute-api.us-east-2.amazonaws.com", awayIP)
}

// failback is the request to go back.
func failback() any { return json.RawMessage(dnsplan.Failback(app)) }
