package test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The walk-through in the document is the construct's example, line by line, so that it compiles and runs.
func TestRecoveryDocumentShowsTheExample(t *testing.T) {
	document, err := os.ReadFile("../docs/recovery.md")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("../constructs/runbookrule/example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(document), -1)
	if len(blocks) == 0 {
		t.Fatal("the document has no Go code")
	}
	for _, block := range blocks {
		if !strings.Contains(string(example), block[1]) {
			t.Errorf("the example does not have\n%s", block[1])
		}
	}
}
