package cloudformation_test

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/warmstandby/warmstandby/internal/assembly"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
)

// FuzzDeploy deploys any template twice: nothing makes it panic, and both times the same comes out.
func FuzzDeploy(f *testing.F) {
	f.Add([]byte(snippet(`{"Fn::Sub": ["${a}${Other.Arn}${!b}", {"a": {"Fn::Select": [1, {"Fn::Split": [",", "x,y"]}]}}]}`, plain)))
	f.Add([]byte(snippet(`[{"Fn::Cidr": ["10.0.0.0/16", 2, 8]}, {"Fn::GetAZs": ""}, {"Fn::If": ["Yes", {"Ref": "Other"}, 1]}]`, plain)))
	f.Add([]byte(snippet(`{"Fn::ToJsonString": {"a": {"Fn::FindInMap": ["Map", "x", "y", {"DefaultValue": {"Fn::Length": [1]}}]}}}`, extended)))
	f.Add([]byte(snippet(`{"Fn::Join": ["", ["{{resolve:secretsmanager:db:SecretString:user::}}", {"Fn::ImportValue": "x"}]]}`, plain)))
	f.Add([]byte(snippet(`{"Fn::GetStackOutput": {"StackName": "fuzz", "OutputName": "x", "RoleArn": "a:b:c:d:e"}}`, plain)))
	f.Add([]byte(conditional(`{"Fn::Or": [{"Fn::Not": [{"Condition": "No"}]}, {"Fn::Equals": [{"Ref": "Stage"}, "x"]}]}`)))
	f.Add([]byte(ruled(`{"Fn::Equals": [1, 1]}`, `{"Fn::EachMemberIn": [{"Ref": "Zones"}, ["a", "b"]]}`)))
	f.Add([]byte(parameterized(`{"Type": "Number", "Default": 2, "MinValue": 1, "AllowedValues": [2], "AllowedPattern": "2"}`)))
	f.Add([]byte(`{"Resources": {"A": {"Type": "Test::Nothing", "DependsOn": "B"}, "B": {"Type": "Test::Thing", "DependsOn": ["A"]}}}`))
	file := filepath.Join(f.TempDir(), "fuzz.template.json")
	f.Fuzz(func(t *testing.T, data []byte) {
		template, err := assembly.ParseTemplate(data)
		if err != nil {
			return
		}
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		a, err := assembly.New(&assembly.Stack{
			ID: "fuzz", DisplayName: "fuzz", Name: "fuzz", Account: account, Region: "us-east-1", Template: template,
			TemplateFile: filepath.Base(file),
		})
		if err != nil {
			return
		}
		a.Dir = filepath.Dir(file)
		first, firstErr := cloudformation.Deploy(t.Context(), a, newWorld().options)
		second, secondErr := cloudformation.Deploy(t.Context(), a, newWorld().options)
		if (firstErr == nil) != (secondErr == nil) || firstErr != nil && firstErr.Error() != secondErr.Error() {
			t.Errorf("errors differ: %v and %v", firstErr, secondErr)
		}
		if !reflect.DeepEqual(first, second) {
			t.Errorf("deployments differ: %+v and %+v", first, second)
		}
	})
}
