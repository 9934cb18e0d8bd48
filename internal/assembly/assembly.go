package assembly

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Assembly is what one synthesis produced.
type Assembly struct {
	// Dir is the directory that was read; empty for an assembly made by [New].
	Dir string

	// Stacks are the stacks of the assembly and of those nested in it, in deployment order: a stack follows those that it
	// depends on and those whose outputs it reads. Stacks that do not depend on each other keep the order of the app.
	Stacks []*Stack

	// Missing is the context that synthesis looked for and did not find. An assembly with missing context holds placeholders
	// and must not be deployed.
	Missing []MissingContext

	// Report is what CDK's validation found, nil if the assembly holds no report.
	Report *Report
}

// Stack is one CloudFormation stack.
type Stack struct {
	// ID is the artifact ID, unique in the whole assembly.
	ID string

	// DisplayName is the hierarchical ID that the CDK CLI shows and accepts, such as ToDoMgmt/PriDeploy/ToDoMgmt-infra-pri.
	DisplayName string

	// Name is the name that CloudFormation knows the stack by.
	Name string

	// Account is the account to deploy to, 12 digits; empty if the stack can be deployed to any.
	Account string

	// Region is the Region to deploy to; empty if the stack can be deployed to any.
	Region string

	// TerminationProtection reports whether CloudFormation refuses to delete the stack.
	TerminationProtection bool

	// Tags are the stack's tags.
	Tags map[string]string

	// Dependencies are the IDs of the stacks that must be deployed before this one, sorted.
	Dependencies []string

	// Template is what CloudFormation is given; never nil.
	Template *Template

	// TemplateFile is the template's path, relative to the assembly's directory.
	TemplateFile string

	// Assets are the files published for the stack, by ID; the template itself is not among them.
	Assets []Asset
}

// Asset is a file or directory that is published before its stack is deployed.
type Asset struct {
	// ID is the asset's hash.
	ID string

	// DisplayName says what the asset is for; it may be empty.
	DisplayName string

	// Path is where the file or directory is, absolute if the assembly's directory was.
	Path string

	// Packaging is "zip" for a directory that is zipped, "file" for a file that is published as it is.
	Packaging string

	// ObjectKeys are the S3 keys the asset is published under, one for each destination, sorted and without duplicates.
	ObjectKeys []string
}

// MissingContext is one context value that was not there when the app was synthesized.
type MissingContext struct {
	// Key is the context key.
	Key string

	// Provider is the CDK context provider that would look the value up, such as "availability-zones".
	Provider string
}

// Read reads the cloud assembly in dir.
func Read(dir string) (*Assembly, error) {
	r := reader{root: dir}
	if err := r.readAssembly(""); err != nil {
		return nil, err
	}
	report, err := readReport(filepath.Join(dir, reportFile))
	if err != nil {
		return nil, err
	}
	a, err := New(r.stacks...)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", dir, err)
	}
	a.Dir, a.Report = dir, report
	a.Missing = slices.CompactFunc(r.missing, func(x, y MissingContext) bool { return x == y })
	return a, nil
}

// New is an assembly of stacks, which it puts in deployment order. It fails if two stacks share an ID, if a dependency is
// not among the stacks, or if stacks wait for each other.
func New(stacks ...*Stack) (*Assembly, error) {
	a := &Assembly{Stacks: stacks}
	ordered, err := a.order()
	if err != nil {
		return nil, err
	}
	a.Stacks = ordered
	return a, nil
}

// Stack is the stack whose artifact ID, display name or stack name is name; nil if there is none.
func (a *Assembly) Stack(name string) *Stack {
	for _, match := range []func(*Stack) string{
		func(s *Stack) string { return s.ID },
		func(s *Stack) string { return s.DisplayName },
		func(s *Stack) string { return s.Name },
	} {
		for _, s := range a.Stacks {
			if match(s) == name {
				return s
			}
		}
	}
	return nil
}

// order returns the stacks in deployment order.
func (a *Assembly) order() ([]*Stack, error) {
	waits, err := a.waits()
	if err != nil {
		return nil, err
	}
	var ordered []*Stack
	placed := make(map[string]bool)
	for len(ordered) < len(a.Stacks) {
		next := slices.IndexFunc(a.Stacks, func(s *Stack) bool {
			return !placed[s.ID] && !slices.ContainsFunc(waits[s.ID], func(id string) bool { return !placed[id] })
		})
		if next < 0 {
			return nil, fmt.Errorf("stacks wait for each other, so none can be deployed first: %s", a.unplaced(placed))
		}
		placed[a.Stacks[next].ID] = true
		ordered = append(ordered, a.Stacks[next])
	}
	return ordered, nil
}

// waits maps each stack to the stacks that must exist before it: its dependencies, and those whose outputs it reads.
func (a *Assembly) waits() (map[string][]string, error) {
	waits := make(map[string][]string)
	for _, s := range a.Stacks {
		if _, again := waits[s.ID]; again {
			return nil, fmt.Errorf("artifact %s: two stacks have this ID", s.ID)
		}
		waits[s.ID] = slices.Clone(s.Dependencies)
	}
	for _, s := range a.Stacks {
		for _, id := range s.Dependencies {
			if _, ok := waits[id]; !ok {
				return nil, fmt.Errorf("artifact %s: depends on %s, which is not a stack of the assembly", s.ID, id)
			}
		}
		s.Template.walk(func(v any) {
			if from, _, ok := a.output(s, v); ok && from != s {
				waits[s.ID] = append(waits[s.ID], from.ID)
			}
		})
	}
	return waits, nil
}

// unplaced lists the stacks that are not placed.
func (a *Assembly) unplaced(placed map[string]bool) string {
	var names []string
	for _, s := range a.Stacks {
		if !placed[s.ID] {
			names = append(names, s.DisplayName)
		}
	}
	return strings.Join(names, ", ")
}
