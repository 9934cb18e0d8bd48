package failoveredge_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/warmstandby/warmstandby/constructs/failoveredge"
	"github.com/warmstandby/warmstandby/internal/edgejs"
)

const primary, secondary = "us-east-1", "us-east-2"

var (
	reads  = []string{"GET", "HEAD", "OPTIONS"}
	writes = []string{"POST", "PUT", "PATCH", "DELETE", "get", "PURGE", ""}
)

// store is a key-value store that remembers what was read. Keys in broken cannot be read.
type store struct {
	keys   map[string]string
	broken []string
	read   []string
}

func (s *store) Get(_ context.Context, key string) (string, bool, error) {
	s.read = append(s.read, key)
	if slices.Contains(s.broken, key) {
		return "", false, errors.New("the store cannot be read")
	}
	value, found := s.keys[key]
	return value, found, nil
}

// load is the construct's function.
func load(t testing.TB) *edgejs.Function {
	t.Helper()
	f, err := edgejs.New(failoveredge.FunctionCode(primary, secondary))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// run runs the construct's function for a request, which must not fail whatever the store holds.
func run(t testing.TB, request edgejs.Request, s edgejs.Store) edgejs.Result {
	t.Helper()
	result, err := load(t).Run(t.Context(), edgejs.Event{Version: "1.0", Request: request}, s)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// request is a request with everything that a request can have.
func request(method string) edgejs.Request {
	return edgejs.Request{
		Method:      method,
		URI:         "/v1/caf%C3%A9",
		Querystring: map[string]edgejs.Value{"id": {Value: "1", MultiValue: []edgejs.Value{{Value: "1"}, {Value: "2"}}}, "empty": {}},
		Headers: map[string]edgejs.Value{
			"host":          {Value: "api.example.com"},
			"authorization": {Value: "Bearer secret"},
			"accept":        {Value: "a/b", MultiValue: []edgejs.Value{{Value: "a/b"}, {Value: "c/d"}}},
		},
		Cookies: map[string]edgejs.Value{"session": {Value: "1"}},
	}
}

// forwarded is what must become of request if the Region is chosen: nothing but the header is added.
func forwarded(request edgejs.Request, region string) *edgejs.Request {
	request.Headers = maps.Clone(request.Headers)
	request.Headers[failoveredge.RegionHeader] = edgejs.Value{Value: region}
	return &request
}

// activeStates are the states of the store as far as the active Region goes, and the origins they mean.
var activeStates = []struct {
	name            string
	store           store
	active, standby string
	region          string
}{
	{"home primary", store{keys: map[string]string{"active": "pri"}}, "pri", "secd", primary},
	{"home secondary", store{keys: map[string]string{"active": "secd"}}, "secd", "pri", secondary},
	{"no key", store{}, "pri", "secd", primary},
	{"an unreadable key", store{keys: map[string]string{"active": "secd"}, broken: []string{"active"}}, "pri", "secd", primary},
	{"an empty value", store{keys: map[string]string{"active": ""}}, "pri", "secd", primary},
	{"another value", store{keys: map[string]string{"active": "secd "}}, "pri", "secd", primary},
	{"another case", store{keys: map[string]string{"active": "SECD"}}, "pri", "secd", primary},
	{"a property of every object", store{keys: map[string]string{"active": "constructor"}}, "pri", "secd", primary},
	{"only other keys", store{keys: map[string]string{"lease": "secd", "ACTIVE": "secd"}}, "pri", "secd", primary},
}

func TestFunctionSendsReadsToAGroup(t *testing.T) {
	for _, state := range activeStates {
		for _, fence := range []string{"", "promoting"} {
			for _, method := range reads {
				t.Run(strings.Join([]string{state.name, "fence=" + fence, method}, "/"), func(t *testing.T) {
					s := with(state.store, fence)
					want := edgejs.Result{
						Request: forwarded(request(method), state.region),
						Origins: edgejs.Origins{IDs: []string{state.active, state.standby}, FailoverOn: []int{500, 502, 503, 504}},
					}
					if diff := cmp.Diff(want, run(t, request(method), s)); diff != "" {
						t.Errorf("result (-want +got):\n%s", diff)
					}
					if diff := cmp.Diff([]string{failoveredge.KeyActive}, s.read); diff != "" {
						t.Errorf("keys read (-want +got):\n%s", diff)
					}
				})
			}
		}
	}
}

func TestFunctionSendsWritesToTheActiveRegionOnly(t *testing.T) {
	for _, state := range activeStates {
		for _, method := range writes {
			t.Run(state.name+"/"+method, func(t *testing.T) {
				s := with(state.store, "")
				want := edgejs.Result{
					Request: forwarded(request(method), state.region),
					Origins: edgejs.Origins{IDs: []string{state.active}},
				}
				if diff := cmp.Diff(want, run(t, request(method), s)); diff != "" {
					t.Errorf("result (-want +got):\n%s", diff)
				}
				// The order matters: see the comment in the code.
				if diff := cmp.Diff([]string{failoveredge.KeyFence, failoveredge.KeyActive}, s.read); diff != "" {
					t.Errorf("keys read (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// with is a copy of s with a fence, unless that is empty.
func with(s store, fence string) *store {
	keys := maps.Clone(s.keys)
	if fence != "" {
		if keys == nil {
			keys = map[string]string{}
		}
		keys[failoveredge.KeyFence] = fence
	}
	return &store{keys: keys, broken: s.broken}
}

func TestFunctionRefusesFencedWrites(t *testing.T) {
	for name, value := range map[string]string{
		"a reason": "promoting us-east-2", "nothing": "", "false": "false", "an attack": "\"}\r\nset-cookie: a=b",
	} {
		for _, method := range writes {
			t.Run(name+"/"+method, func(t *testing.T) {
				got := run(t, request(method), &store{keys: map[string]string{"active": "secd", "fence": value}})
				if got.Request != nil || got.Origins.IDs != nil {
					t.Fatalf("forwarded %+v to %+v", got.Request, got.Origins)
				}
				wantRefusal(t, got.Response)
			})
		}
	}
}

// wantRefusal fails unless response is exactly the refusal of a write.
func wantRefusal(t *testing.T, response *edgejs.Response) {
	t.Helper()
	want := &edgejs.Response{
		StatusCode:        503,
		StatusDescription: "Service Unavailable",
		Headers: map[string]edgejs.Value{
			"cache-control": {Value: "no-store"},
			"content-type":  {Value: "application/problem+json"},
			"retry-after":   {Value: "10"},
			"x-write-fence": {Value: "closed"},
		},
		Body: &edgejs.Body{Encoding: "text", Data: response.Body.Data},
	}
	if diff := cmp.Diff(want, response); diff != "" {
		t.Errorf("response (-want +got):\n%s", diff)
	}
	var problem map[string]any
	if err := json.Unmarshal([]byte(response.Body.Data), &problem); err != nil {
		t.Fatal(err)
	}
	wantProblem := map[string]any{
		"type":   "about:blank",
		"title":  "Service Unavailable",
		"status": 503.0,
		"detail": "Writes are paused while the application moves between Regions. Reads are served.",
	}
	if diff := cmp.Diff(wantProblem, problem); diff != "" {
		t.Errorf("problem (-want +got):\n%s", diff)
	}
}

func TestFunctionLetsWritesThroughIfTheFenceIsUnreadable(t *testing.T) {
	for _, broken := range [][]string{{"fence"}, {"fence", "active"}} {
		got := run(t, request("POST"), &store{keys: map[string]string{"fence": "x"}, broken: broken})
		want := edgejs.Result{Request: forwarded(request("POST"), primary), Origins: edgejs.Origins{IDs: []string{"pri"}}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%v unreadable: result (-want +got):\n%s", broken, diff)
		}
	}
}

func TestFunctionServesWithoutAStore(t *testing.T) {
	for method, ids := range map[string][]string{"GET": {"pri", "secd"}, "POST": {"pri"}} {
		got := run(t, request(method), nil)
		if diff := cmp.Diff(ids, got.Origins.IDs); diff != "" {
			t.Errorf("%s: origins (-want +got):\n%s", method, diff)
		}
	}
}

func TestFunctionOverwritesTheViewersRegionHeader(t *testing.T) {
	spoofed := request("GET")
	spoofed.Headers[failoveredge.RegionHeader] = edgejs.Value{
		Value: "mars-1", MultiValue: []edgejs.Value{{Value: "mars-1"}, {Value: "mars-2"}},
	}
	got := run(t, spoofed, &store{keys: map[string]string{"active": "secd"}})
	if diff := cmp.Diff(forwarded(request("GET"), secondary), got.Request); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

func TestFunctionQuotesTheRegions(t *testing.T) {
	hostile := `us"+throwIt()+'` + "</script>\u2028\\"
	f, err := edgejs.New(failoveredge.FunctionCode(hostile, secondary))
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.Run(t.Context(), edgejs.Event{Request: request("GET")}, &store{})
	if err != nil {
		t.Fatal(err)
	}
	if name := got.Request.Headers[failoveredge.RegionHeader].Value; name != hostile {
		t.Errorf("the Region's name came out as %q", name)
	}
}
