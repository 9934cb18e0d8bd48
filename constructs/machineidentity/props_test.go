package machineidentity

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
)

func TestPropsValidate(t *testing.T) {
	tests := map[string]struct {
		props Props
		want  []string // parts of the error; none means valid
	}{
		"required only":  {props: Props{DomainPrefix: "todo-123456789012"}},
		"shortest":       {props: Props{DomainPrefix: "a", Scopes: []string{"r"}, ResourceServer: "x", AccessTokenValidity: 5 * time.Minute}},
		"longest":        {props: Props{DomainPrefix: strings.Repeat("a", 63), AccessTokenValidity: 24 * time.Hour}},
		"a URL as API":   {props: Props{DomainPrefix: "todo", ResourceServer: "https://api.example.com"}},
		"a named pool":   {props: Props{DomainPrefix: "todo", Name: "To-do callers, v1"}},
		"destroyed":      {props: Props{DomainPrefix: "todo", RemovalPolicy: awscdk.RemovalPolicy_DESTROY}},
		"several scopes": {props: Props{DomainPrefix: "todo", Scopes: []string{"read", "write"}}},

		"fails without a domain prefix":        {Props{}, []string{"DomainPrefix is required"}},
		"fails on a long domain prefix":        {Props{DomainPrefix: strings.Repeat("a", 64)}, []string{"DomainPrefix must be 1 to 63"}},
		"fails on capitals":                    {Props{DomainPrefix: "ToDo"}, []string{`got "ToDo"`}},
		"fails on a leading hyphen":            {Props{DomainPrefix: "-todo"}, []string{"no hyphen at either end"}},
		"fails on a trailing hyphen":           {Props{DomainPrefix: "todo-"}, []string{"no hyphen at either end"}},
		"fails on a dot":                       {Props{DomainPrefix: "to.do"}, []string{`got "to.do"`}},
		"fails on aws in the prefix":           {Props{DomainPrefix: "laws"}, []string{`must not contain "aws"`}},
		"fails on amazon in the prefix":        {Props{DomainPrefix: "amazonas"}, []string{`must not contain "amazon"`}},
		"fails on cognito in the prefix":       {Props{DomainPrefix: "incognito"}, []string{`must not contain "cognito"`}},
		"fails on a pool name with a slash":    {Props{DomainPrefix: "todo", Name: "to/do"}, []string{`got "to/do"`}},
		"fails on a long pool name":            {Props{DomainPrefix: "todo", Name: strings.Repeat("n", 129)}, []string{"Name must be at most 128"}},
		"fails on an API with a space":         {Props{DomainPrefix: "todo", ResourceServer: "to do"}, []string{`ResourceServer must be`, `got "to do"`}},
		"fails on a scope with a slash":        {Props{DomainPrefix: "todo", Scopes: []string{"api/read"}}, []string{`got "api/read"`}},
		"fails on an empty scope":              {Props{DomainPrefix: "todo", Scopes: []string{""}}, []string{`Scopes must each be`}},
		"fails on a scope given twice":         {Props{DomainPrefix: "todo", Scopes: []string{"a", "a"}}, []string{`Scopes has "a" twice`}},
		"fails on too many scopes":             {Props{DomainPrefix: "todo", Scopes: manyScopes(101)}, []string{"Scopes must be at most 100, got 101"}},
		"fails on a token that is short-lived": {Props{DomainPrefix: "todo", AccessTokenValidity: 4 * time.Minute}, []string{"between 5m0s and 24h0m0s, got 4m0s"}},
		"fails on a token that lives too long": {Props{DomainPrefix: "todo", AccessTokenValidity: 25 * time.Hour}, []string{"got 25h0m0s"}},
		"fails on seconds":                     {Props{DomainPrefix: "todo", AccessTokenValidity: 330 * time.Second}, []string{"whole minutes"}},
		"fails on a negative validity":         {Props{DomainPrefix: "todo", AccessTokenValidity: -time.Hour}, []string{"got -1h0m0s"}},
		"fails on a snapshot":                  {Props{DomainPrefix: "todo", RemovalPolicy: awscdk.RemovalPolicy_SNAPSHOT}, []string{"RETAIN or DESTROY, got SNAPSHOT"}},
		"fails with everything at once": {
			Props{DomainPrefix: "AWS aws", Scopes: []string{"a b"}, AccessTokenValidity: time.Second},
			[]string{"1 to 63", `contain "aws"`, "Scopes", "AccessTokenValidity"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := tt.props.validate()
			if len(tt.want) == 0 && err != nil {
				t.Fatalf("refused: %v", err)
			}
			for _, part := range tt.want {
				if err == nil || !strings.Contains(err.Error(), part) {
					t.Errorf("error %v does not say %q", err, part)
				}
			}
		})
	}
}

func manyScopes(n int) []string {
	scopes := make([]string, n)
	for i := range scopes {
		scopes[i] = fmt.Sprintf("scope-%d", i)
	}
	return scopes
}
