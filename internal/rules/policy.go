package rules

import (
	"encoding/json"
	"iter"
	"slices"
	"strings"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

// identityPolicies are the resource types whose policies say what a principal may do. In the policies of other resources a
// resource of * means the resource that the policy belongs to, or what reaches through it.
var identityPolicies = []string{
	"AWS::IAM::Group", "AWS::IAM::GroupPolicy", "AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::Role",
	"AWS::IAM::RolePolicy", "AWS::IAM::User", "AWS::IAM::UserPolicy", "AWS::SSO::PermissionSet",
}

// statement is one statement of a policy, with the resource whose policy it is.
type statement struct {
	subject
	raw map[string]any
}

// allows yields every statement of every policy in the assembly that allows something. Denials restrict, however wide they
// are.
func allows(a *assembly.Assembly) iter.Seq[statement] {
	return func(yield func(statement) bool) {
		for x := range each(a) {
			for _, raw := range x.statements() {
				if effect, _ := x.render(raw["Effect"]); effect == "Allow" && !yield(statement{x, raw}) {
					return
				}
			}
		}
	}
}

// statements are the statements of all policy documents in the resource's properties, wherever they are.
func (x subject) statements() []map[string]any {
	var found []map[string]any
	collect := func(v any) {
		for _, s := range list(at(v, "Statement")) {
			if raw, ok := s.(map[string]any); ok && raw["Effect"] != nil {
				found = append(found, raw)
			}
		}
	}
	assembly.Walk(x.resource.Properties, func(path []string, v any) {
		collect(v)
		if len(path) > 0 && strings.Contains(path[len(path)-1], "Policy") {
			collect(x.textPolicy(v))
		}
	})
	return found
}

// textPolicy is a policy document that is given as text, such as that of AWS::Logs::ResourcePolicy; nil if v is none.
func (x subject) textPolicy(v any) any {
	text, _ := x.render(v)
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return nil
	}
	var document any
	if json.Unmarshal([]byte(text), &document) != nil {
		return nil
	}
	return document
}

// texts are the values of one of the statement's elements, such as Action.
func (s statement) texts(element string) []string {
	var texts []string
	for _, v := range list(s.raw[element]) {
		text, _ := s.render(v)
		texts = append(texts, text)
	}
	return texts
}

// identity reports whether the policy is of a principal rather than of a resource.
func (s statement) identity() bool { return slices.Contains(identityPolicies, s.resource.Type) }
