package failbackcheck

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/constructs/recoveryfailback/checks"
)

func getenv(variables map[string]string) func(string) string {
	return func(name string) string { return variables[name] }
}

// The function asks the stack's Region, wherever it runs itself, and signs with its own credentials.
func TestNew(t *testing.T) {
	var authorization string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		authorization = r.Header.Get("Authorization")
		w.WriteHeader(http.StatusBadRequest)
		w.Write([]byte(`<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack with id S does not exist</Message></Error></ErrorResponse>`))
	}))
	defer server.Close()
	c, err := New(getenv(map[string]string{
		checks.EnvAccessStack: "S", checks.EnvAccessStackRegion: "eu-west-1", "AWS_REGION": "us-east-2", "AWS_ENDPOINT_URL": server.URL,
		"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "SECRET", "AWS_SESSION_TOKEN": "session",
	}), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Handle(t.Context(), checks.Request{Check: checks.AccessAbsent})
	expect(t, answer, err, "there is no stack S", "")
	if !strings.Contains(authorization, "AKIDEXAMPLE/") || !strings.Contains(authorization, "/eu-west-1/cloudformation/") {
		t.Errorf("signed with %q", authorization)
	}
}

func TestNewFailsOnHalfAStack(t *testing.T) {
	_, err := New(getenv(map[string]string{checks.EnvAccessStack: "S"}), nil)
	if err == nil || !strings.Contains(err.Error(), `ACCESS_STACK and ACCESS_STACK_REGION must be set together, got "S" and ""`) {
		t.Errorf("got %v", err)
	}
}
