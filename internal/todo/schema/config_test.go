package schema

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/warmstandby/warmstandby/internal/todo/database"
)

// getenv reads from variables.
func getenv(variables map[string]string) func(string) string {
	return func(name string) string { return variables[name] }
}

func TestReadConfig(t *testing.T) {
	const endpoint, arn = "DATABASE_CLUSTER_ENDPOINT", "DATABASE_SECRET_ARN"
	for name, test := range map[string]struct {
		variables map[string]string
		want      string
	}{
		"neither":                   {nil, ""},
		"both":                      {map[string]string{endpoint: "cluster.example:3306", arn: secretARN}, ""},
		"fails without endpoint":    {map[string]string{arn: secretARN}, "environment variable DATABASE_CLUSTER_ENDPOINT is not set"},
		"fails without secret":      {map[string]string{endpoint: "cluster.example:3306"}, "environment variable DATABASE_SECRET_ARN is not set"},
		"fails on a bad endpoint":   {map[string]string{endpoint: "a b", arn: secretARN}, `environment variable DATABASE_CLUSTER_ENDPOINT must be a host name, with or without a port from 1 to 65535, got "a b"`},
		"fails on a secret by name": {map[string]string{endpoint: "cluster.example:3306", arn: "master"}, `environment variable DATABASE_SECRET_ARN must be an ARN, got "master"`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ReadConfig(getenv(test.variables))
			if err == nil {
				if want := (Config{test.variables[endpoint], test.variables[arn]}); got != want || test.want != "" {
					t.Errorf("got %+v, want %+v, %s", got, want, test.want)
				}
			} else if err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// TestNewSecrets calls a server in the place of Secrets Manager.
func TestNewSecrets(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		scope := "/us-east-1/secretsmanager/aws4_request"
		if r.Header.Get("X-Amz-Target") != "secretsmanager.GetSecretValue" ||
			!strings.Contains(r.Header.Get("Authorization"), scope) || !strings.Contains(string(body), secretARN) {
			http.Error(w, "unexpected request", http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		_, _ = io.WriteString(w, `{"SecretString":"s"}`)
	}))
	defer server.Close()
	cfg := database.Config{Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("AKID", "SECRET", "")}

	for _, variables := range []map[string]string{
		{"AWS_ENDPOINT_URL": server.URL},
		{"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_SECRETS_MANAGER": server.URL},
	} {
		in := &secretsmanager.GetSecretValueInput{SecretId: aws.String(secretARN)}
		out, err := NewSecrets(cfg, getenv(variables)).GetSecretValue(t.Context(), in)
		if err != nil || aws.ToString(out.SecretString) != "s" {
			t.Errorf("%v: got %v, %v", variables, out, err)
		}
	}
}
