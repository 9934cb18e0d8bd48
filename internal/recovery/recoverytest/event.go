package recoverytest

import (
	"encoding/json"
	"maps"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
)

// event is an event of now with what all events carry.
func (h *history) event(t lifecycle.EventType) lifecycle.Event {
	return lifecycle.Event{
		Account: Account, Type: t, ID: h.id(), Region: "us-east-2", Resources: []string{}, Source: lifecycle.Source, Version: "0",
		Time: time.Unix(h.now, 0).UTC(),
		Detail: lifecycle.Detail{
			ArpioSchemaVersion: lifecycle.SchemaVersion, EventID: PrimaryAccount + "/us-east-1/" + Account + "/us-east-2",
			PrimaryRegion: "us-east-1", RecoveryAccount: Account, RecoveryRegion: "us-east-2",
		},
	}
}

// id is an event's id, which looks like a UUID.
func (h *history) id() string {
	const digits = "0123456789abcdef"
	id := []byte("00000000-0000-4000-8000-000000000000")
	for i, c := range id {
		if c == '0' {
			id[i] = digits[h.random.IntN(len(digits))]
		}
	}
	return string(id)
}

// upsert is an upsert event of a resource, whose names somebody has chosen.
func (h *history) upsert(arn, id string, state lifecycle.State, phase lifecycle.Phase) lifecycle.Event {
	e := h.event(lifecycle.ResourceUpsert)
	e.Resources = []string{arn}
	d := &e.Detail
	d.PrimaryAccount, d.PrimaryResourceARN, d.PrimaryResourceID, d.PrimaryResourceName = PrimaryAccount, arn, h.hostile(), h.hostile()
	d.RecoveryResourceARN, d.RecoveryResourceID, d.RecoveryResourceName = "arn:aws:apigateway:us-east-2::/restapis/"+id, id, h.hostile()
	d.RecoveryResourceState, d.RestorePhase, d.ResourceType = state, phase, []string{"AWS::ApiGateway::RestApi"}
	return e
}

// add adds an event to the history, with fields that nobody knows yet, and sometimes of a great size.
func (h *history) add(e lifecycle.Event, phase lifecycle.Phase) {
	data, err := json.Marshal(e)
	if err != nil {
		panic(err) // its parts are all of types that can be marshalled
	}
	data = withFields(data, h.unknownFields())
	h.steps = append(h.steps, Step{Now: e.Time, Event: data, Type: e.Type, Phase: phase, State: e.Detail.RecoveryResourceState, At: e.Time})
}

// largeSize is about how many bytes a large event has: nearly as many as a bus takes, which is 1 MiB.
const largeSize = 1_030_000

// unknownFields are members of detail that this version does not have.
func (h *history) unknownFields() map[string]any {
	unknown := map[string]any{}
	if h.chance(30) {
		unknown["recovery-plan"] = map[string]any{"name": h.hostile(), "steps": []any{1, nil, h.hostile()}}
		unknown["Restore-Phase"] = string(lifecycle.Failover) // in another case
		unknown[h.hostile()+"-x"] = h.hostile()
	}
	if h.random.IntN(2000) == 0 {
		unknown["notes"] = strings.Repeat("A", largeSize)
	}
	return unknown
}

// withFields is an event with more members in its detail.
func withFields(event []byte, members map[string]any) []byte {
	if len(members) == 0 {
		return event
	}
	var top map[string]any
	if err := json.Unmarshal(event, &top); err != nil {
		panic(err) // it was marshalled a moment ago
	}
	maps.Copy(top["detail"].(map[string]any), members)
	data, err := json.Marshal(top)
	if err != nil {
		panic(err)
	}
	return data
}
