package dns

import (
	"errors"
	"fmt"
	"time"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
)

// Order is what is known of an application: the newest of each kind, or zero.
type Order struct {
	// FailedOver is the time of an end event that says failover, and for which the records are moved.
	FailedOver time.Time

	// Seen is the time of an end event that says failover, whatever became of it.
	Seen time.Time

	// Moved is the time of the end event that the records were moved for.
	Moved time.Time

	// Other is the time of an end event that says something else.
	Other time.Time

	// Returned is when somebody asked to go back.
	Returned time.Time

	// Gone is the time of an end event that says failover, of the failover that was gone back from.
	Gone time.Time
}

// Decision is what an event is good for.
type Decision string

// The decisions.
const (
	// Move points the application's records at what was recovered.
	Move Decision = "move"

	// Remember changes nothing but the order.
	Remember Decision = "remember"

	// Older is about an event that a newer one has made meaningless.
	Older Decision = "ignore: a newer event is known"

	// Unrelated is about an event that says nothing of the plan's applications or resources.
	Unrelated Decision = "ignore: not about this plan"
)

// ErrWentBack is wrapped by the error for an end event that says failover after somebody went back, while nothing is known of a
// conclusion. Most likely somebody tried again what was left of the recovery, and nothing is to be done. But if the
// conclusion's event was lost, it is a failover of its own: a person must say.
var ErrWentBack = errors.New("failback was done, and no end event since says that the recovery was concluded")

// End is the order after an end event that says phase of the application, and what to do. After an error, the order is to be kept
// as well.
func (o Order) End(phase lifecycle.Phase, at time.Time) (Order, Decision, error) {
	if phase != lifecycle.Failover {
		if !at.After(o.Other) {
			return o, Older, nil
		}
		o.Other = at
		return o, Remember, nil
	}
	if at.Equal(o.Other) {
		return o, "", fmt.Errorf("end events of %s say failover and something else, so that nobody knows which is newer", at.Format(time.RFC3339))
	}
	o.Seen = later(o.Seen, at)
	switch {
	case at.Before(o.FailedOver), at.Before(o.Other):
		return o, Older, nil
	case !at.After(o.Returned):
		o.Gone = later(o.Gone, at)
		return o, Older, nil
	case o.Gone.After(o.Other):
		return o, "", ErrWentBack
	}
	o.FailedOver = at
	return o, Move, nil
}

// Stands reports whether the application is failed over, as far as is known, to what was recovered before a time.
func (o Order) Stands(at time.Time) bool {
	return o.FailedOver.After(o.Other) && o.FailedOver.After(o.Returned) && !at.After(o.FailedOver)
}

// Return is the order after a request to go back.
func (o Order) Return(at time.Time) Order {
	o.Returned = later(o.Returned, at)
	o.Gone = later(o.Gone, o.Seen)
	return o
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
