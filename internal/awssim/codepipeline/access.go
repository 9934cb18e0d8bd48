package codepipeline

import (
	"fmt"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// Refusal is something that a pipeline's role, or an action's, lacked.
type Refusal struct {
	Role     string // its name
	Action   string
	Resource string
}

// roleOf returns the role with that ARN, or a failure.
func (m *machine) roleOf(arn string) (awssim.Role, *awssim.ActionError) {
	role, ok := m.state.Roles.Get(arn[strings.LastIndex(arn, "/")+1:])
	if !ok {
		return role, &awssim.ActionError{Code: "ConfigurationError", Message: fmt.Sprintf("Role %s does not exist", arn)}
	}
	return role, nil
}

// assume returns the role that an action is made by: its own, which the pipeline's must be able to assume, or the pipeline's.
func (m *machine) assume(arn string) (awssim.Role, *awssim.ActionError) {
	own, failed := m.roleOf(m.pipeline.RoleARN)
	if failed != nil || arn == "" || arn == own.ARN {
		return own, failed
	}
	role, failed := m.roleOf(arn)
	if failed != nil {
		return role, failed
	}
	return role, m.may(own, need{action: "sts:AssumeRole", resource: role.ARN, policy: role.Trust})
}

// need is something that a role must be allowed.
type need struct {
	action, resource string
	policy           *iam.Policy // the resource's; nil if it has none
	context          map[string][]string
}

// may is nil if the role allows all needs.
func (m *machine) may(role awssim.Role, needs ...need) *awssim.ActionError {
	session := strings.NewReplacer(":iam:", ":sts:", ":role/", ":assumed-role/").Replace(role.ARN) + "/" + m.execution.ID
	for _, n := range needs {
		r := iam.Request{
			Principal: iam.Principal{ARN: session, Role: role.ARN},
			Action:    n.action, Resource: n.resource, Context: n.context, Identity: role.Policies,
		}
		if n.policy != nil {
			r.Resources = []*iam.Policy{n.policy}
		}
		if err := iam.Decide(r).Err(); err != nil {
			m.work.refusals = append(m.work.refusals, Refusal{role.Name, n.action, n.resource})
			return &awssim.ActionError{Code: "PermissionError", Message: fmt.Sprintf(
				"The provided role does not have permissions to perform this action. Underlying error: %v", err)}
		}
	}
	return nil
}

// key is the need to use the key of an artifact store; there is none if AWS owns the key.
func (m *machine) key(store awssim.ArtifactStore, region, action string) []need {
	if store.EncryptionKey == nil {
		return nil
	}
	arn := store.EncryptionKey.ID
	if !strings.HasPrefix(arn, "arn:") { // a key's id
		arn = fmt.Sprintf("arn:aws:kms:%s:%s:key/%s", region, m.state.Account(), arn)
	}
	policy, _ := m.state.KeyPolicies.Get(arn)
	return []need{{
		action: action, resource: arn, policy: policy,
		context: map[string][]string{"kms:ViaService": {"s3." + region + ".amazonaws.com"}},
	}}
}
