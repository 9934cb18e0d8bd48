package simulation

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/edgejs"
)

// keys are a key-value store.
type keys map[string]string

// Get reads a key.
func (k keys) Get(_ context.Context, key string) (string, bool, error) {
	value, found := k[key]
	return value, found, nil
}

// TestRoutesAreThoseOfTheEdge compares the routes of a view with those of the function that is deployed.
func TestRoutesAreThoseOfTheEdge(t *testing.T) {
	code, err := os.ReadFile("../../../constructs/failoveredge/edge.js")
	if err != nil {
		t.Fatal(err)
	}
	function, err := edgejs.New(string(code))
	if err != nil {
		t.Fatal(err)
	}
	for _, active := range []string{"", "pri", "secd", "SECD", "secd ", "other"} {
		for _, fence := range []string{"", "x", `{"run":"r"}`} {
			store := keys{topology.ActiveKey: active, topology.FenceKey: fence}
			if active == "" {
				delete(store, topology.ActiveKey)
			}
			if fence == "" {
				delete(store, topology.FenceKey)
			}
			for _, method := range []string{"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "get", ""} {
				result, err := function.Run(t.Context(), edgejs.Event{Version: "1.0", Request: edgejs.Request{Method: method, URI: "/"}}, store)
				if err != nil {
					t.Fatal(err)
				}
				compare(t, strings.Join([]string{active, fence, method}, "/"), viewOf(store, store).route(method), result)
			}
		}
	}
}

// compare fails unless the function chose the same origins, or refused with the header that says so.
func compare(t *testing.T, name string, route []topology.Role, result edgejs.Result) {
	t.Helper()
	var want []string
	for _, role := range route {
		want = append(want, string(role))
	}
	if !slices.Equal(result.Origins.IDs, want) {
		t.Errorf("%s: the function chooses %v, the simulation %v", name, result.Origins.IDs, want)
	}
	if refused := result.Response != nil; refused != (route == nil) {
		t.Errorf("%s: refused %t, in the simulation %t", name, refused, route == nil)
	}
	if result.Response != nil && result.Response.Headers[topology.FencedHeader].Value == "" {
		t.Errorf("%s: the refusal has no header %s", name, topology.FencedHeader)
	}
}
