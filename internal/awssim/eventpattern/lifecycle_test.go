package eventpattern_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
	"github.com/warmstandby/warmstandby/internal/awssim/eventpattern"
)

// What package lifecycle renders without an error is accepted here, whatever is asked for; and the pattern of the document's
// walk-through selects the document's example, and no other type of event.
func TestLifecyclePatterns(t *testing.T) {
	const seed = 7
	r := rand.New(rand.NewPCG(seed, 0))
	valid := 0
	for range 20_000 {
		p := randomPattern(r)
		text, err := p.JSON()
		if err != nil {
			continue
		}
		valid++
		if _, err := eventpattern.Compile([]byte(text)); err != nil {
			t.Errorf("seed %d: %s: %v", seed, text, err)
		}
	}
	if valid < 500 {
		t.Errorf("only %d patterns were valid", valid)
	}
}

func TestLifecycleEvents(t *testing.T) {
	text, err := lifecycle.Pattern{
		Types: []lifecycle.EventType{lifecycle.ResourceUpsert}, ResourceTypes: []string{"AWS::EC2::Instance"},
		RestorePhases: []lifecycle.Phase{lifecycle.Failover}, PrimaryResourceNames: []lifecycle.Text{lifecycle.Wildcard("Prod*")},
		Applications: []lifecycle.Application{{ID: "gRM8TmEKCtEY7Ud8J8ride"}, {ID: "x"}},
	}.JSON()
	if err != nil {
		t.Fatal(err)
	}
	p, err := eventpattern.Compile([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for fixture, want := range map[string]bool{"example": true, "start": false, "upsert": false, "delete": false, "end": false} {
		event, err := os.ReadFile("../../../constructs/lifecycle/testdata/" + fixture + ".json")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := p.Match(event); err != nil || got != want {
			t.Errorf("%s: matched %v, error %v", fixture, got, err)
		}
	}
}

// pick is a random part of values, which may be nil or empty.
func pick[T any](r *rand.Rand, values ...T) []T {
	if r.IntN(3) > 0 {
		return nil
	}
	var picked []T
	for _, v := range values {
		if r.IntN(2) == 0 {
			picked = append(picked, v)
		}
	}
	return picked
}

func randomPattern(r *rand.Rand) lifecycle.Pattern {
	name := func() lifecycle.Text {
		s := ""
		for range r.IntN(6) {
			s += string([]rune(`a*\"é{<é`)[r.IntN(8)])
		}
		return []func(string) lifecycle.Text{lifecycle.Exactly, lifecycle.Prefix, lifecycle.Wildcard}[r.IntN(3)](s)
	}
	p := lifecycle.Pattern{
		Types: pick(r, lifecycle.EventTypes()...), RestorePhases: pick(r, lifecycle.Failover, lifecycle.Standby),
		States: pick(r, lifecycle.Done, lifecycle.Failed, "x"), ResourceTypes: pick(r, "AWS::EC2::Instance", "AWS::RDS::DBCluster", "x"),
		PrimaryResourceNames: pick(r, name(), name()), RecoveryResourceNames: pick(r, name()),
		PrimaryAccounts: pick(r, "123456123456"), RecoveryRegions: pick(r, "us-east-2", "eu-west-1"), SchemaVersions: pick(r, "0", "1"),
	}
	for i := range r.IntN(4) {
		p.Applications = append(p.Applications, lifecycle.Application{ID: fmt.Sprint("app", r.IntN(3)), Phases: pick(r, lifecycle.Failover, lifecycle.Standby)})
		if i > 0 && r.IntN(2) == 0 {
			p.Types = []lifecycle.EventType{lifecycle.RecoveryEnd}
		}
	}
	return p
}
