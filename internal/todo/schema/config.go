package schema

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/warmstandby/warmstandby/functions/env"
	"github.com/warmstandby/warmstandby/internal/todo/database"
)

// Config says how to create what is missing. Its zero value is for a Region that can only check.
type Config struct {
	// ClusterEndpoint is the address of the cluster's writer endpoint: host and port.
	ClusterEndpoint string

	// SecretARN is the secret with the master user's name and password.
	SecretARN string
}

// ReadConfig reads the Config from environment variables. The error names everything that is malformed.
func ReadConfig(getenv func(string) string) (Config, error) {
	endpoint, secret := getenv(env.DatabaseClusterEndpoint), getenv(env.DatabaseSecretARN)
	if endpoint == "" && secret == "" {
		return Config{}, nil
	}
	v := database.NewVariables(getenv)
	c := Config{ClusterEndpoint: v.Address(env.DatabaseClusterEndpoint), SecretARN: v.Required(env.DatabaseSecretARN)}
	if err := v.Err(); err != nil {
		return Config{}, err
	}
	if !strings.HasPrefix(secret, "arn:") {
		return Config{}, fmt.Errorf("environment variable %s must be an ARN, got %q", env.DatabaseSecretARN, secret)
	}
	return c, nil
}

// NewSecrets returns a Secrets Manager client for the function's own Region and role. The SDK's way of reading all its
// settings would load every kind of credentials; a function has one kind.
func NewSecrets(c database.Config, getenv func(string) string) *secretsmanager.Client {
	options := secretsmanager.Options{Region: c.Region, Credentials: c.Credentials}
	for _, name := range []string{"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SECRETS_MANAGER"} { // the last one wins
		if url := getenv(name); url != "" {
			options.BaseEndpoint = aws.String(url)
		}
	}
	return secretsmanager.New(options)
}
