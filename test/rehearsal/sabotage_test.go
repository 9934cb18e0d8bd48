package rehearsal

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/client"
	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
)

// sabotages are what can be wrong with an application, its automation or what clients reach of it, and which expectations of a
// scenario must fail for it: these, and no others.
var sabotages = []struct {
	name     string
	scenario string
	lies     string                                              // of the functions; see command liar
	edit     func(mutant)                                        // of the templates, or nil
	wrap     func(*testing.T, rehearsal.System) rehearsal.System // nil for the system as it is
	fail     []string
}{
	{
		name: "the edge loses, repeats and changes writes, and answers reads wrongly or not at all", scenario: "switchover", wrap: behindBadEdge,
		fail: []string{
			"no write is there twice", "no write has changed", "reads never fail for longer than 6s",
			"no read is answered with what nobody wrote", "no acknowledged write is lost",
		},
	},
	{
		name: "the function that moves may not change the edge", scenario: "switchover",
		edit: func(m mutant) {
			m.edit("ToDoMgmt-failover", func(t template) { t.deny("FailoverMoveRole", "cloudfront-keyvaluestore:UpdateKeys") })
		},
		fail: []string{"the pipeline succeeds", "us-east-2 writes, and the edge routes there"},
	},
	{
		name: "the functions move nothing", scenario: "switchover", lies: "idle",
		fail: []string{"us-east-2 writes, and the edge routes there"},
	},
	{
		name: "the function that moves fails over where it is to switch over", scenario: "switchover", lies: "lossy", wrap: lagging,
		fail: []string{"no acknowledged write is lost"},
	},
	{
		name: "the drill stays at home", scenario: "drill", lies: "idle",
		fail: []string{"clients write in us-east-2 during the drill"},
	},
	{
		name: "the edge has no other origin to fail over to", scenario: "region-loss",
		edit: func(m mutant) { m.edit("ToDoMgmt-edge", oneOrigin) },
		fail: []string{"reads go on from the other Region by themselves"},
	},
	{
		name: "the move asks the lost Region and makes light of the lag, and the database loses more", scenario: "region-loss", lies: "needy,boastful",
		wrap: forgetting,
		fail: []string{
			"nothing needs the lost Region", "only writes are lost that the standby had not received", "no write is kept that came after a lost one",
			"the reported bound covers what is lost",
		},
	},
	{
		name: "an assessment says go in a brown-out", scenario: "region-brownout", lies: "idle",
		fail: []string{
			"the switchover is refused for [SourceUnhealthy SourceUnavailable]", "us-east-2 writes, and the edge routes there",
		},
	},
	{
		name: "the lag is overridden by the functions", scenario: "replication-lag", lies: "reckless",
		fail: []string{"the failover is refused for [LagAboveLimit]", "nothing was changed", "the override is recorded"},
	},
	{
		name: "the run says that all went well", scenario: "stuck-promotion", lies: "idle",
		fail: []string{
			"the run gives up with writes fenced", "it says what to do", "writes are fenced", "us-east-2 writes, and the edge routes there",
		},
	},
	{
		name: "nothing is killed", scenario: "killed", wrap: func(_ *testing.T, s rehearsal.System) rehearsal.System { return sabotaged{System: s, immortal: true} },
		fail: []string{"the function is killed while it moves"},
	},
	{
		name: "nothing is detached, and the lost Region is asked", scenario: "detach", lies: "idle,needy",
		fail: []string{"nothing needs the lost Region", "the plan to rebuild is told", "the edge routes to us-east-2", "what the standby lacked is missed"},
	},
	{
		name: "the standby lacks nothing, and the way home leads nowhere", scenario: "failback", lies: "idleHome",
		wrap: func(_ *testing.T, s rehearsal.System) rehearsal.System { return sabotaged{System: s, catchesUp: true} },
		fail: []string{"us-east-1 writes, and the edge routes there", "what the standby lacked is missed"},
	},
}

