package steady

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/warmstandby/warmstandby/internal/rehearsal/client"
)

// front is a place where the API is served.
type front struct {
	*run

	base   string // its URL
	region string // which Region must serve
	token  string // of which Region its tokens are
}

func (f front) get(query string) call { return f.request(f.base, f.token, get(query)) }

func (f front) post(body string) call { return f.request(f.base, f.token, post(body)) }

func (f front) remove(body string) call { return f.request(f.base, f.token, remove(body)) }

func (f front) read(i client.Item) call { return f.get(fmt.Sprintf("?id=%d", i.ID)).about(i) }

func (f front) is(i client.Item) want { return object(http.StatusOK, f.region, i.String()) }

func (f front) refused(status int, word ...string) want { return problem(status, f.region, word...) }

// checkEdge works through the edge, which the active Region serves.
func (r *run) checkEdge(ctx context.Context) {
	r.begin("edge")
	f := front{r, r.Endpoints.Edge, r.Application.Primary, r.Application.Primary}
	f.checkWriter(ctx)
}

// checkPrimaryAPI works on the API of the active Region.
func (r *run) checkPrimaryAPI(ctx context.Context) {
	region := r.Application.Primary
	r.begin("API in " + region)
	f := front{r, r.Endpoints.API[region], region, region}
	f.checkWriter(ctx)
}

// checkWriter makes all checks of an API that reads and writes.
func (f front) checkWriter(ctx context.Context) {
	f.check(ctx, "health needs no token, and says that it writes", f.request(f.base, "", get("/health")), healthy(f.region, "writer"))
	f.checkAuthorization(ctx)
	f.checkLife(ctx)
	f.checkBadRequests(ctx)
}

// checkAuthorization asks without a token, and with what is none.
func (f front) checkAuthorization(ctx context.Context) {
	f.check(ctx, "refuses to read without a token", f.request(f.base, "", get("?id=1")), f.refused(http.StatusUnauthorized))
	f.check(ctx, "refuses to write without a token", f.request(f.base, "", post(sample.Creation())), f.refused(http.StatusUnauthorized))
	f.check(ctx, "refuses to delete without a token", f.request(f.base, "", remove(`{"id":"1"}`)), f.refused(http.StatusUnauthorized))
	forged := get("?id=1")
	forged.Token = "not.a.token"
	c := f.request(f.base, "", forged)
	c.text += " with a token that is none"
	f.check(ctx, "refuses a token that is none", c, f.refused(http.StatusUnauthorized))
}

// sample is a to-do of the documentation.
var sample = client.Item{Task: "Sample Task new", Status: "wip"}

// checkLife creates a to-do, reads, updates and deletes it.
func (f front) checkLife(ctx context.Context) {
	item := sample
	f.check(ctx, "creates a to-do", f.post(item.Creation()), created(f.region, &item))
	f.check(ctx, "reads it by its id", f.read(item), f.is(item))
	updated := client.Item{ID: item.ID, Task: "Sample Task Updated", Status: "done"}
	f.check(ctx, "updates it", f.post(updated.String()).about(item), f.is(updated))
	f.check(ctx, "reads what it was updated to", f.read(item), f.is(updated))
	f.check(ctx, "deletes it", f.remove(item.Reference()).about(item), object(http.StatusOK, f.region, item.Reference()))
	f.check(ctx, "then does not find it", f.read(item), f.refused(http.StatusNotFound))
	f.check(ctx, "cannot update what is deleted", f.post(updated.String()).about(item), f.refused(http.StatusNotFound))
	f.check(ctx, "cannot delete it again", f.remove(item.Reference()).about(item), f.refused(http.StatusNotFound))
}

