package lifecycle_test

import (
	"fmt"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
)

// Instances that were recovered in a failover, and the field that a runbook needs of their events.
func ExamplePattern_JSON() {
	pattern := lifecycle.Pattern{
		Types:         []lifecycle.EventType{lifecycle.ResourceUpsert},
		ResourceTypes: []string{"AWS::EC2::Instance"},
		RestorePhases: []lifecycle.Phase{lifecycle.Failover},
	}
	text, err := pattern.JSON()

	fmt.Println(text, err)
	fmt.Println(pattern.CheckPaths(lifecycle.PathRecoveryResourceID))
	// Output:
	// {"detail":{"arpio-schema-version":["0"],"resource-type":["AWS::EC2::Instance"],"restore-phase":["failover"]},"detail-type":["ArpioResourceUpsert"],"source":["io.arpio"]} <nil>
	// <nil>
}

// An event is decoded and asked whether it is about a real failover.
func ExampleDecode() {
	event, err := lifecycle.Decode([]byte(`{
		"account": "654321654321", "detail-type": "ArpioRecoveryEnd", "id": "7cecb50d", "region": "us-east-2",
		"resources": [], "source": "io.arpio", "time": "2026-06-14T01:02:03Z", "version": "0",
		"detail": {
			"application-restore-phase": {"hSN9jWjSCtEY7UdRJRslwo": "failover"}, "arpio-schema-version": "0",
			"event-id": "e", "primary-region": "us-east-1", "recovery-account": "654321654321", "recovery-region": "us-east-2"
		}
	}`))

	fmt.Println(event.Detail.ApplicationRestorePhase["hSN9jWjSCtEY7UdRJRslwo"] == lifecycle.Failover, err)
	// Output: true <nil>
}
