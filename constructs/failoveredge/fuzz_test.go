package failoveredge_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/warmstandby/warmstandby/internal/edgejs"
)

// FuzzFunction checks what holds for every request and every state of the store.
func FuzzFunction(f *testing.F) {
	f.Add("GET", "/v1", "accept", "*/*", "id", "1", "pri", "", uint8(0b01))
	f.Add("POST", "/v1", "x-routed-region", "mars-1", "", "", "secd", "reason", uint8(0b11))
	f.Add("DELETE", "/", "__proto__", "x", "__proto__", "y", "__proto__", "", uint8(0b11))
	f.Add("OPTIONS", "", "constructor", "\r\n", "a", "\x00", "secd", "", uint8(0b100))
	f.Add("get", "/v1?a=b", "authorization", "Bearer a", "id", "\u2028", "", "", uint8(0b1000))
	f.Fuzz(func(t *testing.T, method, uri, header, value, parameter, argument, active, fence string, flags uint8) {
		for _, s := range []string{method, uri, header, value, parameter, argument, active} {
			if !utf8.ValidString(s) {
				return // CloudFront passes text only
			}
		}
		s := &store{keys: map[string]string{}}
		hasActive, hasFence := flags&1 != 0, flags&2 != 0
		if hasActive {
			s.keys["active"] = active
		}
		if hasFence {
			s.keys["fence"] = fence
		}
		activeBroken, fenceBroken := flags&4 != 0, flags&8 != 0
		if activeBroken {
			s.broken = append(s.broken, "active")
		}
		if fenceBroken {
			s.broken = append(s.broken, "fence")
		}
		asked := edgejs.Request{
			Method: method, URI: uri,
			Headers:     map[string]edgejs.Value{strings.ToLower(header): {Value: value}},
			Querystring: map[string]edgejs.Value{parameter: {Value: argument}},
			Cookies:     map[string]edgejs.Value{},
		}
		got := run(t, asked, s)

		isRead := slices.Contains(reads, method)
		if !isRead && hasFence && !fenceBroken {
			wantRefusal(t, got.Response)
			return
		}
		ids, region := []string{"pri", "secd"}, primary
		if hasActive && !activeBroken && active == "secd" {
			ids, region = []string{"secd", "pri"}, secondary
		}
		want := edgejs.Result{Request: forwarded(asked, region), Origins: edgejs.Origins{IDs: ids[:1]}}
		if isRead {
			want.Origins = edgejs.Origins{IDs: ids, FailoverOn: []int{500, 502, 503, 504}}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("result (-want +got):\n%s", diff)
		}
	})
}
