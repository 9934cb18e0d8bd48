//go:build !linux

package sandbox

import (
	"context"
	"fmt"
	"runtime"
)

// confine refuses: only Linux has namespaces.
func confine(context.Context, layout, []string) (Result, error) {
	return Result{}, fmt.Errorf("%w: it takes Linux, got %s", ErrRefused, runtime.GOOS)
}
