// Command check says what is in a cloud assembly, and what is wrong with it.
//
// It prints each stack with its Region, resources, template size and assets, and the findings of the validation that ran
// during synthesis and of this module's own rules. It exits with 0 if there is no finding, with 1 if there are some, and
// with 2 if it cannot read the assembly or does not understand its arguments.
package main

import (
	"os"

	"github.com/warmstandby/warmstandby/internal/rules"
)

func main() {
	os.Exit(run(os.Args[1:], rules.AppAcknowledgements(), os.Stdout, os.Stderr))
}
