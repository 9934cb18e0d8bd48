package history_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/rehearsal/client"
	"github.com/warmstandby/warmstandby/internal/rehearsal/history"
)

// store is an application in memory, which can be disturbed.
type store struct {
	mu     sync.Mutex
	items  []client.Item
	region string
	down   bool // answers nothing
	drops  bool // acknowledges writes and forgets them
	twice  bool // writes everything twice

	refuses bool // as the edge does, which names no Region
}

func (s *store) Do(_ context.Context, r client.Request) client.Answer {
	time.Sleep(3 * time.Millisecond)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		return client.Answer{Err: errors.New("gone")}
	}
	if s.refuses && r.Method == http.MethodPost {
		return client.Answer{Status: http.StatusServiceUnavailable, Header: http.Header{http.CanonicalHeaderKey(topology.FencedHeader): {"closed"}}}
	}
	if s.refuses {
		return client.Answer{Status: http.StatusServiceUnavailable}
	}
	if r.Method == http.MethodPost {
		return s.write(r)
	}
	var id uint64
	fmt.Sscanf(r.URL[strings.IndexByte(r.URL, '=')+1:], "%d", &id)
	for _, i := range s.items {
		if i.ID == id {
			return s.answer(http.StatusOK, i)
		}
	}
	return s.answer(http.StatusNotFound, client.Item{})
}

func (s *store) write(r client.Request) client.Answer {
	var item client.Item
	if err := json.Unmarshal([]byte(r.Body), &item); err != nil {
		return client.Answer{Status: http.StatusBadRequest}
	}
	for n := 1; n == 1 || n == 2 && s.twice; n++ {
		item.ID = uint64(len(s.items) + 1)
		if s.drops {
			item.ID += 1_000_000
		} else {
			s.items = append(s.items, item)
		}
	}
	return s.answer(http.StatusCreated, item)
}

func (s *store) answer(status int, i client.Item) client.Answer {
	return client.Answer{Status: status, Header: http.Header{client.RegionHeader: {s.region}}, Body: []byte(i.String())}
}

func (s *store) set(change func(*store)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// record lets clients work for ten seconds, in the middle of which something happens.
func record(t *testing.T, s *store, happens func()) history.History {
	t.Helper()
	l := history.Start(history.Options{Sender: s, Base: "http://edge", Token: "t", Rate: 100, Seed: 1})
	time.Sleep(4 * time.Second)
	happens()
	time.Sleep(6 * time.Second)
	return l.Stop()
}

func TestUndisturbed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{region: "us-east-1"}
		h := record(t, s, func() {})
		if n := len(h.Records); n < 990 || n > 1002 {
			t.Errorf("%d requests in ten seconds, want 1000", n)
		}
		writes := len(h.Pick(func(r history.Record) bool { return r.Write }))
		if writes < 200 || writes > 400 {
			t.Errorf("%d of them write", writes)
		}
		a := h.Audit(s.items)
		if a.Acknowledged != writes || len(a.Lost)+len(a.Duplicated)+len(a.Changed) > 0 {
			t.Errorf("got %+v", a)
		}
		if f := h.Failures(false); len(f) > 0 {
			t.Errorf("reads failed: %v", f)
		}
	})
}

// For two seconds nobody answers; then another Region does.
func TestOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{region: "us-east-1"}
		var moved time.Time
		h := record(t, s, func() {
			s.set(func(s *store) { s.down = true })
			time.Sleep(2 * time.Second)
			s.set(func(s *store) { s.down, s.region = false, "us-east-2" })
			moved = time.Now()
		})
		for _, write := range []bool{false, true} {
			if g := h.LongestGap(write); g.Length() < 2*time.Second || g.Length() > 2500*time.Millisecond || g.To.Before(moved) {
				t.Errorf("write %t: longest gap %s", write, g.Length())
			}
		}
		if n := h.Failures(true)["other"] + h.Failures(false)["other"]; n < 190 || n > 210 {
			t.Errorf("%d requests failed", n)
		}
		if r, ok := h.FirstWrite("us-east-2", moved.Add(-time.Hour)); !ok || r.End.Sub(moved) > time.Second || r.End.Before(moved) {
			t.Errorf("first write %+v, %t", r, ok)
		}
		if _, ok := h.FirstWrite("us-west-2", moved); ok {
			t.Error("a Region that answered nothing has a first write")
		}
		buckets := h.Timeline(time.Second)
		if b := buckets[5]; b.Start != 5000 || len(b.Reads)+len(b.Writes) > 0 || b.ReadFailures["other"]+b.WriteFailures["other"] < 95 || b.P99 < 3 {
			t.Errorf("the sixth second is %+v", b)
		}
		if b := buckets[8]; b.Reads["us-east-2"] < 50 || b.Reads["us-east-1"] > 0 {
			t.Errorf("the ninth second is %+v", b)
		}
	})
}

