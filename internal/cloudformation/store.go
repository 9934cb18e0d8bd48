package cloudformation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ErrNotFound is what a [Store] answers, or wraps, when it does not hold what is asked for.
var ErrNotFound = errors.New("not found")

// Store holds what templates refer to by name: Systems Manager parameters and Secrets Manager secrets.
type Store interface {
	// Parameter is the value of a Systems Manager parameter; of a list, with commas between the items.
	Parameter(ctx context.Context, ref ParameterReference) (string, error)

	// Secret is the text of a secret.
	Secret(ctx context.Context, ref SecretReference) (string, error)
}

// ParameterReference refers to a Systems Manager parameter.
type ParameterReference struct {
	Environment

	// Name is the parameter's name or ARN.
	Name string

	// Version is the version; 0 for the newest.
	Version int

	// Secure reports whether the parameter must be a SecureString; if not, it must not be one.
	Secure bool
}

// SecretReference refers to a version of a secret.
type SecretReference struct {
	Environment

	// ID is the secret's name or ARN.
	ID string

	// VersionStage is the staging label of the version, such as AWSCURRENT; empty if VersionID says which.
	VersionStage string

	// VersionID is the ID of the version; empty if VersionStage says which.
	VersionID string
}

// Bootstrapped is store for accounts and Regions that the CDK CLI has bootstrapped. It adds the parameter with the version of
// the bootstrap stack, under every qualifier.
func Bootstrapped(store Store) Store { return bootstrapped{store} }

type bootstrapped struct{ Store }

// bootstrapVersion is the name of the parameter with the version of the bootstrap stack, whose template is
// https://github.com/aws/aws-cdk-cli/blob/main/packages/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml.
var bootstrapVersion = regexp.MustCompile(`^/cdk-bootstrap/[^/]+/version$`)

func (b bootstrapped) Parameter(ctx context.Context, ref ParameterReference) (string, error) {
	if bootstrapVersion.MatchString(ref.Name) {
		return "33", nil
	}
	return b.Store.Parameter(ctx, ref)
}

// fetch asks store for a Systems Manager parameter.
func fetch(ctx context.Context, store Store, ref ParameterReference) (string, error) {
	v, err := store.Parameter(ctx, ref)
	if errors.Is(err, ErrNotFound) {
		return "", fmt.Errorf("Unable to fetch parameters [%s] from parameter store for this account: %w in %s", ref.Name, err, ref.Region)
	}
	if err != nil {
		return "", fmt.Errorf("get parameter %s in %s: %w", ref.Name, ref.Region, err)
	}
	return v, nil
}

// dynamicReference finds {{resolve:service:reference}}. See
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html.
var dynamicReference = regexp.MustCompile(`\{\{resolve:([^:{}]+):([^{}]+)\}\}`)

// dynamic is a copy of v, which is resolved otherwise, with the dynamic references in its texts resolved.
func (s *stack) dynamic(ctx context.Context, v any, store Store) (any, error) {
	switch v := v.(type) {
	case map[string]any:
		object := make(map[string]any, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			inner, err := s.dynamic(ctx, v[key], store)
			if err != nil {
				return nil, within(key, err)
			}
			object[key] = inner
		}
		return object, nil
	case []any:
		list := make([]any, len(v))
		for i := range v {
			inner, err := s.dynamic(ctx, v[i], store)
			if err != nil {
				return nil, within(strconv.Itoa(i), err)
			}
			list[i] = inner
		}
		return list, nil
	case string:
		return s.dynamicText(ctx, v, store)
	}
	return v, nil
}

// dynamicText is t with the dynamic references in it resolved.
func (s *stack) dynamicText(ctx context.Context, t string, store Store) (string, error) {
	var firstErr error
	resolved := dynamicReference.ReplaceAllStringFunc(t, func(reference string) string {
		if firstErr != nil {
			return ""
		}
		parts := dynamicReference.FindStringSubmatch(reference)
		var v string
		if v, firstErr = s.dynamicValue(ctx, parts[1], parts[2], store); firstErr != nil {
			firstErr = fmt.Errorf("%s: %w", reference, firstErr)
		}
		return v
	})
	return resolved, firstErr
}

// dynamicValue is what a dynamic reference to a service stands for.
func (s *stack) dynamicValue(ctx context.Context, service, reference string, store Store) (string, error) {
	switch service {
	case "ssm", "ssm-secure":
		ref := ParameterReference{Environment: s.Environment, Name: reference, Secure: service == "ssm-secure"}
		if i := strings.LastIndex(reference, ":"); i >= 0 {
			if version, err := strconv.Atoi(reference[i+1:]); err == nil {
				ref.Name, ref.Version = reference[:i], version
			}
		}
		return fetch(ctx, store, ref)
	case "secretsmanager":
		return s.secret(ctx, reference, store)
	}
	return "", fmt.Errorf("Dynamic reference to the service %s is not supported", service)
}

// secret is what secret-id:SecretString:json-key:version-stage:version-id stands for, of which all but the ID may be left out.
// The ID may be an ARN, which has colons of its own.
func (s *stack) secret(ctx context.Context, reference string, store Store) (string, error) {
	const arnColons = 6 // arn:partition:secretsmanager:region:account:secret:name
	const kind, key, stage, version, count = 0, 1, 2, 3, 4
	parts := strings.Split(reference, ":")
	idParts := 1
	if parts[0] == "arn" {
		idParts = min(len(parts), arnColons+1)
	}
	ref := SecretReference{Environment: s.Environment, ID: strings.Join(parts[:idParts], ":")}
	rest := append(parts[idParts:], make([]string, count)...)
	if len(rest) > 2*count || rest[kind] != "" && rest[kind] != "SecretString" {
		return "", errors.New("Invalid Secrets Manager reference: it must be secret-id:SecretString:json-key:version-stage:version-id")
	}
	ref.VersionStage, ref.VersionID = rest[stage], rest[version]
	if ref.VersionStage == "" && ref.VersionID == "" {
		ref.VersionStage = "AWSCURRENT"
	}
	secret, err := store.Secret(ctx, ref)
	if err != nil {
		return "", fmt.Errorf("get secret %s in %s: %w", ref.ID, ref.Region, err)
	}
	if rest[key] == "" {
		return secret, nil
	}
	return jsonKey(secret, rest[key])
}

// jsonKey is the value of key in a secret that is a JSON object. Errors do not tell the secret.
func jsonKey(secret, key string) (string, error) {
	var object map[string]any
	if json.Unmarshal([]byte(secret), &object) != nil {
		return "", errors.New("Could not parse SecretString JSON")
	}
	v, ok := text(object[key])
	if !ok {
		return "", fmt.Errorf("Could not find a value associated with JSONKey %s in SecretString", key)
	}
	return v, nil
}
