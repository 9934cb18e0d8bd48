package endpoint_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

func TestSecrets(t *testing.T) {
	f := newFixture(t)
	var secret awssim.Secret
	f.in(primary, func(r *awssim.Region) {
		r.PutSecret(awssim.Secret{Name: "master", Value: "old"})
		secret = r.PutSecret(awssim.Secret{Name: "master", Value: `{"password":"p"}`, KMSKeyID: "alias/k", Tags: []awssim.Tag{{Key: "a", Value: "b"}}})
	})
	client := secretsmanager.NewFromConfig(f.config(primary))
	for _, id := range []string{"master", secret.ARN, secret.ARN[:len(secret.ARN)-7]} {
		out := must(client.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: &id}))(t)
		equal(t, id, *out.SecretString, `{"password":"p"}`)
		equal(t, "version", *out.VersionId, secret.VersionID)
		equal(t, "stage", out.VersionStages[0], "AWSCURRENT")
	}
	described := must(client.DescribeSecret(t.Context(), &secretsmanager.DescribeSecretInput{SecretId: aws.String("master")}))(t)
	equal(t, "ARN", *described.ARN, secret.ARN)
	equal(t, "key", *described.KmsKeyId, "alias/k")
	equal(t, "tag", *described.Tags[0].Value, "b")
	equal(t, "stage", described.VersionIdsToStages[secret.VersionID][0], "AWSCURRENT")

	for _, in := range []*secretsmanager.GetSecretValueInput{
		{SecretId: aws.String("none")},
		{SecretId: aws.String("master"), VersionStage: aws.String("AWSPREVIOUS")},
		{SecretId: aws.String("master"), VersionId: aws.String("00000000-0000-4000-8000-000000000000")},
	} {
		_, err := client.GetSecretValue(t.Context(), in)
		f.wantCode(err, "ResourceNotFoundException")
	}
	_, err := client.DescribeSecret(t.Context(), &secretsmanager.DescribeSecretInput{SecretId: aws.String("none")})
	f.wantCode(err, "ResourceNotFoundException")
}
