package busrule

import (
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
)

func TestValidate(t *testing.T) {
	p := Props{
		Pattern:         lifecycle.Pattern{States: []lifecycle.State{}},
		EventAgeSeconds: 86401,
		Retries:         -1,
	}
	err := p.Validate()
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		"Bus must be set", "Pattern: ", "EventAgeSeconds must be 60 to 86400, got 86401", "Retries must be 1 to 185, got -1",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q lacks %q", err, want)
		}
	}
	for _, p := range []Props{{}, {EventAgeSeconds: 60, Retries: 1}, {EventAgeSeconds: 86400, Retries: 185}} {
		if got := p.Validate(); got == nil || got.Error() != "Bus must be set" {
			t.Errorf("%+v: got %v, want only the bus to be missing", p, got)
		}
	}
}
