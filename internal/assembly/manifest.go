package assembly

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

// readStack reads the stack id with its template and assets.
func (r *reader) readStack(dir string, all artifacts, id string) (*Stack, error) {
	art := all.byID[id]
	s := &Stack{
		ID: id, DisplayName: cmp.Or(art.DisplayName, id), Name: cmp.Or(art.Properties.StackName, id),
		TerminationProtection: art.Properties.TerminationProtection, Tags: art.Properties.Tags,
	}
	var err error
	if s.Account, s.Region, err = parseEnvironment(art.Environment); err != nil {
		return nil, err
	}
	if s.TemplateFile, err = local(dir, art.Properties.TemplateFile); err != nil {
		return nil, err
	}
	if s.Template, err = readTemplate(filepath.Join(r.root, s.TemplateFile)); err != nil {
		return nil, err
	}
	if err := r.readPaths(dir, art, s.Template); err != nil {
		return nil, err
	}
	for _, dep := range slices.Sorted(slices.Values(art.Dependencies)) {
		switch on := all.byID[dep]; on.Type {
		case stackArtifact:
			s.Dependencies = append(s.Dependencies, dep)
		case assetsArtifact:
			if s.Assets, err = r.readAssets(dir, on, s); err != nil {
				return nil, fmt.Errorf("artifact %s: %w", dep, err)
			}
		}
	}
	return s, nil
}

// readAssets reads the file assets of s from its asset manifest.
func (r *reader) readAssets(dir string, art artifact, s *Stack) ([]Asset, error) {
	file, err := local(dir, art.Properties.File)
	if err != nil {
		return nil, err
	}
	var m assetManifest
	if err := readJSON(filepath.Join(r.root, file), &m); err != nil {
		return nil, err
	}
	var assets []Asset
	for _, id := range slices.Sorted(maps.Keys(m.Files)) {
		f := m.Files[id]
		if f.Source.Path == "" || filepath.Join(dir, f.Source.Path) == s.TemplateFile {
			continue // built by a command when published, or the template
		}
		asset := Asset{ID: id, DisplayName: f.DisplayName, Packaging: f.Source.Packaging}
		asset.Path = filepath.Join(r.root, dir, f.Source.Path)
		for _, d := range f.Destinations {
			asset.ObjectKeys = append(asset.ObjectKeys, d.ObjectKey)
		}
		slices.Sort(asset.ObjectKeys)
		asset.ObjectKeys = slices.Compact(asset.ObjectKeys)
		assets = append(assets, asset)
	}
	return assets, nil
}

// readPaths gives each of the template's resources the path of its construct. CDK writes the paths into the template only
// when it is asked to, but always into the stack's metadata.
func (r *reader) readPaths(dir string, art artifact, t *Template) error {
	metadata := art.Metadata
	if art.AdditionalMetadataFile != "" {
		file, err := local(dir, art.AdditionalMetadataFile)
		if err != nil {
			return err
		}
		if err := readJSON(filepath.Join(r.root, file), &metadata); err != nil {
			return err
		}
	}
	for _, path := range slices.Sorted(maps.Keys(metadata)) {
		for _, entry := range metadata[path] {
			var id string
			if entry.Type != "aws:cdk:logicalId" || json.Unmarshal(entry.Data, &id) != nil {
				continue
			}
			if res := t.Resource(id); res != nil && res.Path == "" {
				res.Path = strings.TrimPrefix(path, "/")
			}
		}
	}
	return nil
}

// parseEnvironment splits aws://ACCOUNT/REGION. CDK's words for "any" become empty.
func parseEnvironment(env string) (account, region string, err error) {
	rest, ok := strings.CutPrefix(env, "aws://")
	account, region, found := strings.Cut(rest, "/")
	if !ok || !found {
		return "", "", fmt.Errorf("environment must be aws://ACCOUNT/REGION, got %q", env)
	}
	if account == "unknown-account" {
		account = ""
	}
	if region == "unknown-region" {
		region = ""
	}
	return account, region, nil
}

// local joins dir and name, which must not lead out of dir.
func local(dir, name string) (string, error) {
	if !filepath.IsLocal(name) {
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
