package series

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
	"github.com/warmstandby/warmstandby/internal/rehearsal/scenario"
)

var wanted = scenario.Move{
	Mode: failover.Failover, Region: "us-east-2",
	AWS: endpoints.AWS{Endpoint: "http://127.0.0.1:1", AccessKeyID: "AKIAOPERATOR", SecretAccessKey: "secret"},
}

func TestByHand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var moved atomic.Bool
		m := wanted
		m.Moved = moved.Load
		time.AfterFunc(time.Hour, func() { moved.Store(true) })
		began, told := time.Now(), ""
		if got, err := ByHand(t.Context(), m, func(s string) { told = s }); !got || err != nil {
			t.Errorf("got %t, %v", got, err)
		}
		if waited := time.Since(began); waited < time.Hour || waited > time.Hour+time.Second {
			t.Errorf("waited %s", waited)
		}
		if !strings.Contains(told, "to us-east-2 now (failover)") {
			t.Errorf("told %q", told)
		}
	})
}

func TestByHandIsInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		m := wanted
		m.Moved = func() bool { return false }
		if got, err := ByHand(ctx, m, func(string) {}); got || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %t, %v", got, err)
		}
	})
}

func TestByCommand(t *testing.T) {
	t.Setenv("AWS_PROFILE", "production")
	t.Setenv("AWS_SESSION_TOKEN", "of another account")
	tests := []struct {
		command string
		want    bool
		failure string
		told    []string
	}{
		{"true", true, "", nil},
		{"echo one; printf 'two\\r\\nthree' >&2", true, "", []string{"one", "two", "three"}},
		{
			`echo "$AWS_ENDPOINT_URL $AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY $AWS_REGION $AWS_DEFAULT_REGION"`, true, "",
			[]string{"http://127.0.0.1:1 AKIAOPERATOR secret us-east-2 us-east-2"},
		},
		{`echo "<$AWS_PROFILE$AWS_SESSION_TOKEN>"`, true, "", []string{"<>"}},
		{"exit 4", false, "", []string{"exit 4: exit status 4"}},
		{"no-such-command-here 2>/dev/null", false, "run no-such-command-here", nil},
		{"kill -9 $$", false, "signal: killed", nil},
		{"head -c 10000 /dev/zero | tr '\\0' x", true, "", []string{strings.Repeat("x", 4096), strings.Repeat("x", 4096), strings.Repeat("x", 1808)}},
	}
	for _, test := range tests {
		var told []string
		got, err := ByCommand(test.command)(t.Context(), wanted, func(s string) { told = append(told, s) })
		if got != test.want || (err == nil) != (test.failure == "") || (err != nil && !strings.Contains(err.Error(), test.failure)) {
			t.Errorf("%s: got %t, %v", test.command, got, err)
		}
		if !slices.Equal(told, test.told) {
			t.Errorf("%s told %q", test.command, told)
		}
	}
}

func TestByCommandIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := ByCommand("echo started; sleep 60")(ctx, wanted, func(string) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
