package rehearsal_test

import (
	"testing"

	"github.com/warmstandby/warmstandby/internal/rehearsal"
)

func TestRefusal(t *testing.T) {
	r := rehearsal.Refusal{
		Principal: "ToDoMgmt-app-pri-GetToDos role", Action: "rds-db:connect", Count: 1,
		Resource: "arn:aws:rds-db:us-east-1:123456789012:dbuser:prx-1/todo_app",
	}
	want := "ToDoMgmt-app-pri-GetToDos role lacked rds-db:connect on arn:aws:rds-db:us-east-1:123456789012:dbuser:prx-1/todo_app"
	if got := r.String(); got != want {
		t.Errorf("got %q", got)
	}
	r.Count = 2
	if got := r.String(); got != want+" (2 times)" {
		t.Errorf("got %q", got)
	}
}

func TestUnknownOperation(t *testing.T) {
	u := rehearsal.UnknownOperation{Service: "rds", Operation: "DescribeEvents", Count: 3}
	if got := u.String(); got != "rds DescribeEvents (3 times)" {
		t.Errorf("got %q", got)
	}
}

func TestProblemsAny(t *testing.T) {
	for _, p := range []rehearsal.Problems{
		{Refusals: []rehearsal.Refusal{{}}},
		{UnknownOperations: []rehearsal.UnknownOperation{{}}},
	} {
		if !p.Any() {
			t.Errorf("%+v are problems", p)
		}
	}
	if (rehearsal.Problems{}).Any() {
		t.Error("there are none")
	}
}
