package steady

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal/client"
	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
	"github.com/warmstandby/warmstandby/internal/rehearsal/traffic"
)

// Options says where the application is and how much load to offer. Application and Endpoints are required.
type Options struct {
	Application endpoints.Application
	Endpoints   endpoints.Endpoints

	// Rate is the number of requests in a second, Duration for how long. Default: no load, if one of them is zero.
	Rate     int
	Duration time.Duration

	// Seed decides what the load is.
	Seed uint64

	// ReplicationTimeout is how long the secondary Region may take to show what the primary wrote. Default: 30 seconds.
	ReplicationTimeout time.Duration

	// Poll is how long to wait between two looks at the secondary Region. Default: 50 milliseconds.
	Poll time.Duration

	// Progress is told, in a line, what is going on. Default: nobody is.
	Progress func(string)
}

func (o Options) withDefaults() Options {
	if o.ReplicationTimeout == 0 {
		o.ReplicationTimeout = 30 * time.Second
	}
	if o.Poll == 0 {
		o.Poll = 50 * time.Millisecond
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	return o
}

// Run plays the scenario. If ctx ends, it stops there.
func Run(ctx context.Context, o Options) Result {
	o = o.withDefaults()
	c := client.New(o.Endpoints, o.Application.Regions(), traffic.Outstanding)
	defer c.Close()
	r := &run{Options: o, client: c, tokens: make(map[string]string), result: Result{Checks: []Check{}}}
	r.checkTokens(ctx)
	r.checkFunctions(ctx)
	r.checkEdge(ctx)
	r.checkPrimaryAPI(ctx)
	r.checkSecondaryAPI(ctx)
	r.checkSecondaryFunctions(ctx)
	r.offerLoad(ctx)
	r.result.Interrupted = ctx.Err() != nil
	r.result.OK = !r.result.Interrupted && r.result.Failed() == 0 && (!r.wantsLoad() || r.result.Load != nil && r.result.Load.OK())
	return r.result
}

// run is the scenario while it is played.
type run struct {
	Options
	client *client.Client
	result Result

	where  string
	tokens map[string]string // by Region
	kept   client.Item       // was created first, and stays
	behind bool              // replication has not caught up in time
}

// call is something that can be sent.
type call struct {
	// text is what is sent, for people.
	text string

	// missing says why it cannot be sent; empty if it can.
	missing string

	send func(context.Context) client.Answer
}

// begin begins the checks of one place.
func (r *run) begin(where string) {
	r.where = where
	r.Progress("checking: " + where)
}

// check makes a check and reports whether it is OK.
func (r *run) check(ctx context.Context, name string, c call, w want) bool {
	return r.record(ctx, name, c, w, func() (client.Answer, []string) {
		answer := c.send(ctx)
		return answer, w.wrong(answer)
	})
}

// eventually makes a check whose answer may be another one until replication has caught up. Once a check has waited in vain, those
// after it do not wait: they would do so in vain too.
func (r *run) eventually(ctx context.Context, name string, c call, w want) bool {
	return r.record(ctx, name, c, w, func() (client.Answer, []string) {
		timeout := r.ReplicationTimeout
		if r.behind {
			timeout = 0
		}
		deadline := time.Now().Add(timeout)
		ticker := time.NewTicker(r.Poll)
		defer ticker.Stop()
		for {
			answer := c.send(ctx)
			wrong := w.wrong(answer)
			if len(wrong) == 0 || ctx.Err() != nil {
				return answer, wrong
			}
			if !time.Now().Before(deadline) {
				r.behind = true
				return answer, append(wrong, fmt.Sprintf("that was still so after %v", timeout))
			}
			select {
			case <-ticker.C:
			case <-ctx.Done():
			}
		}
	})
}

// record makes a check by calling do, unless it cannot be made or the scenario has been stopped.
func (r *run) record(ctx context.Context, name string, c call, w want, do func() (client.Answer, []string)) bool {
	if ctx.Err() != nil {
		return false
	}
	check := Check{Where: r.where, Name: name, Sent: c.text, Expected: w.String()}
	start := time.Now()
	if c.missing != "" {
		check.Got = "nothing was sent: " + c.missing
		check.Wrong = []string{c.missing}
	} else {
		answer, wrong := do()
		if ctx.Err() != nil {
			return false // what came of it says nothing about the application
		}
		check.Got, check.brief, check.Wrong = answer.String(), answer.Brief(), wrong
	}
	check.OK = len(check.Wrong) == 0
	check.Milliseconds = float64(time.Since(start).Microseconds()) / 1000
	r.result.Checks = append(r.result.Checks, check)
	return check.OK
}

// request is an HTTP request. It needs the token of a Region, unless that is empty.
func (r *run) request(base, tokenOf string, q client.Request) call {
	c := call{text: q.Method + " " + base + q.URL}
	if tokenOf != "" {
		c.text += " with a token of " + tokenOf
		q.Token = r.tokens[tokenOf]
		if q.Token == "" {
			c.missing = "there is no token of " + tokenOf
		}
	}
	if q.Body != "" {
		c.text += " and the body " + q.Body
	}
	q.URL = base + q.URL
	c.send = func(ctx context.Context) client.Answer { return r.client.Do(ctx, q) }
	return c
}

// about is c, which cannot be sent unless the item has been created.
func (c call) about(i client.Item) call {
	if c.missing == "" && i.ID == 0 {
		c.missing = "the to-do that this is about could not be created"
	}
	return c
}

// invocation invokes one of the application's functions.
func (r *run) invocation(region, function, payload string) call {
	name := r.Application.Function(region, function)
	return call{
		text: fmt.Sprintf("Invoke %s in %s with the payload %s", name, region, payload),
		send: func(ctx context.Context) client.Answer { return r.client.Invoke(ctx, region, name, payload) },
	}
}

func (r *run) wantsLoad() bool { return r.Rate > 0 && r.Duration > 0 }

// offerLoad offers the load, if there is a token to offer it with.
func (r *run) offerLoad(ctx context.Context) {
	primary := r.Application.Primary
	if !r.wantsLoad() || r.tokens[primary] == "" || ctx.Err() != nil {
		return
	}
	r.Progress(fmt.Sprintf("offering load: %d requests per second for %v", r.Rate, r.Duration))
	report := traffic.Run(ctx, r.client, traffic.Options{
		Rate: r.Rate, Duration: r.Duration, Seed: r.Seed,
		Base: r.Endpoints.Edge, Token: r.tokens[primary], Region: primary,
		Progress: func(sent, total int) { r.Progress(fmt.Sprintf("offering load: %d of %d requests sent", sent, total)) },
	})
	r.result.Load = &report
}

// get, post and remove are the three requests of the API.
func get(query string) client.Request {
	return client.Request{Method: http.MethodGet, URL: "/v1" + query}
}

func post(body string) client.Request {
	return client.Request{Method: http.MethodPost, URL: "/v1", Body: body}
}

func remove(body string) client.Request {
	return client.Request{Method: http.MethodDelete, URL: "/v1", Body: body}
}
