package assembly

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

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
