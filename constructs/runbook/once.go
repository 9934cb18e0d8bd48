package runbook

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// instanceVariable is the environment variable with the server's id, by which a server tells itself from the one that it was
// copied from: what the disk of another one recorded does not count.
const instanceVariable = "RUNBOOK_INSTANCE_ID"

// recordFolder is where a server records which scripts have run on it.
const recordFolder = "/var/lib/warmstandby"

// once is a shell script that does nothing where it has succeeded before. A second run at the same time waits for the first: the
// kernel ends its lock with it, however it ends. One that failed, or was killed, is not recorded. The record is looked for before the
// lock too, because what the script leaves running in the background holds that on.
func once(commands []string) []string {
	sum := sha256.Sum256([]byte(strings.Join(commands, "\n")))
	record := `runbook_record="` + recordFolder + `/$` + instanceVariable + "-" + hex.EncodeToString(sum[:8]) + `"`
	const ran = `if [ -e "$runbook_record" ]; then echo "This script has run on this server before."; exit 0; fi`
	prelude := []string{
		"umask 022",
		record,
		ran,
		"mkdir -p " + recordFolder + ` && exec 9>"$runbook_record.lock" && flock 9 || exit 1`,
		ran,
		`trap 'runbook_status=$?; [ "$runbook_status" -ne 0 ] || touch "$runbook_record"; exit "$runbook_status"' EXIT`,
	}
	return append(prelude, commands...)
}
