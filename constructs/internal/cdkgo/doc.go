// Package cdkgo holds the few helpers that make jsii's pointers readable in this module's constructs.
package cdkgo
