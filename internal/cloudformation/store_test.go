package cloudformation_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/internal/cloudformation"
)

// dynamic is a template with a property V that is a text.
func dynamic(v string) string {
	return fmt.Sprintf(`{"Resources": {"R": {"Type": "Test::Thing", "Properties": {"V": [{"W": %s}]}}}, "Outputs": {"O": {"Value": %[1]s}}}`, v)
}

func TestDynamicReferences(t *testing.T) {
	for reference, want := range map[string]string{
		"{{resolve:ssm:/name}}":                                          "value",
		"{{resolve:ssm:/name:3}}":                                        "third",
		"{{resolve:ssm-secure:/name}}":                                   "secure value",
		"a{{resolve:ssm:/name}}b{{resolve:ssm:/name:3}}c":                "avaluebthirdc",
		"{{resolve:secretsmanager:db}}":                                  `{"user": "admin", "port": 3306}`,
		"{{resolve:secretsmanager:db:SecretString}}":                     `{"user": "admin", "port": 3306}`,
		"{{resolve:secretsmanager:db:SecretString:user}}":                "admin",
		"{{resolve:secretsmanager:db:SecretString:user::}}":              "admin",
		"{{resolve:secretsmanager:db:SecretString:port}}":                "3306",
		"{{resolve:secretsmanager:db:SecretString:user:AWSPREVIOUS:}}":   "old",
		"{{resolve:secretsmanager:db:SecretString:::v1}}":                "plain",
		"{{resolve:secretsmanager:" + secretARN + ":SecretString:user}}": "by arn",
		"{{not:resolved}} {{resolve:}}":                                  "{{not:resolved}} {{resolve:}}",
	} {
		stack := newWorld().mustDeploy(t, templates{"app": dynamic(fmt.Sprintf("%q", reference))}).Stack("app")
		item := stack.Resource("R").Properties["V"].([]any)[0].(map[string]any)
		if item["W"] != want {
			t.Errorf("%s: got %v, want %q", reference, item["W"], want)
		}
		if got, _ := stack.Output("O"); got != reference {
			t.Errorf("output: got %q, want the reference as it is: %q", got, reference)
		}
	}
}

func TestDynamicReferenceOfParts(t *testing.T) {
	v := `{"Fn::Join": ["", ["{{resolve:secretsmanager:", {"Fn::Sub": "d${!b}"}, "{{"]]}`
	newWorld().mustDeploy(t, templates{"app": dynamic(v)})
	v = `{"Fn::Join": ["", ["{{resolve:secretsmanager:", {"Fn::Select": [1, ["x", "db"]]}, ":SecretString:user::}}"]]}`
	stack := newWorld().mustDeploy(t, templates{"app": dynamic(v)}).Stack("app")
	if got := stack.Resource("R").Properties["V"].([]any)[0].(map[string]any)["W"]; got != "admin" {
		t.Errorf("got %v", got)
	}
}

func TestDynamicReferenceErrors(t *testing.T) {
	for reference, want := range map[string]string{
		"{{resolve:ssm:/none}} {{resolve:ssm:/name}}":        "{{resolve:ssm:/none}}: Unable to fetch parameters [/none] from parameter store for this account: not found in us-east-1",
		"{{resolve:ssm:/broken}}":                            "{{resolve:ssm:/broken}}: get parameter /broken in us-east-1: access denied",
		"{{resolve:secretsmanager:none}}":                    "{{resolve:secretsmanager:none}}: get secret none in us-east-1: not found",
		"{{resolve:secretsmanager:db:SecretBinary}}":         "Invalid Secrets Manager reference",
		"{{resolve:secretsmanager:db:SecretString:a:b:c:d}}": "Invalid Secrets Manager reference",
		"{{resolve:secretsmanager:db:SecretString:none}}":    "Could not find a value associated with JSONKey none in SecretString",
		"{{resolve:secretsmanager:db:SecretString:k::v1}}":   "Could not parse SecretString JSON",
		"{{resolve:s3:bucket}}":                              "Dynamic reference to the service s3 is not supported",
	} {
		_, err := newWorld().deploy(t, templates{"app": dynamic(fmt.Sprintf("%q", reference))})
		wantError(t, err, "stack Test/app: resource R (Test::Thing): Properties.V.0.W: ", want)
		if strings.Contains(want, "not found") && !errors.Is(err, cloudformation.ErrNotFound) {
			t.Errorf("error %v does not wrap what the store answered", err)
		}
	}
}
