package history

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/rehearsal/client"
)

// Outstanding is the greatest number of requests under way. What is due beyond it is not sent, and is recorded so.
const Outstanding = 4096

// writeShare is how many of a hundred requests write.
const writeShare = 30

// Sender sends a request and waits for its answer. [client.Client] is one. It must allow concurrent calls.
type Sender interface {
	Do(ctx context.Context, r client.Request) client.Answer
}

// Options says what to send. All fields are required.
type Options struct {
	// Sender sends.
	Sender Sender

	// Base is the URL of the edge.
	Base string

	// Token opens the routes in both Regions.
	Token string

	// Rate is the number of requests in a second.
	Rate int

	// Seed decides which requests they are.
	Seed uint64
}

// Load is clients at work.
type Load struct {
	options Options
	random  *rand.Rand
	cancel  context.CancelFunc
	done    chan struct{}

	mu      sync.Mutex
	history History
	held    []client.Item // acknowledged
	under   int
}

// Start has clients begin. They go on until [Load.Stop].
func Start(o Options) *Load {
	ctx, cancel := context.WithCancel(context.Background())
	l := &Load{
		options: o, cancel: cancel, done: make(chan struct{}),
		random: rand.New(rand.NewPCG(o.Seed, 0)), //nolint:gosec // what is drawn is to be reproducible, not secret
	}
	l.history.Began = time.Now()
	go l.run(ctx)
	return l
}

// Stop has the clients send nothing more, waits until everything is answered, and returns what they remember.
func (l *Load) Stop() History {
	l.cancel()
	<-l.done
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.history
}

// Snapshot is what the clients remember by now. What is under way is not in it.
func (l *Load) Snapshot() History {
	l.mu.Lock()
	defer l.mu.Unlock()
	return History{Began: l.history.Began, Records: l.history.Records[:len(l.history.Records):len(l.history.Records)]}
}

// run sends what is due until ctx ends, and returns when all of it is answered. It catches up with what was due while the machine
// was busy.
func (l *Load) run(ctx context.Context) {
	defer close(l.done)
	var requests sync.WaitGroup
	defer requests.Wait()
	period := time.Second / time.Duration(l.options.Rate)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for due := l.history.Began; ; due = due.Add(period) {
		timer.Reset(time.Until(due))
		select {
		case <-timer.C:
		case <-ctx.Done():
			return
		}
		send := l.next()
		if !l.enter() {
			l.add(Record{Start: due, End: time.Now(), Write: send.write, Kind: "not sent"}, nil)
			continue
		}
		requests.Go(func() {
			defer l.leave()
			l.send(send, due)
		})
	}
}

// sending is one request.
type sending struct {
	write bool
	item  client.Item // to write, or to read
}

// next draws a request. Until something is written, there is nothing to read.
func (l *Load) next() sending {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.held) == 0 || l.random.IntN(100) < writeShare {
		l.history.sent++
		return sending{write: true, item: client.Item{Task: fmt.Sprintf("write %d of %d", l.history.sent, l.options.Seed), Status: "wip"}}
	}
	return sending{item: l.held[l.random.IntN(len(l.held))]}
}

func (l *Load) enter() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.under >= Outstanding {
		return false
	}
	l.under++
	return true
}

func (l *Load) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.under--
}

// send sends a request and remembers its answer. Requests end by their own time-outs, so that none is cut off unanswered.
func (l *Load) send(s sending, due time.Time) {
	r := client.Request{Method: http.MethodGet, URL: fmt.Sprintf("%s/v1?id=%d", l.options.Base, s.item.ID), Token: l.options.Token}
	if s.write {
		r = client.Request{Method: http.MethodPost, URL: l.options.Base + "/v1", Token: l.options.Token, Body: s.item.Creation()}
	}
	answer := l.options.Sender.Do(context.Background(), r)
	record := Record{Start: due, End: time.Now(), Write: s.write, ID: s.item.ID, Task: s.item.Task, Region: answer.Region()}
	record.Edge = record.Region == "" && answer.Status != 0 // whoever reached a Region says which
	var acknowledged *client.Item
	switch {
	case answer.Err != nil:
		record.Kind = client.ErrorKind(answer.Err)
	case s.write:
		acknowledged = s.written(answer, &record)
	default:
		record.Kind = s.read(answer)
	}
	l.add(record, acknowledged)
}

// written is the item that an answer acknowledges, or nil.
func (s sending) written(a client.Answer, r *Record) *client.Item {
	if a.Header.Get(topology.FencedHeader) != "" {
		r.Kind = Fenced
		return nil
	}
	if a.Status != http.StatusCreated {
		r.Kind = fmt.Sprintf("status %d", a.Status)
		return nil
	}
	item, err := client.ReadItem(a.Body)
	if err != nil || item.Task != s.item.Task || item.ID == 0 {
		r.Kind = Wrong
		return nil
	}
	r.ID = item.ID
	return &item
}

// read says what is wrong with the answer to a read, or nothing.
func (s sending) read(a client.Answer) string {
	if a.Status == http.StatusNotFound {
		return Missing
	}
	if a.Status != http.StatusOK {
		return fmt.Sprintf("status %d", a.Status)
	}
	if item, err := client.ReadItem(a.Body); err != nil || item != s.item {
		return Wrong
	}
	return ""
}

// add remembers a record, and what it acknowledges.
func (l *Load) add(r Record, acknowledged *client.Item) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.history.Records = append(l.history.Records, r)
	if acknowledged != nil {
		l.held = append(l.held, *acknowledged)
	}
}
