package lifecycle

import (
	"strings"
	"testing"
)

func TestPattern(t *testing.T) {
	const all = `"detail-type":["ArpioRecoveryStart","ArpioResourceUpsert","ArpioResourceDelete","ArpioRecoveryEnd"],"source":["io.arpio"]}`
	const upsert = `"detail-type":["ArpioResourceUpsert"],"source":["io.arpio"]}`
	for name, tc := range map[string]struct {
		pattern Pattern
		want    string
	}{
		"everything": {Pattern{}, `{"detail":{"arpio-schema-version":["0"]},` + all},
		"the document's walk-through": {
			Pattern{Types: []EventType{ResourceUpsert}, ResourceTypes: []string{"AWS::EC2::Instance"}, RestorePhases: []Phase{Failover}},
			`{"detail":{"arpio-schema-version":["0"],"resource-type":["AWS::EC2::Instance"],"restore-phase":["failover"]},` + upsert,
		},
		"states and names": {
			Pattern{
				Types: []EventType{ResourceUpsert}, States: []State{Done, Failed},
				PrimaryResourceARNs:   []string{"arn:aws:ec2:us-east-1:123456123456:instance/i-a"},
				PrimaryResourceNames:  []Text{Exactly("a"), Prefix("Prod"), Wildcard(`*<&>\**`)},
				RecoveryResourceNames: []Text{Exactly("")},
			},
			`{"detail":{"arpio-schema-version":["0"],"primary-resource-arn":["arn:aws:ec2:us-east-1:123456123456:instance/i-a"],"primary-resource-name":["a",{"prefix":"Prod"},{"wildcard":"*<&>\\**"}],` +
				`"recovery-resource-name":[""],"recovery-resource-state":["done","failed"]},` + upsert,
		},
		"accounts, Regions, versions": {
			Pattern{
				Types: []EventType{ResourceUpsert}, PrimaryAccounts: []string{"123456123456"}, RecoveryAccounts: []string{"${Token[AWS.AccountId.4]}"},
				PrimaryRegions: []string{"us-gov-west-1"}, RecoveryRegions: []string{"us-east-2"}, SchemaVersions: []string{"0", "1"},
			},
			`{"detail":{"arpio-schema-version":["0","1"],"primary-account":["123456123456"],"primary-region":["us-gov-west-1"],` +
				`"recovery-account":["${Token[AWS.AccountId.4]}"],"recovery-region":["us-east-2"]},` + upsert,
		},
		"an application": {
			Pattern{Types: []EventType{RecoveryEnd}, Applications: []Application{{ID: "abc", Phases: []Phase{Failover}}}},
			`{"detail":{"application-restore-phase":{"abc":["failover"]},"arpio-schema-version":["0"]},"detail-type":["ArpioRecoveryEnd"],"source":["io.arpio"]}`,
		},
		"applications": {
			Pattern{Types: []EventType{RecoveryStart}, Applications: []Application{{ID: "abc"}, {ID: "d", Phases: []Phase{Standby}}}},
			`{"detail":{"$or":[{"application-restore-phase":{"abc":[{"exists":true}]}},{"application-restore-phase":{"d":["standby"]}}],` +
				`"arpio-schema-version":["0"]},"detail-type":["ArpioRecoveryStart"],"source":["io.arpio"]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := tc.pattern.JSON()
			if err != nil || got != tc.want {
				t.Errorf("error %v, pattern\n%s, want\n%s", err, got, tc.want)
			}
		})
	}
}

func TestPatternRefused(t *testing.T) {
	upsert := []EventType{ResourceUpsert}
	for name, tc := range map[string]struct {
		pattern Pattern
		want    []string
	}{
		"empty lists": {
			Pattern{Types: []EventType{}, Applications: []Application{}, RestorePhases: []Phase{}, States: []State{}, PrimaryResourceNames: []Text{}, SchemaVersions: []string{}},
			[]string{"Types must not", "Applications must not", "RestorePhases must not", "States must not", "PrimaryResourceNames must not", "SchemaVersions must not"},
		},
		"what the events do not carry": {
			Pattern{Types: []EventType{RecoveryEnd, ResourceDelete}, RestorePhases: []Phase{Failover}, Applications: []Application{{ID: "a"}}},
			[]string{
				"RestorePhases would never match ArpioRecoveryEnd events, which do not carry restore-phase: leave one of them out",
				"RestorePhases would never match ArpioResourceDelete", "Applications would never match ArpioResourceDelete",
			},
		},
		"a state of all types": {Pattern{States: []State{Done}}, []string{"match ArpioRecoveryStart", "match ArpioResourceDelete", "match ArpioRecoveryEnd"}},
		"values that nobody sends": {
			Pattern{Types: []EventType{"Arpio"}, RestorePhases: []Phase{"Failover"}, States: []State{"ok"}},
			[]string{`Types must be of`, `RestorePhases must be of ["standby" "failover_test" "failover"], got "Failover"`, `States must be of`},
		},
		"values of another shape": {
			Pattern{
				Types: upsert, ResourceTypes: []string{"EC2"}, PrimaryResourceARNs: []string{"i-a"}, PrimaryAccounts: []string{"1"}, RecoveryAccounts: []string{"RQDLgR8ar2ipEV0VbfQLno"},
				PrimaryRegions: []string{"us-east"}, RecoveryRegions: []string{"*"}, SchemaVersions: []string{""},
			},
			[]string{`ResourceTypes`, "PrimaryResourceARNs must be ARNs", `PrimaryAccounts`, `got "RQDLgR8ar2ipEV0VbfQLno"`, `got "us-east"`, `got "*"`, "SchemaVersions"},
		},
		"names": {
			Pattern{Types: upsert, PrimaryResourceNames: []Text{Prefix(""), Wildcard(""), Wildcard("a**"), Wildcard(`a\b*`), Wildcard("a")}},
			[]string{"a prefix must not be empty", "a wildcard must not be empty", "consecutive", "backslash only before", "use Exactly"},
		},
		"applications": {
			Pattern{Types: []EventType{RecoveryEnd}, Applications: []Application{{ID: "$or"}, {ID: "a", Phases: []Phase{}}, {ID: "b", Phases: []Phase{"x"}}}},
			[]string{"Applications[0].ID must be", "Applications[1].Phases must not be", "Applications[2].Phases must be of"},
		},
		"too long": {Pattern{Types: upsert, PrimaryResourceNames: []Text{Exactly(strings.Repeat("é", 4096))}}, []string{"may have 4096"}},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := tc.pattern.Map()
			if m != nil {
				t.Errorf("pattern %v", m)
			}
			wantErrors(t, err, tc.want...)
		})
	}
}

func TestCheckPaths(t *testing.T) {
	pattern := Pattern{Types: []EventType{ResourceUpsert, ResourceDelete}}
	wantErrors(t, pattern.CheckPaths(PathPrimaryResourceName, PathID, PathPrimaryResourceExternalTypeVariant))
	wantErrors(t, pattern.CheckPaths(PathRecoveryResourceID, "$.detail.x"),
		"ArpioResourceDelete events never carry $.detail.recovery-resource-id", `path "$.detail.x" is none of a lifecycle event`)
	wantErrors(t, Pattern{}.CheckPaths(PathTime))
}
