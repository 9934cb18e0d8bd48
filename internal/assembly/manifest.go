package assembly

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// The types of artifact that are read. Others, such as the construct tree, do not affect a deployment.
const (
	stackArtifact    = "aws:cloudformation:stack"
	assetsArtifact   = "cdk:asset-manifest"
	assemblyArtifact = "cdk:cloud-assembly"
)

// The shapes below follow the schema of a cloud assembly's manifest.json.
// See https://github.com/aws/aws-cdk-cli/tree/main/packages/%40aws-cdk/cloud-assembly-schema.
type (
	manifest struct {
		Artifacts artifacts
		Missing   []MissingContext
	}

	artifact struct {
		Type                   string
		Environment            string
		DisplayName            string
		Dependencies           []string
		Metadata               map[string][]metadataEntry
		AdditionalMetadataFile string
		Properties             struct {
			TemplateFile          string
			StackName             string
			TerminationProtection bool
			Tags                  map[string]string
			DirectoryName         string
			File                  string
		}
	}

	metadataEntry struct {
		Type string
		Data json.RawMessage
	}

	assetManifest struct {
		Files map[string]struct {
			DisplayName string
			Source      struct{ Path, Packaging string }
			// Destinations maps a destination's name to where the asset is published.
			Destinations map[string]struct{ ObjectKey string }
		}
	}
)

// artifacts are a manifest's artifacts in the order of the file, which is the order in which the app defined them.
type artifacts struct {
	ids  []string
	byID map[string]artifact
}

// UnmarshalJSON keeps the order of the object's keys, which a map alone would lose.
func (a *artifacts) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, &a.byID); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if _, err := d.Token(); err != nil { // the opening brace
		return err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		if id := key.(string); !slices.Contains(a.ids, id) {
			a.ids = append(a.ids, id)
		}
		var skip json.RawMessage
		if err := d.Decode(&skip); err != nil {
			return err
		}
	}
	return nil
}

// reader collects the stacks of an assembly and of those nested in it.
type reader struct {
	root    string
	stacks  []*Stack
	missing []MissingContext
}

// readAssembly reads the assembly in dir, which is relative to the root, and those nested in it.
func (r *reader) readAssembly(dir string) error {
	file := filepath.Join(r.root, dir, "manifest.json")
	var m manifest
	if err := readJSON(file, &m); err != nil {
		return err
	}
	r.missing = append(r.missing, m.Missing...)
	slices.SortFunc(r.missing, func(x, y MissingContext) int {
		return cmp.Or(cmp.Compare(x.Key, y.Key), cmp.Compare(x.Provider, y.Provider))
	})
	for _, id := range m.Artifacts.ids {
		if err := r.readArtifact(dir, m.Artifacts, id); err != nil {
			return fmt.Errorf("%s: artifact %s: %w", file, id, err)
		}
	}
	return nil
}

// readArtifact reads a stack or a nested assembly.
func (r *reader) readArtifact(dir string, all artifacts, id string) error {
	switch art := all.byID[id]; art.Type {
	case assemblyArtifact:
		nested, err := local(dir, art.Properties.DirectoryName)
		if err != nil {
			return err
		}
		return r.readAssembly(nested)
	case stackArtifact:
		s, err := r.readStack(dir, all, id)
		if err != nil {
			return err
		}
		r.stacks = append(r.stacks, s)
	}
	return nil
}

// local joins dir and name, which must not lead out of dir, nor to dir itself.
func local(dir, name string) (string, error) {
	if !filepath.IsLocal(name) || filepath.Clean(name) == "." {
		return "", fmt.Errorf("file name must be inside the assembly, got %q", name)
	}
	return filepath.Join(dir, name), nil
}

// readFile reads file. Its errors name the file.
func readFile(file string) ([]byte, error) {
	data, err := os.ReadFile(file)
	if pathErr := (*os.PathError)(nil); errors.As(err, &pathErr) {
		return nil, fmt.Errorf("read %s: %w", file, pathErr.Err)
	}
	return data, err
}

// readJSON decodes file into v. Its errors name the file.
func readJSON(file string, v any) error {
	data, err := readFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("decode %s: %w", file, err)
	}
	return nil
}
