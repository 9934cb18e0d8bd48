package steady_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/rehearsal/rehearsaltest"
	"github.com/warmstandby/warmstandby/internal/rehearsal/steady"
)

// play plays the scenario against an application that differs from the right one as o says.
func play(t *testing.T, o rehearsaltest.Options, with func(*steady.Options)) steady.Result {
	t.Helper()
	s := rehearsaltest.Start(o)
	defer s.Close()
	options := steady.Options{
		Application: s.Application(), Endpoints: s.Endpoints(), Poll: time.Microsecond, ReplicationTimeout: time.Minute,
	}
	if with != nil {
		with(&options)
	}
	return steady.Run(t.Context(), options)
}

// impatient does not wait for replication.
func impatient(o *steady.Options) { o.ReplicationTimeout = time.Nanosecond }

func text(r steady.Result) string {
	var b strings.Builder
	r.WriteText(&b)
	return b.String()
}

// failed are the checks that failed, as "where: name".
func failed(r steady.Result) []string {
	var failed []string
	for _, c := range r.Checks {
		if !c.OK {
			failed = append(failed, c.Where+": "+c.Name)
		}
	}
	return failed
}

func TestEverythingAnswersAsSpecified(t *testing.T) {
	var progress []string
	r := play(t, rehearsaltest.Options{Lag: 3}, func(o *steady.Options) {
		o.Rate, o.Duration, o.Seed = 500, 100*time.Millisecond, 42
		o.Progress = func(line string) { progress = append(progress, line) }
	})
	if !r.OK || r.Failed() > 0 || r.Interrupted || r.Load == nil || r.Load.Requests != 50 {
		t.Errorf("not OK:\n%s", text(r))
	}
	names := make(map[string]bool)
	for _, c := range r.Checks {
		names[c.Where+c.Name] = true
	}
	if len(names) != len(r.Checks) || len(names) < 90 {
		t.Errorf("%d checks have %d names", len(r.Checks), len(names))
	}
	want := []string{
		"checking: tokens", "checking: functions in us-east-1", "checking: edge", "checking: API in us-east-1",
		"checking: API in us-east-2", "checking: functions in us-east-2", "offering load: 500 requests per second for 100ms",
	}
	if diff := cmp.Diff(want, progress); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, secret := range []string{"jwt-", "secret of us", "operator's secret"} {
		if encoded, _ := json.Marshal(r); strings.Contains(string(encoded)+text(r), secret) {
			t.Errorf("the result tells %q", secret)
		}
	}
}

func TestLoadThatIsNotAnswered(t *testing.T) {
	var edge atomic.Int64
	r := play(t, rehearsaltest.Options{Change: func(q rehearsaltest.Request, a *rehearsaltest.Answer) {
		if q.At == "edge" && edge.Add(1) == 40 {
			*a = rehearsaltest.Answer{Status: 502}
		}
	}}, func(o *steady.Options) { o.Rate, o.Duration = 1000, 100*time.Millisecond })
	if r.OK || r.Failed() > 0 || r.Load.Errors != 1 || !strings.Contains(text(r), "status 502") {
		t.Errorf("got OK %v and\n%s", r.OK, text(r))
	}
}

func TestNoLoadWithoutToken(t *testing.T) {
	r := play(t, rehearsaltest.Options{Change: func(q rehearsaltest.Request, a *rehearsaltest.Answer) {
		if q.At == "token" {
			*a = rehearsaltest.Answer{Status: 500}
		}
	}}, func(o *steady.Options) { impatient(o); o.Rate, o.Duration = 1000, time.Hour })
	if r.OK || r.Load != nil {
		t.Errorf("OK is %v, load is %v", r.OK, r.Load)
	}
}

func TestInterrupted(t *testing.T) {
	s := rehearsaltest.New(t, rehearsaltest.Options{Lag: 1 << 40})
	for _, at := range []string{"checking: edge", "checking: API in us-east-2", "checking: functions in us-east-2"} {
		t.Run(at, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			o := steady.Options{Application: s.Application(), Endpoints: s.Endpoints(), Rate: 1, Duration: time.Hour}
			o.ReplicationTimeout, o.Poll = time.Nanosecond, time.Hour
			o.Progress = func(line string) {
				if line == at {
					cancel()
				}
			}
			r := steady.Run(ctx, o)
			if r.OK || !r.Interrupted || r.Load != nil || !strings.Contains(text(r), "Interrupted before the end.") {
				t.Errorf("got %+v", r)
			}
			for _, c := range r.Checks {
				if c.Where == strings.TrimPrefix(at, "checking: ") {
					t.Errorf("was checked nevertheless: %+v", c)
				}
			}
		})
	}
	t.Run("while waiting for replication", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		waiting := rehearsaltest.New(t, rehearsaltest.Options{Lag: 1 << 40, Change: func(q rehearsaltest.Request, _ *rehearsaltest.Answer) {
			if q.At == "api" && q.Region == "us-east-2" && q.Call == "GET /v1?id=1" && q.Token == "jwt-us-east-2" {
				cancel()
			}
		}})
		r := steady.Run(ctx, steady.Options{Application: waiting.Application(), Endpoints: waiting.Endpoints(), Poll: time.Hour})
		if r.OK || !r.Interrupted || r.Failed() > 0 {
			t.Errorf("got %v", failed(r))
		}
	})
}

func TestResultAsText(t *testing.T) {
	r := play(t, rehearsaltest.Options{Change: func(q rehearsaltest.Request, a *rehearsaltest.Answer) {
		a.Status, a.Body = 418, strings.Repeat("word ", 300)+strings.Repeat("語", 300)
	}}, func(o *steady.Options) { impatient(o); o.Rate, o.Duration = 1, time.Second })
	for line := range strings.Lines(text(r) + text(play(t, rehearsaltest.Options{}, nil))) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 100 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	if want := fmt.Sprintf("%d checks, %d failed", len(r.Checks), r.Failed()); !strings.Contains(text(r), want) {
		t.Errorf("does not say %q", want)
	}
}

func TestResultAsJSON(t *testing.T) {
	encoded, err := json.Marshal(play(t, rehearsaltest.Options{}, impatient))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		OK     bool
		Checks []map[string]any
	}
	if err := json.Unmarshal(encoded, &got); err != nil {
		t.Fatal(err)
	}
	first := got.Checks[0]
	delete(first, "milliseconds")
	delete(first, "sent")
	want := map[string]any{
		"where": "tokens", "name": "a client of us-east-1 gets one", "ok": true, "wrong": []any{},
		"expected": `200 {"access_token":…,"token_type":"Bearer","expires_in":…}`,
		"got":      `200 {"access_token":"13 characters","expires_in":3600,"token_type":"Bearer"}`,
	}
	if diff := cmp.Diff(want, first); diff != "" || !got.OK {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
