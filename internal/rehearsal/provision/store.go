package provision

import (
	"context"
	"fmt"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
)

// store finds the parameters and secrets that templates name in the Cloud. Only their current versions are there.
type store struct{ cloud *awssim.Cloud }

// Parameter is the value of a Systems Manager parameter.
func (s store) Parameter(_ context.Context, ref cloudformation.ParameterReference) (string, error) {
	var found awssim.Parameter
	var ok bool
	s.cloud.Do(func(state *awssim.State) {
		region := state.Region(ref.Region)
		for _, p := range region.Parameters.All() {
			if p.Name == ref.Name || p.ARN == ref.Name {
				found, ok = p, true
			}
		}
	})
	switch {
	case !ok:
		return "", fmt.Errorf("parameter %s: %w", ref.Name, cloudformation.ErrNotFound)
	case ref.Version != 0 && int64(ref.Version) != found.Version:
		return "", fmt.Errorf("version %d of parameter %s: %w", ref.Version, ref.Name, cloudformation.ErrNotFound)
	case ref.Secure != (found.Type == "SecureString"):
		return "", fmt.Errorf("parameter %s is of type %s, which such a reference cannot read", ref.Name, found.Type)
	}
	return found.Value, nil
}

// Secret is the text of a secret.
func (s store) Secret(_ context.Context, ref cloudformation.SecretReference) (string, error) {
	var found awssim.Secret
	var ok bool
	s.cloud.Do(func(state *awssim.State) { found, ok = state.Region(ref.Region).FindSecret(ref.ID) })
	current := ref.VersionStage == "AWSCURRENT" || ref.VersionStage == "" && ref.VersionID == found.VersionID
	if !ok || !current {
		return "", fmt.Errorf("secret %s: %w", ref.ID, cloudformation.ErrNotFound)
	}
	return found.Value, nil
}
