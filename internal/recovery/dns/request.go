package dns

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/warmstandby/warmstandby/constructs/recoverydns/dnsplan"
)

// parseRequest reads a request. It is one if it has an action, which no event has.
func parseRequest(payload []byte) (r dnsplan.Request, ok bool, err error) {
	var members map[string]json.RawMessage
	if json.Unmarshal(payload, &members) != nil {
		return r, false, nil
	}
	if _, ok := members["action"]; !ok {
		return r, false, nil
	}
	if _, both := members["detail-type"]; both {
		return r, true, errors.New("a payload must be an event or a request, and has both action and detail-type")
	}
	if json.Unmarshal(members["action"], &r.Action) != nil || r.Action != dnsplan.ActionFailback {
		return r, true, fmt.Errorf("action must be %q, got %s", dnsplan.ActionFailback, clip(string(members["action"])))
	}
	if json.Unmarshal(members["application"], &r.Application) != nil || r.Application == "" {
		return r, true, fmt.Errorf("application must be Arpio's id of an application, got %s", clip(string(members["application"])))
	}
	return r, true, nil
}
