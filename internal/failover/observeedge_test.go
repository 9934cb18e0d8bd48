package failover

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// reads are how an edge answers reads, one after the other: "p" and "s" by a Region, "P" and "S" slowly, "5" with an error, and "x" not
// at all. More of them are answered as the last one is.
type reads string

func (a *reads) Do(r *http.Request) (*http.Response, error) {
	answer := (*a)[0]
	if len(*a) > 1 {
		*a = (*a)[1:]
	}
	response := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody, Request: r}
	switch answer {
	case 'x':
		return nil, errors.New("connection reset")
	case '5':
		response.StatusCode = http.StatusServiceUnavailable
	case 'P', 'S':
		time.Sleep(steadyTime + 1)
	}
	if region := map[byte]string{'p': "us-east-1", 'P': "us-east-1", 's': "us-east-2", 'S': "us-east-2"}[answer]; region != "" {
		response.Header.Set(topology.ServedRegionHeader, region)
	}
	return response, nil
}

// A planned move is not refused for one read that shows trouble, and is for two. Whoever else looks hears of the first one.
func TestSteadyReads(t *testing.T) {
	const pri, secd = topology.Primary, topology.Secondary
	for _, tt := range []struct {
		answers reads
		mode    Mode
		by      topology.Role
		steady  bool
		fails   bool
	}{
		{"p", Switchover, pri, true, false},
		{"p", Failover, pri, true, false},
		{"s", Drill, secd, true, false},
		{"Pp", Switchover, pri, true, false},
		{"ppPp", Switchover, pri, true, false},
		{"5p", Failback, pri, true, false},
		{"sp", Switchover, pri, true, false},
		{"psp", Switchover, pri, false, false},
		{"pPpP", Switchover, pri, false, false},
		{"55p", Switchover, "", false, false},
		{"5P", Drill, pri, false, false},
		{"P", Failover, pri, false, false},
		{"5p", Failover, "", false, false},
		{"sp", Detach, pri, false, false},
		{"x", Switchover, "", false, true},
		{"px", Failover, "", false, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			answers := tt.answers
			e := &Engine{Document: document(), Settings: DefaultSettings(), Clock: SystemClock{}, Clients: Clients{HTTP: &answers}}
			by, steady, err := e.sendReads(t.Context(), hiccups(tt.mode))
			if by != tt.by || steady != tt.steady || (err != nil) != tt.fails {
				t.Errorf("%s for a %s: answered by %q, steady %t, %v", tt.answers, tt.mode, by, steady, err)
			}
		})
	}
}
