// Package simulation runs the failover engine against a simulated AWS.
package simulation
