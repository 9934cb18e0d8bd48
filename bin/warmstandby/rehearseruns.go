package main

import (
	"context"
	"fmt"
)

// rehearseAll does one run after the other, until ctx ends or one cannot be started.
func (s *session) rehearseAll(ctx context.Context) (code int, err error) {
	for i, run := range s.runs {
		if i > 0 && ctx.Err() != nil {
			break
		}
		s.scenario, s.seed, s.Seed = run.scenario, run.seed, run.seed
		if len(s.runs) > 1 {
			s.progress.show(fmt.Sprintf("%d of %d: %s, seed %d", i+1, len(s.runs), run.scenario, run.seed))
		}
		ended, failure := s.once(ctx)
		code, err = max(code, ended), failure
		if err != nil {
			break
		}
	}
	return code, err
}
