package steady

import (
	"context"
	"fmt"
	"net/http"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/rehearsal/client"
)

// tableReady is the answer of CreateTableFunction, however often it is invoked.
const tableReady = `{"table":"todos","status":"ready"}`

// createTable is the payload that it wants.
const createTable = `{"action": "CREATE_TABLE"}`

// noSuchID is larger than any id, and than what the database can number items with.
const noSuchID = "99999999999999999999"

// checkFunctions invokes the primary Region's functions.
func (r *run) checkFunctions(ctx context.Context) {
	region := r.Application.Primary
	r.begin("functions in " + region)
	name := r.Application.Function(region, topology.CreateTableFunction)
	r.check(ctx, "Lambda knows CreateTableFunction", call{
		text: "GetFunction " + name + " in " + region,
		send: func(ctx context.Context) client.Answer { return r.client.GetFunction(ctx, region, name) },
	}, plainObject(fmt.Sprintf(`{"functionName":%q,"state":"Active"}`, name)))

	create := r.invocation(region, topology.CreateTableFunction, createTable)
	r.check(ctx, "creates the table", create, object(http.StatusOK, region, tableReady))
	r.check(ctx, "leaves the table that is there as it is", create, object(http.StatusOK, region, tableReady))
	r.check(ctx, "asked for something else, says what it can do",
		r.invocation(region, topology.CreateTableFunction, `{"action": "DROP_TABLE"}`), problem(http.StatusBadRequest, region, "CREATE_TABLE"))
	r.check(ctx, "Health says that the database writes", r.invocation(region, topology.HealthFunction, `{}`), healthy(region, "writer"))
	r.checkInvokedItems(ctx, region)
}

// checkInvokedItems works on to-dos with the payloads of the documentation.
func (r *run) checkInvokedItems(ctx context.Context, region string) {
	const payload = `{"task": "Test Primary", "status": "wip"}`
	first := client.Item{Task: "Test Primary", Status: "wip"}
	second, third := first, client.Item{Task: "Sample Task 作業 🚀", Status: "done"}
	invoke := func(function, payload string) call { return r.invocation(region, function, payload) }
	byID := func(i client.Item) string { return fmt.Sprintf(`{"id": "%d"}`, i.ID) }

	r.check(ctx, "creates a to-do", invoke(topology.UpsertToDosFunction, payload), created(region, &first))
	r.check(ctx, "creates another with the same content", invoke(topology.UpsertToDosFunction, payload), created(region, &second))
	r.check(ctx, "updates a to-do to what it is",
		invoke(topology.UpsertToDosFunction, fmt.Sprintf(`{"id": "%d", "task": "Test Primary", "status": "wip"}`, first.ID)).about(first),
		object(http.StatusOK, region, first.String()))
	r.check(ctx, "reads a to-do", invoke(topology.GetToDosFunction, byID(first)).about(first), object(http.StatusOK, region, first.String()))
	r.check(ctx, "creates a to-do in other scripts", invoke(topology.UpsertToDosFunction, third.Creation()), created(region, &third))
	r.check(ctx, "reads it back", invoke(topology.GetToDosFunction, byID(third)).about(third), object(http.StatusOK, region, third.String()))
	r.check(ctx, "removes it", invoke(topology.RemoveToDosFunction, byID(third)).about(third), object(http.StatusOK, region, third.Reference()))
	r.check(ctx, "then does not find it", invoke(topology.GetToDosFunction, byID(third)).about(third), problem(http.StatusNotFound, region))
	r.check(ctx, "does not find an id that no to-do has", invoke(topology.GetToDosFunction, `{"id": "`+noSuchID+`"}`),
		problem(http.StatusNotFound, region))
	r.check(ctx, "refuses a to-do without a status", invoke(topology.UpsertToDosFunction, `{"task": "Test Primary"}`),
		problem(http.StatusBadRequest, region, "status"))
	r.kept = first
}

// checkSecondaryFunctions invokes the functions of the Region that stands by: they read, and refuse to write.
func (r *run) checkSecondaryFunctions(ctx context.Context) {
	region := r.Application.Secondary
	r.begin("functions in " + region)
	byID := fmt.Sprintf(`{"id": "%d"}`, r.kept.ID)
	r.eventually(ctx, "CreateTableFunction finds the replicated table", r.invocation(region, topology.CreateTableFunction, createTable),
		object(http.StatusOK, region, tableReady))
	r.check(ctx, "Health says that the database reads", r.invocation(region, topology.HealthFunction, `{}`), healthy(region, "reader"))
	r.eventually(ctx, "reads what the other Region wrote", r.invocation(region, topology.GetToDosFunction, byID).about(r.kept),
		object(http.StatusOK, region, r.kept.String()))
	r.check(ctx, "refuses to create a to-do", r.invocation(region, topology.UpsertToDosFunction, `{"task": "Test Secondary", "status": "wip"}`),
		standsBy(region))
	r.check(ctx, "refuses to remove a to-do", r.invocation(region, topology.RemoveToDosFunction, byID).about(r.kept), standsBy(region))
	r.check(ctx, "still reads it", r.invocation(region, topology.GetToDosFunction, byID).about(r.kept),
		object(http.StatusOK, region, r.kept.String()))
}

// healthy is the answer of a Region that serves.
func healthy(region, role string) want {
	return object(http.StatusOK, region, fmt.Sprintf(`{"region":%q,"status":"ok","database":{"role":%q}}`, region, role))
}

// plainObject is an answer that does not come from the application, and so names no Region and no media type.
func plainObject(body string) want {
	w := want{status: http.StatusOK, body: body}
	w.matches = func(a client.Answer) error { return sameJSON(body, a.Body) }
	return w
}
