package test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// stateful are the types of resources that hold what a deployment cannot make again. A changed logical ID replaces them.
var stateful = map[string]bool{
	"AWS::CloudFront::Distribution":  true,
	"AWS::CloudFront::KeyValueStore": true,
	"AWS::CodeCommit::Repository":    true,
	"AWS::Cognito::UserPool":         true,
	"AWS::Cognito::UserPoolClient":   true,
	"AWS::Cognito::UserPoolDomain":   true,
	"AWS::EC2::Subnet":               true,
	"AWS::EC2::VPC":                  true,
	"AWS::Events::Archive":           true,
	"AWS::KMS::Key":                  true,
	"AWS::RDS::DBCluster":            true,
	"AWS::RDS::DBInstance":           true,
	"AWS::RDS::DBProxy":              true,
	"AWS::RDS::DBSubnetGroup":        true,
	"AWS::RDS::GlobalCluster":        true,
	"AWS::S3::Bucket":                true,
	"AWS::SecretsManager::Secret":    true,
	"AWS::SNS::Topic":                true,
	"AWS::SQS::Queue":                true,
	"AWS::ApiGateway::RestApi":       true,
}

func TestGoldenTemplates(t *testing.T) {
	for _, s := range defaultApplication(t).Stacks {
		t.Run(s.Name, func(t *testing.T) {
			golden(t, s.Name+".golden.json", normalize(t, templateOf(t, s)))
		})
	}
	recovery := recoveryStack(t)
	golden(t, recovery.Name+".golden.json", normalize(t, templateIn(t, arpioApplication(t), recovery)))
}

func TestGoldenIDs(t *testing.T) {
	seen := 0
	for _, s := range append(slices.Clone(defaultApplication(t).Stacks), recoveryStack(t)) {
		var ids strings.Builder
		for _, r := range s.Template.Resources {
			if stateful[r.Type] {
				fmt.Fprintf(&ids, "%s\t%s\n", r.LogicalID, r.Type)
				seen++
			}
		}
		golden(t, s.Name+".ids.golden", []byte(ids.String()))
	}
	if seen == 0 {
		t.Error("no stack holds data, so nothing was proved")
	}
}

// What changes with every change of a function's code: the hashes of assets, and of the versions that are published from them.
var (
	assetHash   = regexp.MustCompile(`[0-9a-f]{64}`)
	publishHash = regexp.MustCompile(`(ASSET:[0-9]{12}-[a-z0-9-]+-)[0-9a-f]{8}`)
	versionHash = regexp.MustCompile(`(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}`)
)

// normalize is a template without what changes with every change of a function's code.
func normalize(t *testing.T, template map[string]any) []byte {
	t.Helper()
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(template); err != nil {
		t.Fatal(err)
	}
	text := assetHash.ReplaceAll(out.Bytes(), []byte("ASSET"))
	text = publishHash.ReplaceAll(text, []byte("${1}HASH"))
	return versionHash.ReplaceAll(text, []byte("${1}VERSION"))
}

// golden compares got with a file under testdata, or writes it there with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run `make golden` if the stack is new", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is not what is synthesized (-file +synthesized); run `make golden` if the change is meant:\n%s", path, diff)
	}
}
