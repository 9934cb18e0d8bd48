package traffic

import (
	"fmt"
	"math/rand/v2"
	"net/http"

	"github.com/warmstandby/warmstandby/internal/rehearsal/client"
)

// kind is what an operation does.
type kind int

const (
	reading kind = iota
	creating
	updating
	deleting
	checkingHealth
)

// mix is how often each kind is drawn, of 100. There is more created than deleted, so that there is something to read.
var mix = []struct {
	kind   kind
	weight int
}{{reading, 60}, {creating, 15}, {updating, 10}, {deleting, 10}, {checkingHealth, 5}}

// routes are the routes by kind.
var routes = map[kind]string{
	reading:        "GET /v1",
	creating:       "POST /v1",
	updating:       "POST /v1",
	deleting:       "DELETE /v1",
	checkingHealth: "GET /v1/health",
}

// statuses of some of the many that to-dos can have.
var statuses = []string{"open", "wip", "blocked", "done"}

// operation is one request, and what its answer must be.
type operation struct {
	kind kind
	pick uint64      // which item
	text string      // the task, if one is written
	item client.Item // as it is to be afterwards
}

// draw draws the next operation.
func draw(random *rand.Rand) operation {
	o := operation{pick: random.Uint64()}
	n := random.IntN(100)
	for _, m := range mix {
		if o.kind = m.kind; n < m.weight {
			break
		}
		n -= m.weight
	}
	o.text = fmt.Sprintf("Task %08x", random.Uint32())
	o.item.Status = statuses[random.IntN(len(statuses))]
	return o
}

// choose takes the item that is worked on. Where there is none, one is created instead.
func (o *operation) choose(s *items) {
	if o.kind == checkingHealth {
		return
	}
	if o.kind != creating {
		item, ok := s.take(o.pick)
		if ok && o.kind != updating {
			o.item = item
			return
		}
		if ok {
			o.item.ID = item.ID
		} else {
			o.kind = creating
		}
	}
	o.item.Task = o.text
}

// request is what is sent.
func (o *operation) request(base, token string) client.Request {
	switch o.kind {
	case reading:
		return client.Request{Method: http.MethodGet, URL: fmt.Sprintf("%s/v1?id=%d", base, o.item.ID), Token: token}
	case creating:
		return client.Request{Method: http.MethodPost, URL: base + "/v1", Token: token, Body: o.item.Creation()}
	case updating:
		return client.Request{Method: http.MethodPost, URL: base + "/v1", Token: token, Body: o.item.String()}
	case deleting:
		return client.Request{Method: http.MethodDelete, URL: base + "/v1", Token: token, Body: o.item.Reference()}
	default:
		return client.Request{Method: http.MethodGet, URL: base + "/v1/health"}
	}
}

// check says what kind of error the answer is, or nothing if it is right. The item's ID becomes known here.
func (o *operation) check(a client.Answer, region string) string {
	want := http.StatusOK
	if o.kind == creating {
		want = http.StatusCreated
	}
	switch {
	case a.Err != nil:
		return client.ErrorKind(a.Err)
	case a.Status != want:
		return fmt.Sprintf("status %d", a.Status)
	case a.Region() != region:
		return "not served by " + region
	case !o.matches(a.Body):
		return "wrong content"
	}
	return ""
}

// matches tells whether the body is what was written.
func (o *operation) matches(body []byte) bool {
	if o.kind == checkingHealth {
		return true // what the body says is for the scenario to check
	}
	got, err := client.ReadItem(body)
	if err != nil {
		return false
	}
	if o.kind == creating {
		o.item.ID = got.ID
	}
	if o.kind == deleting {
		return got == client.Item{ID: o.item.ID}
	}
	return got == o.item && got.ID > 0
}

// settle gives the item back, unless it is gone or its content has become uncertain.
func (o *operation) settle(s *items, a client.Answer, wrong string) {
	switch {
	case o.kind == checkingHealth, o.kind == deleting, o.item.ID == 0:
	case wrong == "", o.kind == reading && a.Status != http.StatusOK:
		s.put(o.item)
	}
}
