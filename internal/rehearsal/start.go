package rehearsal

import (
	"context"
	"errors"
)

// Start brings the synthesized application up. It is a [Starter].
func Start(context.Context, Options, func(string)) (System, error) {
	return nil, errors.New("this build has no system to start")
}
