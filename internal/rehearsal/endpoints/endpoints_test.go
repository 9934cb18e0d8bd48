package endpoints_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
)

var application = endpoints.Application{Name: "ToDoMgmt", Primary: "us-east-1", Secondary: "us-east-2"}

// complete is what a rehearsal of application offers.
const complete = `{
  "edge": "http://127.0.0.1:1",
  "api": {
    "us-east-1": "http://127.0.0.1:2/prod",
    "us-east-2": "http://127.0.0.1:3/prod"
  },
  "token": {
    "us-east-1": "http://127.0.0.1:4/oauth2/token",
    "us-east-2": "http://127.0.0.1:5/oauth2/token"
  },
  "clients": {
    "us-east-1": {
      "id": "a",
      "secret": "b"
    },
    "us-east-2": {
      "id": "c",
      "secret": "d"
    }
  },
  "aws": {
    "endpoint": "http://127.0.0.1:6",
    "accessKeyId": "AKIA",
    "secretAccessKey": "e"
  },
  "database": {
    "us-east-1": {
      "writer": "127.0.0.1:7",
      "reader": "127.0.0.1:8",
      "proxy": "127.0.0.1:9"
    },
    "us-east-2": {
      "writer": "127.0.0.1:10",
      "reader": "127.0.0.1:11",
      "proxy": "127.0.0.1:12"
    }
  }
}
`

func read(t *testing.T, text string) endpoints.Endpoints {
	t.Helper()
	var e endpoints.Endpoints
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "e.json")
	for range 2 { // the second time over the first
		if err := read(t, complete).WriteFile(path); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(complete, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v: others can read the secrets", info.Mode())
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestWriteFileFails(t *testing.T) {
	t.Run("without a directory", func(t *testing.T) {
		if err := (endpoints.Endpoints{}).WriteFile(filepath.Join(t.TempDir(), "none", "e.json")); err == nil {
			t.Error("no error")
		}
	})
	t.Run("where a directory is in the way, and leaves nothing behind", func(t *testing.T) {
		dir := t.TempDir()
		path := filepath.Join(dir, "e.json")
		if err := os.MkdirAll(filepath.Join(path, "in the way"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := (endpoints.Endpoints{}).WriteFile(path); err == nil {
			t.Error("no error")
		}
		if entries, _ := os.ReadDir(dir); len(entries) != 1 {
			t.Errorf("left behind: %v", entries)
		}
	})
}

func TestMissing(t *testing.T) {
	if got := read(t, complete).Missing(application); got != nil {
		t.Errorf("complete, but misses %v", got)
	}
	e := read(t, complete)
	delete(e.API, "us-east-2")
	e.Clients["us-east-1"] = endpoints.Client{ID: "a"}
	want := []string{"clients.us-east-1.secret", "api.us-east-2"}
	if diff := cmp.Diff(want, e.Missing(application)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := (endpoints.Endpoints{}).Missing(application); len(got) != 18 {
		t.Errorf("nothing is there, but only these are missed: %v", got)
	}
}

func TestFunction(t *testing.T) {
	for region, want := range map[string]string{
		"us-east-1": "ToDoMgmt-app-pri-GetToDos",
		"us-east-2": "ToDoMgmt-app-secd-GetToDos",
	} {
		if got := application.Function(region, topology.GetToDosFunction); got != want {
			t.Errorf("in %s got %s, want %s", region, got, want)
		}
	}
}
