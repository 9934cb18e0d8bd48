package dnsplan

import "encoding/json"

// ActionFailback is the action of a request to point an application's records home again.
const ActionFailback = "failback"

// Request is what somebody invokes the function with who is not EventBridge.
type Request struct {
	// Action is [ActionFailback].
	Action string `json:"action"`

	// Application is Arpio's id of the application.
	Application string `json:"application"`
}

// Failback is the JSON of a request to point an application's records home again.
func Failback(application string) string {
	data, _ := json.Marshal(Request{ActionFailback, application}) // strings only: it cannot fail
	return string(data)
}
