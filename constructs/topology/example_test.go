package topology_test

import (
	"fmt"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// A configuration is read once. Whatever is wrong with it is reported together.
func ExampleRead() {
	context := map[string]any{"applicationName": "Shop", "primaryRegion": "eu-west-1", "secondaryRegion": "eu-central-1"}
	config, err := topology.Read(
		func(key string) any { return context[key] },
		func(variable string) string { return "" },
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(config.InfraStack(topology.Secondary), "in", config.Region(topology.Secondary))
	fmt.Println(config.GlobalClusterIdentifier())
	// Output:
	// Shop-infra-secd in eu-central-1
	// shop-infra-pri-global-db-cluster
}
