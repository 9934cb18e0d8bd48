package api_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warmstandby/warmstandby/internal/todo"
	"github.com/warmstandby/warmstandby/internal/todo/api"
)

// health is the Health function over a prober.
func health(p prober) *api.Function {
	return api.New("us-east-1", &api.Health{Region: "us-east-1", Database: p}, discard())
}

func TestHealth(t *testing.T) {
	for _, role := range []todo.Role{todo.Writer, todo.Reader} {
		f := health(func(context.Context) (todo.Role, error) { return role, nil })
		want := `{"region":"us-east-1","status":"ok","database":{"role":"` + string(role) + `"}}`
		for _, payload := range []string{"", "null", "{}", `[1]`, `{"id":1}`, "\xff", proxyEvent("GET", "x", nil)} {
			if r := invoke(t, f, payload); r.StatusCode != 200 || r.Body != want {
				t.Errorf("%q: got %d %s, want %s", payload, r.StatusCode, r.Body, want)
			}
		}
	}
}

// TestHealthAnswersWithinASecond uses a prober that hangs and does not heed its context.
func TestHealthAnswersWithinASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		f := health(func(context.Context) (todo.Role, error) {
			<-release
			return todo.Writer, nil
		})
		start := time.Now()
		r := invoke(t, f, "{}")
		if took := time.Since(start); took >= time.Second || r.StatusCode != 503 {
			t.Errorf("got %d after %s, want 503 within a second", r.StatusCode, took)
		}
		close(release)
	})
}
