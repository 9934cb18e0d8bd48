// Command warmstandby is the operator's command.
//
//	warmstandby status      shows roles, lag, edge, fence, lease and health of both Regions
//	warmstandby assess      says whether the application could be moved, and what speaks against it
//	warmstandby switchover  makes the Region active, without losing data
//	warmstandby failover    makes the Region active although the other one is gone
//	warmstandby detach      makes the Region active when a managed failover is impossible
//	warmstandby failback    goes home; after a detach, it rebuilds the global database first
//	warmstandby drill       switches over, stays, and switches back
//	warmstandby report      shows the report of a run
//	warmstandby rehearse    runs the synthesized application on this machine, both Regions, and plays disasters on it
//	warmstandby arpio       puts recorded events of Arpio's on the bus of a rehearsal, and says what came of them
//
// Each says with --help what its flags and exit codes are.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/rehearsal/local"
	"github.com/warmstandby/warmstandby/internal/rehearsal/scenario"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop) // so that a second signal ends what does not stop by itself
	// A reader of the output that goes away must not end the process on the spot, with everything that it has started.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	os.Exit(run(ctx, os.Args[1:], host{local.Start, scenario.Play, failover.SystemClock{}, os.Stdin, os.Stdout, os.Stderr}))
}