// Everybody who answers is counted, and whoever did not is, too.
func TestAnsweredBy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{region: "us-east-1"}
		h := record(t, s, func() {
			s.set(func(s *store) { s.down = true })
			time.Sleep(time.Second)
			s.set(func(s *store) { s.down, s.refuses = false, true })
			time.Sleep(time.Second)
			s.set(func(s *store) { s.refuses, s.region = false, "us-east-2" })
		})
		for _, write := range []bool{false, true} {
			by, total := h.AnsweredBy(write), 0
			for who, n := range by {
				total += n.Succeeded + n.Failed
				if region := strings.HasPrefix(who, "us-"); region != (n.Failed == 0) || region != (n.Succeeded > 0) {
					t.Errorf("write %t: %s answered %+v", write, who, n)
				}
			}
			if sent := len(h.Pick(func(r history.Record) bool { return r.Write == write })); total != sent || len(by) != 4 {
				t.Errorf("write %t: %d requests of %d are counted, by %v", write, total, sent, by)
			}
			if n := by[history.ByEdge].Failed; n != h.Failures(write)[map[bool]string{true: history.Fenced, false: "status 503"}[write]] {
				t.Errorf("write %t: the edge refused %d requests, %v failed", write, n, h.Failures(write))
			}
		}
	})
}

// Acknowledged writes that are gone, or there twice, are found, whatever else the database holds.
func TestAudit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{region: "us-east-1"}
		h := record(t, s, func() {
			s.set(func(s *store) { s.drops = true })
			time.Sleep(time.Second)
			s.set(func(s *store) { s.drops = false })
		})
		a := h.Audit(append(s.items, client.Item{ID: 1_000_001, Task: "somebody else's"}))
		if n := len(a.Lost); n < 15 || n > 50 || len(a.Duplicated) > 0 || a.Lost[0].End.After(a.Lost[n-1].End) {
			t.Errorf("lost %d, duplicated %v", n, a.Duplicated)
		}
		if n := h.Failures(false)[history.Missing]; n == 0 {
			t.Error("no read missed what is lost")
		}

		s = &store{region: "us-east-1", twice: true}
		h = record(t, s, func() {})
		if a := h.Audit(s.items); len(a.Duplicated) < 200 || len(a.Lost) > 0 {
			t.Errorf("duplicated %d, lost %d", len(a.Duplicated), len(a.Lost))
		}
	})
}

func TestAuditChanged(t *testing.T) {
	h := history.History{Records: []history.Record{{Write: true, ID: 1, Task: "a"}, {Write: true, ID: 2, Task: "b"}, {Write: true, Task: "c", Kind: "timeout"}}}
	a := h.Audit([]client.Item{{ID: 1, Task: "a"}, {ID: 3, Task: "b"}})
	want := history.Audit{Acknowledged: 2, Lost: []history.Record{}, Duplicated: []string{}, Changed: []history.Record{{Write: true, ID: 2, Task: "b"}}}
	if diff := cmp.Diff(want, a); diff != "" {
		t.Error(diff)
	}
}

// A gap that no success ends lasts until the end.
func TestGapWithoutEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{region: "us-east-1"}
		h := record(t, s, func() { s.set(func(s *store) { s.down = true }) })
		if g := h.LongestGap(true); g.Length() < 5*time.Second {
			t.Errorf("longest gap %s, although nobody answers for six seconds", g.Length())
		}
	})
}

func TestSnapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{region: "us-east-1"}
		l := history.Start(history.Options{Sender: s, Base: "http://edge", Token: "t", Rate: 100, Seed: 1})
		time.Sleep(time.Second)
		synctest.Wait()
		n := len(l.Snapshot().Records)
		if h := l.Stop(); n < 90 || len(h.Records) < n {
			t.Errorf("%d records after a second, %d in the end", n, len(h.Records))
		}
	})
}