// Whatever is broken is found, by the expectations that guard it.
func TestSabotage(t *testing.T) {
	t.Parallel()
	for _, tt := range sabotages {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := options(database.Embedded, 1)
			if tt.lies != "" {
				o.Functions = lying(t, tt.lies)
			}
			if tt.edit != nil {
				m := newMutant(t)
				tt.edit(m)
				o.Assembly = m.dir
			}
			wrap := tt.wrap
			if wrap == nil {
				wrap = func(_ *testing.T, s rehearsal.System) rehearsal.System { return s }
			}
			r, _ := playOn(t, tt.scenario, o, func(s rehearsal.System) rehearsal.System { return wrap(t, s) })
			var failed []string
			for _, e := range r.Rehearsal.Verdict.Expectations {
				t.Logf("held %t: %s: %s", e.Held, e.Must, e.Measured)
				if !e.Held && !slices.Contains(failed, e.Must) {
					failed = append(failed, e.Must)
				}
			}
			slices.Sort(failed)
			if diff := cmp.Diff(slices.Sorted(slices.Values(tt.fail)), failed); diff != "" || r.Rehearsal.Verdict.Held {
				t.Errorf("held %t; want(-), got(+):\n%s", r.Rehearsal.Verdict.Held, diff)
			}
		})
	}
}

