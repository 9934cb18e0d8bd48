package endpoint

import (
	"context"
	"net/http"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// secretsManager is Secrets Manager. A secret has one version, AWSCURRENT.
func secretsManager() *service {
	secret := on(func(c *Call) string {
		return c.arn(func(r *awssim.Region) string { return r.SecretARN(c.Str("SecretId")) })
	})
	return &service{
		name:      "secretsmanager",
		protocols: []protocol{jsonRPC{version: "1.1"}},
		operations: []operation{
			{name: "GetSecretValue", resources: secret, policy: secretPolicy, also: decryptSecret, do: getSecretValue},
			{name: "DescribeSecret", resources: secret, policy: secretPolicy, do: describeSecret},
		},
	}
}

const currentVersion = "AWSCURRENT"

func getSecretValue(_ context.Context, c *Call) (any, error) {
	s, err := findSecret(c)
	if err != nil {
		return nil, err
	}
	stage, version := c.Str("VersionStage"), c.Str("VersionId")
	if stage != "" && stage != currentVersion {
		return nil, secretNotFound("Secrets Manager can't find the specified secret value for staging label: " + stage)
	}
	if version != "" && version != s.VersionID {
		return nil, secretNotFound("Secrets Manager can't find the specified secret value for VersionId: " + version)
	}
	return struct {
		ARN           string
		Name          string
		VersionID     string `json:"VersionId"`
		SecretString  string
		VersionStages []string
		CreatedDate   *stamp
	}{s.ARN, s.Name, s.VersionID, s.Value, []string{currentVersion}, stampOf(s.Changed)}, nil
}

func describeSecret(_ context.Context, c *Call) (any, error) {
	s, err := findSecret(c)
	if err != nil {
		return nil, err
	}
	return struct {
		ARN                string
		Name               string
		Description        string `json:",omitempty"`
		KMSKeyID           string `json:"KmsKeyId,omitempty"`
		RotationEnabled    bool
		LastChangedDate    *stamp
		CreatedDate        *stamp
		Tags               []awssim.Tag        `json:",omitempty"`
		VersionIdsToStages map[string][]string // the SDK's spelling
	}{
		s.ARN, s.Name, s.Description, s.KMSKeyID, false, stampOf(s.Changed), stampOf(s.Created), s.Tags,
		map[string][]string{s.VersionID: {currentVersion}},
	}, nil
}

func findSecret(c *Call) (awssim.Secret, error) {
	s, ok := lookup(c, func(_ *awssim.State, r *awssim.Region) (awssim.Secret, bool) { return r.FindSecret(c.Str("SecretId")) })
	if !ok {
		return s, secretNotFound("Secrets Manager can't find the specified secret.")
	}
	return s, nil
}

// decryptSecret is the permission to use the key of a secret that is encrypted with one of the account's keys. See "Secret
// encryption and decryption" in the Secrets Manager user guide.
func decryptSecret(c *Call) []need {
	s, ok := lookup(c, func(_ *awssim.State, r *awssim.Region) (awssim.Secret, bool) { return r.FindSecret(c.Str("SecretId")) })
	if !ok || s.KMSKeyID == "" {
		return nil
	}
	policy, _ := lookup(c, func(state *awssim.State, _ *awssim.Region) (*iam.Policy, bool) {
		return state.KeyPolicies.Get(s.KMSKeyID)
	})
	return []need{{
		action: "kms:Decrypt", resource: s.KMSKeyID, policy: policy,
		context: map[string][]string{"kms:ViaService": {"secretsmanager." + c.Region + ".amazonaws.com"}},
	}}
}

func secretNotFound(message string) error {
	return failure(http.StatusBadRequest, "ResourceNotFoundException", "%s", message)
}

func secretPolicy(c *Call) *iam.Policy {
	s, _ := lookup(c, func(_ *awssim.State, r *awssim.Region) (awssim.Secret, bool) { return r.FindSecret(c.Str("SecretId")) })
	return s.Policy
}
