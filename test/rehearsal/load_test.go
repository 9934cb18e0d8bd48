package rehearsal

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"runtime/pprof"
	"sync"
	"testing"

	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/client"
	"github.com/warmstandby/warmstandby/internal/rehearsal/local"
)

const (
	// clients is how many clients there are, each of which waits for an answer before it goes on. So the machine cannot be
	// asked for more than it can do, as it can with a rate.
	clients = 8

	// lives is how many to-dos each of them creates, reads, updates and deletes.
	lives = 63
)

// Under load every request is answered as specified, and what the rehearsal took for that it gives back. It runs by itself, so
// that nothing else in this process takes or gives back anything meanwhile.
func TestLoadLeavesNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	load(t, 1) // takes what a process takes once, and keeps
	goroutines, files := runtime.NumGoroutine(), openFiles(t)
	load(t, lives)
	eventually(t, func() []string {
		var more []string
		if n := runtime.NumGoroutine(); n > goroutines {
			var stacks bytes.Buffer
			_ = pprof.Lookup("goroutine").WriteTo(&stacks, 1)
			more = append(more, fmt.Sprintf("%d goroutines instead of %d:\n%s", n, goroutines, &stacks))
		}
		if n := openFiles(t); n > files {
			more = append(more, fmt.Sprintf("%d open files instead of %d", n, files))
		}
		return more
	})
}

// load brings the application up, lets all clients work on lives to-dos through the edge, and takes it down.
func load(t *testing.T, lives int) {
	t.Helper()
	o := rehearsal.Options{Assembly: assembly, Database: rehearsal.Embedded, Listen: "127.0.0.1:0"}
	system, err := local.Start(t.Context(), o, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := system.Close(); err != nil {
			t.Error(err)
		}
	}()
	e := system.Endpoints()
	createTable(t, e)
	c := client.New(e, application.Regions(), clients)
	defer c.Close()
	var granted struct {
		Token string `json:"access_token"`
	}
	answer := c.Token(t.Context(), application.Primary, e.Clients[application.Primary], "")
	if err := json.Unmarshal(answer.Body, &granted); err != nil {
		t.Fatalf("%v: %v", answer, err)
	}
	var working sync.WaitGroup
	for range clients {
		working.Go(func() {
			for range lives {
				if err := live(t.Context(), c, e.Edge+"/v1", granted.Token); err != nil {
					t.Error(err)
				}
			}
		})
	}
	working.Wait()
	if p := system.Problems(); p.Any() {
		t.Errorf("got %+v", p)
	}
}

// live creates a to-do at a URL, reads it, updates it and deletes it.
func live(ctx context.Context, c *client.Client, url, token string) error {
	item := client.Item{Task: "Sample Task", Status: "wip"}
	do := func(method, query, body string, status int) ([]byte, error) {
		answer := c.Do(ctx, client.Request{Method: method, URL: url + query, Token: token, Body: body})
		if answer.Status != status || answer.Region() != application.Primary {
			return nil, fmt.Errorf("%s %s: %v", method, body, answer)
		}
		return answer.Body, nil
	}
	body, err := do(http.MethodPost, "", item.Creation(), http.StatusCreated)
	if err != nil {
		return err
	}
	if item, err = client.ReadItem(body); err != nil {
		return err
	}
	body, err = do(http.MethodGet, fmt.Sprintf("?id=%d", item.ID), "", http.StatusOK)
	if err != nil {
		return err
	}
	if read, err := client.ReadItem(body); err != nil || read != item {
		return fmt.Errorf("to-do %v is read as %s: %v", item, body, err)
	}
	item.Status = "done"
	if _, err := do(http.MethodPost, "", item.String(), http.StatusOK); err != nil {
		return err
	}
	_, err = do(http.MethodDelete, "", item.Reference(), http.StatusOK)
	return err
}

// openFiles is how many files, sockets and pipes this process has open.
func openFiles(t *testing.T) int {
	t.Helper()
	files, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}