// checkBadRequests sends what must be refused, and looks for the reason in the answer.
func (f front) checkBadRequests(ctx context.Context) {
	f.check(ctx, "refuses to read without an id", f.get(""), f.refused(http.StatusBadRequest, "id"))
	f.check(ctx, "refuses an id that is no number", f.get("?id=one"), f.refused(http.StatusBadRequest, "id", "one"))
	f.check(ctx, "does not find an id that no to-do has", f.get("?id="+noSuchID), f.refused(http.StatusNotFound))
	f.check(ctx, "refuses a to-do without a status", f.post(`{"task":"Sample Task new"}`), f.refused(http.StatusBadRequest, "status"))
	long := client.Item{Task: strings.Repeat("x", 51), Status: "wip"}
	f.check(ctx, "refuses a task of 51 characters", f.post(long.Creation()), f.refused(http.StatusBadRequest, "50", "51"))
	f.check(ctx, "refuses a field that to-dos do not have", f.post(`{"task":"Sample Task new","status":"wip","colour":"red"}`),
		f.refused(http.StatusBadRequest, "colour"))
	f.check(ctx, "refuses what is not JSON", f.post(`{"task":`), f.refused(http.StatusBadRequest))
	f.check(ctx, "refuses to delete without an id", f.remove(`{}`), f.refused(http.StatusBadRequest, "id"))
	unknown := client.Request{Method: http.MethodGet, URL: "/v1/unknown"}
	f.check(ctx, "does not find a path that it has not", f.request(f.base, f.token, unknown), f.refused(http.StatusNotFound))
}

// checkSecondaryAPI works on the API of the Region that stands by: it reads what the other one writes, with the tokens of both,
// and refuses to write.
func (r *run) checkSecondaryAPI(ctx context.Context) {
	primary, region := r.Application.Primary, r.Application.Secondary
	r.begin("API in " + region)
	f := front{r, r.Endpoints.API[region], region, region}
	theirs := front{r, r.Endpoints.API[region], region, primary}
	writer := front{r, r.Endpoints.API[primary], primary, primary}

	f.check(ctx, "health needs no token, and says that it reads", f.request(f.base, "", get("/health")), healthy(region, "reader"))
	f.checkAuthorization(ctx)
	f.eventually(ctx, "reads what the other Region wrote", f.read(r.kept), f.is(r.kept))
	f.check(ctx, "accepts a token of the other Region", theirs.read(r.kept), f.is(r.kept))
	f.checkReplication(ctx, writer)
	f.checkRefusedWrites(ctx)
	f.checkBadRequests(ctx)
}

// checkReplication follows a to-do of the writer's through its life.
func (f front) checkReplication(ctx context.Context, writer front) {
	item := client.Item{Task: "Sample Task new for failover", Status: "wip"}
	f.check(ctx, "meanwhile the other Region creates one", writer.post(item.Creation()), created(writer.region, &item))
	f.eventually(ctx, "reads it", f.read(item), f.is(item))
	updated := client.Item{ID: item.ID, Task: item.Task, Status: "done"}
	f.check(ctx, "the other Region updates it", writer.post(updated.String()).about(item), writer.is(updated))
	f.eventually(ctx, "reads what it was updated to", f.read(item), f.is(updated))
	f.check(ctx, "the other Region deletes it", writer.remove(item.Reference()).about(item),
		object(http.StatusOK, writer.region, item.Reference()))
	f.eventually(ctx, "then does not find it", f.read(item), f.refused(http.StatusNotFound))
}

// checkRefusedWrites tries to write where nothing can be written.
func (f front) checkRefusedWrites(ctx context.Context) {
	f.check(ctx, "refuses to create a to-do", f.post(sample.Creation()), standsBy(f.region))
	changed := client.Item{ID: f.kept.ID, Task: "Test Secondary", Status: "done"}
	f.check(ctx, "refuses to update a to-do", f.post(changed.String()).about(f.kept), standsBy(f.region))
	f.check(ctx, "refuses to delete a to-do", f.remove(f.kept.Reference()).about(f.kept), standsBy(f.region))
	f.check(ctx, "reads it unchanged", f.read(f.kept), f.is(f.kept))
}
