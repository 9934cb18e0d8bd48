//go:build unix

package series

import (
	"os"

	"golang.org/x/sys/unix"
)

// terminalSize is how many columns and rows a terminal has; 0 if it does not say.
func terminalSize(file *os.File) (columns, rows int) {
	size, err := unix.IoctlGetWinsize(int(file.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return 0, 0
	}
	return int(size.Col), int(size.Row)
}
