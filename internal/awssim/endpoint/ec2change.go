package endpoint

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

type stateChange struct {
	InstanceID    string        `json:"InstanceId" xml:"instanceId"`
	CurrentState  instanceState `xml:"currentState"`
	PreviousState instanceState `xml:"previousState"`
}

// stateChanges is the answer to a change of states.
type stateChanges []stateChange

func (s stateChanges) members() []member { return []member{items("instancesSet", s)} }

// MarshalJSON writes the list under the name that SDKs have for it, which follows from the state that instances go to.
func (s stateChanges) MarshalJSON() ([]byte, error) {
	name := map[string]string{"pending": "StartingInstances", "running": "StartingInstances", "stopping": "StoppingInstances", "stopped": "StoppingInstances"}
	list := "TerminatingInstances"
	if len(s) > 0 {
		list = cmp.Or(name[s[0].CurrentState.Name], list)
	}
	return json.Marshal(map[string][]stateChange{list: s})
}

// instanceChange takes an instance from one state to another; see [awssim.Region.StartInstance].
type instanceChange func(r *awssim.Region, id string) (before, after string, ok bool)

func changeInstances(change instanceChange) func(context.Context, *Call) (any, error) {
	return func(_ context.Context, c *Call) (any, error) {
		in, err := c.instanceInput()
		if err != nil {
			return nil, err
		}
		if len(in.InstanceIds) == 0 {
			return nil, failure(http.StatusBadRequest, "MissingParameter", "The request must contain the parameter InstanceId")
		}
		if _, err := (instanceInput{InstanceIds: in.InstanceIds}).found(c); err != nil {
			return nil, err
		}
		var changes stateChanges
		c.do(func(_ *awssim.State, r *awssim.Region) {
			for _, id := range in.InstanceIds {
				before, after, ok := change(r, id)
				if !ok {
					err = failure(http.StatusBadRequest, "IncorrectInstanceState",
						"The instance '%s' is not in a state from which it can be changed: it is %s.", id, before)
					return
				}
				changes = append(changes, stateChange{id, instanceStateOf(after), instanceStateOf(before)})
			}
		})
		return changes, err
	}
}
