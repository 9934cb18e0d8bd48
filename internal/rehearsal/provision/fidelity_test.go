package provision

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fidelity is the page that says what a rehearsal models.
const fidelity = "../../../docs/fidelity.md"

func TestFidelityListsTypesWithoutBearing(t *testing.T) {
	if diff := cmp.Diff(NoBearing, rows(readFidelity(t), "### Types without bearing")); diff != "" {
		t.Errorf("%s differs from NoBearing (-want +got):\n%s", fidelity, diff)
	}
}

func TestFidelityListsManagedPolicies(t *testing.T) {
	want := make(map[string]string)
	for name := range managedPolicies {
		want[name] = ""
	}
	if diff := cmp.Diff(want, rows(readFidelity(t), "### Managed policies")); diff != "" {
		t.Errorf("%s differs from managedPolicies (-want +got):\n%s", fidelity, diff)
	}
}

func TestFidelityNamesModelledTypes(t *testing.T) {
	named := make(map[string]bool)
	for _, word := range strings.FieldsFunc(readFidelity(t), func(r rune) bool { return strings.ContainsRune(" \n,.", r) }) {
		named[word] = true
	}
	for name := range (&builder{}).registry() {
		if !named[name] {
			t.Errorf("%s does not name %s", fidelity, name)
		}
	}
}

func readFidelity(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile(fidelity)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// rows are the rows of the table under a heading whose first cell is code: that cell, and the next one if there is one.
func rows(page, heading string) map[string]string {
	_, section, _ := strings.Cut(page, "\n"+heading+"\n")
	section, _, _ = strings.Cut(section, "\n#")
	found := make(map[string]string)
	for line := range strings.Lines(section) {
		row, ok := strings.CutPrefix(strings.TrimSpace(line), "| `")
		if !ok {
			continue
		}
		name, rest, _ := strings.Cut(row, "` |")
		found[name] = strings.TrimSpace(strings.TrimSuffix(rest, "|"))
	}
	return found
}
