package runtimeapi_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal/runtimeapi"
)

// host is somebody whom functions can meet: they stay until it lets them go.
type host struct {
	net.Listener

	guests []net.Conn
}

func newHost(t *testing.T) *host {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return &host{Listener: l}
}

// await returns when n more have come.
func (h *host) await(t *testing.T, n int) {
	t.Helper()
	for range n {
		conn, err := h.Accept()
		if err != nil {
			t.Fatal(err)
		}
		h.guests = append(h.guests, conn)
	}
}

func (h *host) letGo() {
	for _, conn := range h.guests {
		conn.Close()
	}
	h.guests = nil
}

func TestInvokeConcurrently(t *testing.T) {
	const limit = 3
	f, _ := newFunction(t, func(o *runtimeapi.Options) { o.Concurrency = limit })
	meeting := newHost(t)
	var running sync.WaitGroup
	round := func(cold bool) {
		for range limit {
			running.Go(func() {
				result, err := f.Invoke(t.Context(), fmt.Appendf(nil, `{"do":"meet","text":%q}`, meeting.Addr()))
				if err != nil || result.FunctionError != "" || result.ColdStart != cold {
					t.Errorf("%v, %s, cold start %t, want %t", err, result.Payload, result.ColdStart, cold)
				}
			})
		}
		meeting.await(t, limit) // all of them are in the middle of an invocation
		if _, err := f.Invoke(t.Context(), []byte(`{}`)); !errors.Is(err, runtimeapi.ErrThrottled) {
			t.Errorf("one more: %v, want %v", err, runtimeapi.ErrThrottled)
		}
		meeting.letGo()
		running.Wait()
	}
	round(true)
	round(false)
}

func TestInvokeGoesOnWithoutItsCaller(t *testing.T) {
	f, _ := newFunction(t, func(o *runtimeapi.Options) { o.Concurrency = 1 })
	meeting := newHost(t)
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		_, err := f.Invoke(ctx, fmt.Appendf(nil, `{"do":"meet","text":%q}`, meeting.Addr()))
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want %v", err, context.Canceled)
		}
	})
	meeting.await(t, 1)
	cancel()
	running.Wait()
	if _, err := f.Invoke(t.Context(), []byte(`{}`)); !errors.Is(err, runtimeapi.ErrThrottled) {
		t.Errorf("the instance was given up: %v", err)
	}
	meeting.letGo()
	for {
		result, err := f.Invoke(t.Context(), []byte(`{"do":"echo"}`))
		if errors.Is(err, runtimeapi.ErrThrottled) {
			runtime.Gosched()
			continue
		}
		if err != nil || decode(t, result).Count != 2 {
			t.Errorf("%v, %s, want the second invocation of the same instance", err, result.Payload)
		}
		break
	}
	if _, err := f.Invoke(ctx, []byte(`{}`)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want %v", err, context.Canceled)
	}
}

func TestClose(t *testing.T) {
	f, _ := newFunction(t, nil)
	meeting := newHost(t)
	var running sync.WaitGroup
	for range 2 {
		running.Go(func() {
			result, err := f.Invoke(t.Context(), fmt.Appendf(nil, `{"do":"meet","text":%q}`, meeting.Addr()))
			if !errors.Is(err, runtimeapi.ErrClosed) {
				t.Errorf("%s, %v, want %v", result.Payload, err, runtimeapi.ErrClosed)
			}
		})
	}
	meeting.await(t, 2)
	running.Go(f.Close)
	f.Close()
	for _, guest := range meeting.guests {
		if _, err := guest.Read(make([]byte, 1)); err == nil {
			t.Error("a process is still there")
		}
	}
	running.Wait()
	if _, err := f.Invoke(t.Context(), nil); !errors.Is(err, runtimeapi.ErrClosed) {
		t.Errorf("invoke: %v, want %v", err, runtimeapi.ErrClosed)
	}
}

// TestCloseWhileStarting closes functions at whatever point of their first invocation they have got to.
func TestCloseWhileStarting(t *testing.T) {
	for range 20 {
		f, _ := newFunction(t, nil)
		var running sync.WaitGroup
		running.Go(func() {
			result, err := f.Invoke(t.Context(), []byte(`{"do":"echo"}`))
			if err != nil && !errors.Is(err, runtimeapi.ErrClosed) || result.FunctionError != "" {
				t.Errorf("%s, %v", result.Payload, err)
			}
		})
		running.Go(f.Close)
		running.Wait()
	}
}

// TestNoLeaks invokes functions in every way that ends, and counts what is left of them in this process.
func TestNoLeaks(t *testing.T) {
	goroutines, files := runtime.NumGoroutine(), openFiles(t)
	for range 3 {
		f, _ := newFunction(t, func(o *runtimeapi.Options) { o.Timeout = 2 * time.Second })
		var running sync.WaitGroup
		for i := range 5 {
			running.Go(func() {
				for range 200 {
					if _, err := f.Invoke(t.Context(), []byte(`{"do":"echo"}`)); err != nil {
						t.Error(err)
					}
				}
				last := []string{"echo", "error", "panic", "exit", "kill"}[i]
				if _, err := f.Invoke(t.Context(), fmt.Appendf(nil, `{"do":%q}`, last)); err != nil {
					t.Error(err)
				}
			})
		}
		running.Wait()
		f.Close()
	}
	// A goroutine that has said that it is done may still have to return.
	for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > goroutines && time.Now().Before(deadline); {
		runtime.Gosched()
	}
	if got := runtime.NumGoroutine(); got > goroutines {
		stacks := make([]byte, 1<<20)
		t.Errorf("%d goroutines, want %d:\n%s", got, goroutines, stacks[:runtime.Stack(stacks, true)])
	}
	if got := openFiles(t); got > files {
		t.Errorf("%d open files, want %d", got, files)
	}
}

// openFiles counts this process's open files, where the system says.
func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Log(err)
	}
	return len(entries)
}
