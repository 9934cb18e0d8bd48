// Package iamtest makes policies for tests.
package iamtest

import (
	"encoding/json"
	"testing"

	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// Policy is a policy of statements, which are JSON with commas between.
func Policy(t testing.TB, kind iam.Kind, statements string) *iam.Policy {
	t.Helper()
	var document any
	if err := json.Unmarshal([]byte(`{"Statement": [`+statements+`]}`), &document); err != nil {
		t.Fatal(err)
	}
	p, err := iam.Parse(kind, "policy", document)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
