// Command warmstandby is the operator's command.
//
//	warmstandby rehearse        runs the synthesized application on this machine, both Regions, and tries it
//	warmstandby arpio replay    puts recorded events of Arpio's on the bus of a rehearsal, and says what came of them
//
// Its exit codes are 0 if everything answered as specified, 1 if something did not, and 2 if an argument is wrong or it could
// not start.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/warmstandby/warmstandby/internal/rehearsal/local"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop) // so that a second signal ends what does not stop by itself
	// A reader of the output that goes away must not end the process on the spot, with everything that it has started.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	os.Exit(run(ctx, os.Args[1:], local.Start, os.Stdout, os.Stderr))
}
