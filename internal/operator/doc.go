// Package operator is what the operator's command does, all but its flags: it finds an application by the topology parameter of one
// Region, shows how it is, moves it with the engine of package failover, and keeps a record of every run.
//
//	app, err := operator.Connect(ctx, operator.Access{Application: "ToDoMgmt", Region: "us-east-2"})
//	o := &operator.Operator{Application: app, …}
//	exit := o.Move(ctx, order)
//
// Everything that it needs is in the Region that is asked, and in the key-value store, whose endpoint belongs to no Region; a planned
// move and a rebuild need the other Region, too.
//
// # Runs
//
// A run has a name, which owns the lease. A run that was interrupted is gone on with by asking again: under a name of its own, which
// waits until the lease of the one before has ended, or under the same name ([Order.Run]), at once. The engine remembers nothing, so
// both go on from what they find. Its journal is a file in a directory of the operator's, and is copied to the report bucket of the
// Region that was activated as soon as the run has ended; a bucket that cannot be reached stops nothing.
package operator
