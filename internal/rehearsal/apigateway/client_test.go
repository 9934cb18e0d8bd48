package apigateway

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// TestAPIStopsWithItsClient cancels a request while the function runs.
func TestAPIStopsWithItsClient(t *testing.T) {
	b := newBench(t, todo(t))
	ctx, cancel := context.WithCancel(t.Context())
	b.invoke = func(ctx context.Context, _ string, _ []byte) ([]byte, error) {
		cancel()
		<-ctx.Done()
		return nil, ctx.Err()
	}
	w := httptest.NewRecorder()
	func() {
		defer func() {
			if r := recover(); r != http.ErrAbortHandler {
				t.Errorf("panicked with %v", r)
			}
		}()
		b.ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "/prod/v1/health", nil))
	}()
	if w.Body.Len() > 0 || len(w.Header()) > 0 {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
	if !strings.Contains(b.log.String(), `"status":"-"`) {
		t.Errorf("logged %s", &b.log)
	}
}

func TestAPIServesManyAtOnce(t *testing.T) {
	definitions, err := FromTemplate("123456789012", "us-east-1", todo(t))
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	api, err := New(definitions[0], Options{Invoke: answering(hello, nil), Verify: verify, AccessLog: &log, Random: zeros{}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(api)
	defer server.Close()
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 25 {
				get(t, server.URL+"/prod/v1/health")
				get(t, server.URL+"/prod/v1/nothing")
			}
		})
	}
	group.Wait()
	if lines := strings.Count(log.String(), "\n"); lines != 400 {
		t.Errorf("logged %d lines", lines)
	}
}

func get(t *testing.T, url string) {
	response, err := http.Get(url)
	if err != nil {
		t.Error(err)
		return
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Error(err)
	}
}
