// Package failover moves an application from one Region to the other.
package failover
