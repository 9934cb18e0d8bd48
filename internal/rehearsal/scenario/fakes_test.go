package scenario

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/client"
	"github.com/warmstandby/warmstandby/internal/rehearsal/history"
)

// fake is a system of which a test says how it stands. It is the clients' way to it, too.
type fake struct {
	rehearsal.Disasters
	rehearsal.Observer

	mu         sync.Mutex
	glance     rehearsal.Glance
	unanswered int
	instances  int
	reads      string // the Region that answers reads; nobody if it is empty
	writes     string // likewise
	items      []client.Item
}

func (f *fake) set(change func(*fake)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}

// Glance is how the test says that things stand.
func (f *fake) Glance() rehearsal.Glance {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.glance
}

func (f *fake) Unanswered() int { return f.unanswered }

func (f *fake) Kill(_, function string) (int, error) {
	if function == "" {
		return 0, errors.New("no function")
	}
	return f.instances, nil
}

// Do answers a client.
func (f *fake) Do(_ context.Context, r client.Request) client.Answer {
	time.Sleep(3 * time.Millisecond)
	f.mu.Lock()
	defer f.mu.Unlock()
	region, status, item := f.reads, http.StatusOK, client.Item{}
	if r.Method == http.MethodPost {
		region, status = f.writes, http.StatusCreated
		if err := json.Unmarshal([]byte(r.Body), &item); err != nil {
			return client.Answer{Status: http.StatusBadRequest}
		}
		item.ID = uint64(len(f.items) + 1)
	} else if id, err := strconv.Atoi(r.URL[strings.IndexByte(r.URL, '=')+1:]); err == nil {
		item = f.items[id-1]
	}
	if region == "" {
		return client.Answer{Status: http.StatusServiceUnavailable}
	}
	if r.Method == http.MethodPost {
		f.items = append(f.items, item)
	}
	return client.Answer{Status: status, Header: http.Header{client.RegionHeader: {region}}, Body: []byte(item.String())}
}

// system is a system whose parts are a fake.
type system struct {
	rehearsal.System
	fake *fake
}

func (s system) Disasters() rehearsal.Disasters { return s.fake }
func (s system) Observer() rehearsal.Observer   { return s.fake }

// playing is a play on a fake that stands as it does when the secondary Region has taken over, while clients work.
func playing(t *testing.T) (*play, *fake) {
	t.Helper()
	f := &fake{glance: rehearsal.Glance{Writer: other, Active: other}, reads: other, writes: other}
	p := &play{scenario: Scenario{Name: "told"}}
	p.System, p.Progress, p.Seed = system{fake: f}, func(string) {}, 1
	p.document.Regions = map[topology.Role]topology.Site{topology.Primary: {Region: home}, topology.Secondary: {Region: other}}
	p.load = history.Start(history.Options{Sender: f, Base: "http://edge", Token: "t", Rate: 50, Seed: 1})
	p.sampler = startSampling(f, p.load, nil)
	t.Cleanup(func() { p.stop() })
	return p, f
}

// ran is a run that succeeded, in the last three seconds.
func ran(mode failover.Mode) run {
	r := run{mode: mode, target: topology.Secondary, started: time.Now().Add(-3 * time.Second), ended: time.Now(), status: types.PipelineExecutionStatusSucceeded}
	r.report = moved(mode, 0)
	if mode == failover.Drill {
		r.report.Moves = append(r.report.Moves, r.report.Moves[0])
	}
	return r
}
