package assembly_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

// Whatever the files of an assembly hold, reading them ends with an assembly or with an error.
func FuzzRead(f *testing.F) {
	files := []string{"manifest.json", "S.template.json", "S.assets.json", "S.metadata.json", "validation-report.json"}
	f.Add(`{"artifacts": {
			"A": {"type": "cdk:asset-manifest", "properties": {"file": "S.assets.json"}},
			"S": {"type": "aws:cloudformation:stack", "environment": "aws://1/us-east-1", "dependencies": ["A"],
				"properties": {"templateFile": "S.template.json"}, "additionalMetadataFile": "S.metadata.json"}},
			"missing": [{"key": "k", "provider": "p"}]}`,
		`{"Resources": {"R": {"Type": "AWS::S3::Bucket", "DependsOn": ["R"]}}, "Outputs": {"O": {"Value": {"Fn::ImportValue": {"Ref": "R"}}}}}`,
		`{"files": {"F": {"source": {"path": "../x", "packaging": "zip"}, "destinations": {"d": {"objectKey": "k"}}}}}`,
		`{"/S/R": [{"type": "aws:cdk:logicalId", "data": "R"}]}`,
		`{"pluginReports": [{"violations": [{"violatingConstructs": [{"constructPath": "S/R"}]}]}]}`)
	f.Add(`{"artifacts": {"N": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}}}}`, `{}`, `{}`, `{}`, `{}`)
	f.Add(`{"artifacts": {"S": {"type": "aws:cloudformation:stack", "environment": "aws://1", "properties": []}}}`, `[]`, `1`, `null`, ``)
	f.Fuzz(func(t *testing.T, manifest, template, assets, metadata, report string) {
		dir := t.TempDir()
		for i, text := range []string{manifest, template, assets, metadata, report} {
			if err := os.WriteFile(filepath.Join(dir, files[i]), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		a, err := assembly.Read(dir)
		if (a == nil) == (err == nil) {
			t.Errorf("got assembly %v and error %v, want one of them", a, err)
		}
	})
}
