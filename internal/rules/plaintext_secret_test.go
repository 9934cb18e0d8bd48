package rules_test

import (
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/internal/rules"
)

func TestPlaintextSecret(t *testing.T) {
	variable := func(name, value string) stacks {
		return one(`"F": {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": {"` + name + `": ` + value + `}}}}`)
	}
	property := func(typ, properties string) stacks {
		return one(`"R": {"Type": "` + typ + `", "Properties": {` + properties + `}}`)
	}
	// The keys are put together here so that no scanner takes this file for a leak.
	accessKey := "AKIA" + "IOSFODNN7EXAMPLE"
	privateKey := "-----BEGIN RSA PRIVATE" + " KEY-----"
	random := "c9Zt4Lq0vHs7" + "Xe2RmKw5aBnP8yJd"
	testRule(t, "plaintext-secret", map[string]ruleTest{
		"noncompliant 1: password": {
			stacks: property("AWS::RDS::DBCluster", `"MasterUserPassword": "hunter2"`),
			want:   []string{"Test R MasterUserPassword"},
			says:   "MasterUserPassword holds a literal where its name says password",
		},
		"noncompliant 2: nested": {
			stacks: property("AWS::CodePipeline::Pipeline", `"Stages": [{"Actions": [{"Configuration": {"OAuthToken": "ghp_x"}}]}]`),
			want:   []string{"Test R Stages.0.Actions.0.Configuration.OAuthToken"},
		},
		"noncompliant 3: whole secret": {
			stacks: property("AWS::SecretsManager::Secret", `"SecretString": "{\"password\": \"x\"}"`), want: []string{"Test R SecretString"},
		},
		"noncompliant 4: AWS access key": {
			stacks: property("AWS::EC2::Instance", `"UserData": "export AWS_ACCESS_KEY_ID=`+accessKey+`"`),
			want:   []string{"Test R UserData"},
			says:   "an AWS access key",
		},
		"noncompliant 5: private key": {
			stacks: property("AWS::Lambda::Function", `"Code": {"ZipFile": "`+privateKey+`"}`),
			want:   []string{"Test R Code.ZipFile"},
		},
		"noncompliant 6: variable by its name": {
			stacks: variable("API_KEY", `"x"`), want: []string{"Test F Environment.Variables.API_KEY"},
		},
		"noncompliant 7: random variable": {
			stacks: variable("SIGNING", `"`+random+`"`),
			want:   []string{"Test F Environment.Variables.SIGNING"},
			says:   "random text",
		},
		"noncompliant 8: random hexadecimal variable": {
			stacks: variable("SALT", `"9f86d081884c7d659a2feaa0c55ad015"`), want: []string{"Test F Environment.Variables.SALT"},
		},
		"noncompliant 9: default of a hidden parameter": {
			stacks: stacks{"Test us-east-1": `{"Parameters": {"Db": {"Type": "String", "NoEcho": true, "Default": "hunter2"}}}`},
			want:   []string{"Test Db Default"},
		},
		"compliant: ids of Arpio's": {
			stacks: one(`"F": {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": {
				"RECOVERY_DNS_PLAN": "{\"app\":\"hSN9jWjSCtEY7UdRJRslwo\"}"}}}}`),
		},
		"compliant 1: dynamic reference": {
			stacks: property("AWS::RDS::DBCluster", `"MasterUserPassword": "{{resolve:secretsmanager:s:SecretString:password::}}"`),
		},
		"compliant 2: dynamic reference in parts": {
			stacks: property("AWS::RDS::DBCluster", `"MasterUserPassword": {"Fn::Join": ["", ["{{resolve:secretsmanager:", {"Ref": "S"}, ":SecretString:password::}}"]]}`),
		},
		"compliant 3: generated secret": {
			stacks: property("AWS::SecretsManager::Secret", `"GenerateSecretString": {"GenerateStringKey": "password", "PasswordLength": 30,
				"SecretStringTemplate": "{\"username\":\"admin\"}"}`),
		},
		"compliant 4: hidden parameter": {
			stacks: stacks{"Test us-east-1": `{"Parameters": {"Db": {"Type": "String", "NoEcho": true}, "Name": {"Type": "String", "Default": "x"}},
				"Resources": {"R": {"Type": "AWS::RDS::DBCluster", "Properties": {"MasterUserPassword": {"Ref": "Db"}}}}}`},
		},
		"compliant 5: units of Cognito":          {stacks: property("AWS::Cognito::UserPoolClient", `"TokenValidityUnits": {"AccessToken": "minutes"}, "GenerateSecret": true`)},
		"compliant 6: function of a resource":    {stacks: property("Custom::X", `"ServiceToken": "x"`)},
		"compliant 7: where a secret is":         {stacks: variable("DB_SECRET", `"arn:aws:secretsmanager:us-east-1:123456789012:secret:todo-AbCdEf"`)},
		"compliant 8: empty":                     {stacks: variable("TOKEN", `""`)},
		"compliant 9: name made of words":        {stacks: variable("NAME", `"ToDoMgmt-app-us-east-1-CreateTableFunction2"`)},
		"compliant 10: name that CDK generated":  {stacks: variable("NAME", `"CustomVpcRestrictDefaultSGCustomResourceProviderRole26592FE0"`)},
		"compliant 15: path":                     {stacks: variable("PATH_TO", `"/opt/bootstrap/extensions/configuration"`)},
		"compliant 11: address":                  {stacks: variable("URL", `"https://Ab1Cd2Ef3Gh4Ij5Kl6Mn7.execute-api.us-east-1.amazonaws.com/prod"`)},
		"compliant 12: id":                       {stacks: variable("POOL", `"us-east-1_Ab12Cd34E"`)},
		"compliant 13: known later":              {stacks: variable("HOST", `{"Fn::GetAtt": ["Proxy", "Endpoint"]}`)},
		"compliant 14: hexadecimal, not random":  {stacks: variable("ZERO", `"00000000000000000000000000000000"`)},
		"not applicable 1: random elsewhere":     {stacks: property("AWS::Lambda::Version", `"Description": "`+random+`"`)},
		"not applicable 2: nothing but a header": {stacks: one(`"Q": {"Type": "AWS::SQS::Queue"}`)},
	})
}

func TestPlaintextSecretDoesNotRepeatTheSecret(t *testing.T) {
	a := assemble(t, one(`"R": {"Type": "AWS::RDS::DBCluster", "Properties": {"MasterUserPassword": "hunter2"}}`))
	for _, f := range rules.Check(a, nil).Findings {
		if strings.Contains(f.Message+f.Value, "hunter2") {
			t.Errorf("finding repeats the secret: %+v", f)
		}
	}
}
