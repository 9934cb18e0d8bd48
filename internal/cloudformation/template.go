package cloudformation

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

// languageExtensions is the only transform that is known.
const languageExtensions = "AWS::LanguageExtensions"

// details is what only a deployment needs of a template, in addition to what package assembly reads.
type details struct {
	Transform  any
	Parameters map[string]constraints
	Rules      map[string]rule
	Resources  map[string]struct{ Metadata map[string]any }
	Outputs    map[string]struct{ Condition string }
}

// readDetails reads the details of s's template. A stack without a template file has none.
func readDetails(dir string, s *assembly.Stack) (*details, error) {
	d := &details{}
	if s.TemplateFile == "" {
		return d, nil
	}
	file := filepath.Join(dir, s.TemplateFile)
	data, err := os.ReadFile(file)
	if pathErr := (*os.PathError)(nil); errors.As(err, &pathErr) {
		return nil, fmt.Errorf("read %s: %w", file, pathErr.Err)
	}
	if err := json.Unmarshal(data, d); err != nil {
		return nil, fmt.Errorf("decode %s: %w", file, err)
	}
	return d, d.checkTransform()
}

// checkTransform fails on a transform that is not known.
func (d *details) checkTransform() error {
	for _, transform := range asList(d.Transform) {
		if transform != languageExtensions {
			return fmt.Errorf("transform %v is not known, only %s is", transform, languageExtensions)
		}
	}
	return nil
}

// extended reports whether the template uses the language extensions.
func (d *details) extended() bool {
	return slices.Contains(asList(d.Transform), any(languageExtensions))
}

// asList is v as a list: itself, or the list of it alone, or nothing for nil.
func asList(v any) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	if v == nil {
		return nil
	}
	return []any{v}
}
