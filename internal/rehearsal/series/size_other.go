//go:build !unix

package series

import "os"

// terminalSize is unknown.
func terminalSize(*os.File) (columns, rows int) { return 0, 0 }