// lying is a directory of functions of which those that assess, move and verify lie.
func lying(t *testing.T, lies string) string {
	t.Helper()
	dir := t.TempDir()
	entries, err := os.ReadDir(functions)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if err := os.Link(filepath.Join(functions, entry.Name()), filepath.Join(dir, entry.Name())); err != nil {
			t.Fatal(err)
		}
	}
	liar := filepath.Join(dir, "liar")
	build := []string{"build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc", "-ldflags", "-X main.lies=" + lies, "-o", liar, "./test/rehearsal/liar"}
	if err := runIn([]string{"CGO_ENABLED=0"}, "go", build...); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"failoverassess", "failovermove", "failoververify"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		if err := os.Link(liar, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// oneOrigin has the edge's function send reads to the active Region only, as it does with writes.
func oneOrigin(t template) {
	properties := t.properties("AWS::CloudFront::Function", "")
	code, err := json.Marshal(properties["FunctionCode"])
	if err != nil {
		t.t.Fatal(err)
	}
	changed := bytes.ReplaceAll(code, []byte("if (read)"), []byte("if (false)"))
	if bytes.Equal(changed, code) {
		t.t.Fatalf("the edge's function asks nowhere whether a request reads: %s", code)
	}
	var value any
	if err := json.Unmarshal(changed, &value); err != nil {
		t.t.Fatal(err)
	}
	properties["FunctionCode"] = value
}

// sabotaged is a system that is not what it seems.
type sabotaged struct {
	rehearsal.System
	edge      string // where clients reach it, if that is not its edge
	immortal  bool   // nothing is killed
	catchesUp bool   // the standby catches up before the Region is lost
	forgets   bool   // the first and the last item are gone
	lag       *sync.Once
}

// Endpoints are the system's, but for the edge.
func (s sabotaged) Endpoints() endpoints.Endpoints {
	e := s.System.Endpoints()
	if s.edge != "" {
		e.Edge = s.edge
	}
	return e
}

// Disasters and Observer are the sabotaged ones.
func (s sabotaged) Disasters() rehearsal.Disasters { return disasters{s.System.Disasters(), s} }
func (s sabotaged) Observer() rehearsal.Observer   { return observer{s.System.Observer(), s} }

type disasters struct {
	rehearsal.Disasters
	s sabotaged
}

// Kill kills a function.
func (d disasters) Kill(region, function string) (int, error) {
	if d.s.immortal {
		return 0, nil
	}
	return d.Disasters.Kill(region, function)
}

// LoseRegion cuts a Region off.
func (d disasters) LoseRegion(region string) {
	if d.s.catchesUp {
		_ = d.Delay(context.Background(), 0)
	}
	d.Disasters.LoseRegion(region)
}

type observer struct {
	rehearsal.Observer
	s sabotaged
}

// Glance lets the standby lag from the first one on.
func (o observer) Glance() rehearsal.Glance {
	if o.s.lag != nil {
		o.s.lag.Do(func() { _ = o.s.System.Disasters().Delay(context.Background(), time.Hour) })
	}
	return o.Observer.Glance()
}

// Items are the to-dos in the database that writes.
func (o observer) Items(ctx context.Context) ([]client.Item, error) {
	items, err := o.Observer.Items(ctx)
	if o.s.forgets && len(items) > 2 {
		slices.SortFunc(items, func(a, b client.Item) int { return int(a.ID) - int(b.ID) })
		items = items[1 : len(items)-1]
	}
	return items, err
}

// lagging is a system whose standby has lagged since the clients began.
func lagging(_ *testing.T, s rehearsal.System) rehearsal.System {
	return sabotaged{System: s, lag: new(sync.Once)}
}

// forgetting is a system that has lost its first and its last item.
func forgetting(_ *testing.T, s rehearsal.System) rehearsal.System {
	return sabotaged{System: s, forgets: true}
}

// badEdge is an edge that loses, repeats and changes some of the writes, answers some of the reads wrongly, and none for some time.
type badEdge struct {
	next *httputil.ReverseProxy

	mu            sync.Mutex
	reads, writes int
	dark          time.Time // until when reads are not answered
}

// behindBadEdge is a system before which there is a bad edge.
func behindBadEdge(t *testing.T, s rehearsal.System) rehearsal.System {
	edge, err := url.Parse(s.Endpoints().Edge)
	if err != nil {
		t.Fatal(err)
	}
	b := &badEdge{next: httputil.NewSingleHostReverseProxy(edge)}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	return sabotaged{System: s, edge: server.URL}
}

// ServeHTTP passes a request on, or does something else.
func (b *badEdge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const every = 10
	n, dark := b.count(r.Method)
	switch {
	case r.Method == http.MethodGet && dark:
		w.WriteHeader(http.StatusServiceUnavailable)
	case r.Method == http.MethodGet && n%every == 1:
		acknowledge(w, http.StatusOK, client.Item{ID: 1, Task: "what nobody wrote", Status: "wip"})
	case r.Method == http.MethodPost && n%every == 5: // lost
		var item client.Item
		_ = json.NewDecoder(r.Body).Decode(&item)
		item.ID = uint64(1_000_000 + n)
		acknowledge(w, http.StatusCreated, item)
	case r.Method == http.MethodPost && n%every == 6: // twice
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		b.next.ServeHTTP(httptest.NewRecorder(), r)
		r.Body = io.NopCloser(bytes.NewReader(body))
		b.next.ServeHTTP(w, r)
	case r.Method == http.MethodPost && n%every == 7: // changed
		answer := httptest.NewRecorder()
		b.next.ServeHTTP(answer, r)
		item, err := client.ReadItem(answer.Body.Bytes())
		if err != nil {
			w.WriteHeader(answer.Code)
			return
		}
		item.ID += 2_000_000
		acknowledge(w, answer.Code, item)
	default:
		b.next.ServeHTTP(w, r)
	}
}

// count numbers a request, and says whether reads are not answered. That begins when clients have read for a while.
func (b *badEdge) count(method string) (n int, dark bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if method == http.MethodPost {
		b.writes++
		return b.writes, false
	}
	b.reads++
	if b.reads == 40 {
		b.dark = time.Now().Add(7 * time.Second)
	}
	return b.reads, time.Now().Before(b.dark)
}

func acknowledge(w http.ResponseWriter, status int, item client.Item) {
	w.Header().Set(client.RegionHeader, application.Primary)
	w.WriteHeader(status)
	fmt.Fprint(w, item)
}
