package local

import (
	"encoding/json"
	"regexp"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
	"github.com/warmstandby/warmstandby/internal/awssim"
)

// recoveryTag is the tag of the servers that the recovery stack's runbooks may act on. Its value is the application's name.
const recoveryTag = "Recovery"

// instanceID is what the id of an instance looks like.
var instanceID = regexp.MustCompile(`^i-[0-9a-f]{8,17}$`)

// deliver has an event delivered, after what it announces has been made true. Arpio is not here to recover servers: one that an
// event says is done is there from then on, as if Arpio had started it, and one that an event says is deleted is gone.
func (s *system) deliver(next func(string, awssim.Event)) func(string, awssim.Event) {
	return func(region string, e awssim.Event) {
		if e.Source == lifecycle.Source {
			s.cloud.Do(func(state *awssim.State) { s.recover(state.Region(region), e) })
		}
		next(region, e)
	}
}

// recover starts or terminates the server that an event is about, if it is about one.
func (s *system) recover(r *awssim.Region, e awssim.Event) {
	var detail struct {
		ID    string          `json:"recovery-resource-id"`
		Name  string          `json:"recovery-resource-name"`
		State lifecycle.State `json:"recovery-resource-state"`
		Types []string        `json:"resource-type"`
		Phase lifecycle.Phase `json:"restore-phase"`
	}
	if json.Unmarshal(e.Detail, &detail) != nil || !instanceID.MatchString(detail.ID) {
		return
	}
	_, known := r.Instance(detail.ID)
	switch lifecycle.EventType(e.DetailType) {
	case lifecycle.ResourceUpsert:
		server := len(detail.Types) > 0 && detail.Types[0] == "AWS::EC2::Instance" && detail.State == lifecycle.Done
		if server && !known && detail.Phase != lifecycle.Standby {
			r.Launch(detail.ID, []awssim.Tag{{Key: "Name", Value: detail.Name}, {Key: recoveryTag, Value: s.application.Name}})
		}
	case lifecycle.ResourceDelete:
		if known {
			r.TerminateInstance(detail.ID)
		}
	}
}
