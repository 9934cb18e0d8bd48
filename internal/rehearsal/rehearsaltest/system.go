package rehearsaltest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
	"github.com/warmstandby/warmstandby/internal/todo/api"
)

// Application is the application that is up.
var Application = endpoints.Application{Name: "ToDoMgmt", Primary: "us-east-1", Secondary: "us-east-2"}

// Request is what somebody asks a System.
type Request struct {
	// At is "token", "lambda", "api" or "edge".
	At string

	// Region is the one that serves.
	Region string

	// Call is the function's own name, or method and path with the query, such as "GET /v1?id=1".
	Call string

	// Body is the body or the payload.
	Body string

	// Token is the access token.
	Token string
}

// Answer is what the System answers.
type Answer struct {
	Status int
	Header map[string]string
	Body   string

	// Break closes the connection instead.
	Break bool
}

// Options says how a System differs from one that is right.
type Options struct {
	// Lag is how many reads of the secondary Region a write takes to be seen there.
	Lag int

	// Change may change every answer before it is given. It must allow concurrent calls. Default: nothing is changed.
	Change func(Request, *Answer)
}

// System is an application that is up.
type System struct {
	options   Options
	endpoints endpoints.Endpoints
	functions map[string]map[string]*api.Function // by Region and own name
	servers   []*httptest.Server
}

// Start starts a System.
func Start(o Options) *System {
	data := &table{lag: o.Lag}
	s := &System{options: o, functions: map[string]map[string]*api.Function{
		Application.Primary:   functions(Application.Primary, data),
		Application.Secondary: functions(Application.Secondary, replica{data}),
	}}
	s.endpoints = endpoints.Endpoints{
		Edge:     s.serve(s.front("edge", Application.Primary)),
		API:      make(map[string]string),
		Token:    make(map[string]string),
		Clients:  make(map[string]endpoints.Client),
		AWS:      endpoints.AWS{Endpoint: s.serve(s.lambda), AccessKeyID: "AKIAOPERATOR", SecretAccessKey: "operator's secret"},
		Database: make(map[string]endpoints.Database),
	}
	for i, region := range Application.Regions() {
		s.endpoints.API[region] = s.serve(s.front("api", region)) + "/prod"
		s.endpoints.Token[region] = s.serve(s.token(region)) + "/oauth2/token"
		s.endpoints.Clients[region] = endpoints.Client{ID: "client-" + region, Secret: "secret of " + region}
		s.endpoints.Database[region] = endpoints.Database{
			Writer: fmt.Sprintf("127.0.0.1:330%d", i), Reader: fmt.Sprintf("127.0.0.1:331%d", i), Proxy: fmt.Sprintf("127.0.0.1:332%d", i),
		}
	}
	return s
}

// New starts a System that is closed with the test.
func New(t *testing.T, o Options) *System {
	t.Helper()
	s := Start(o)
	t.Cleanup(s.Close)
	return s
}

// Application is [Application].
func (s *System) Application() endpoints.Application { return Application }

// Endpoints is where it can be reached. There is no database.
func (s *System) Endpoints() endpoints.Endpoints { return s.endpoints }

// Close stops it.
func (s *System) Close() {
	for _, server := range s.servers {
		server.Close()
	}
	s.servers = nil
}

func (s *System) serve(handler http.HandlerFunc) string {
	server := httptest.NewServer(handler)
	s.servers = append(s.servers, server)
	return server.URL
}

// answer answers q with a, changed as the options have it.
func (s *System) answer(w http.ResponseWriter, q Request, a Answer) {
	if s.options.Change != nil {
		s.options.Change(q, &a)
	}
	if a.Break {
		panic(http.ErrAbortHandler)
	}
	for name, value := range a.Header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(a.Status)
	_, _ = io.WriteString(w, a.Body) // a client that has gone needs no answer
}

// front serves the API of a Region, at its stage or at the edge.
func (s *System) front(at, region string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // half a body is refused by the functions
		r.URL.Path = strings.TrimPrefix(r.URL.Path, "/prod")
		token := r.Header.Get("Authorization")
		q := Request{At: at, Region: region, Call: r.Method + " " + r.URL.RequestURI(), Body: string(body), Token: token}
		function, ok := s.functions[region][routes[r.Method+" "+r.URL.Path]]
		switch {
		case !ok:
			s.answer(w, q, refusal(region, http.StatusNotFound))
		case r.URL.Path != "/v1/health" && !accepts(region, token):
			s.answer(w, q, refusal(region, http.StatusUnauthorized))
		default:
			s.answer(w, q, invoke(r, function, event(r, body)))
		}
	}
}

// accepts tells whether a Region's authorizer accepts the token: of its own pool, and in the secondary of both.
func accepts(region, token string) bool {
	return token == "jwt-"+region || region == Application.Secondary && token == "jwt-"+Application.Primary
}

// refusal is an answer that API Gateway makes up.
func refusal(region string, status int) Answer {
	body := fmt.Sprintf(`{"type":"about:blank","title":%q,"status":%d,"detail":"refused"}`, http.StatusText(status), status)
	return Answer{Status: status, Body: body, Header: map[string]string{
		"Content-Type": "application/problem+json", api.RegionHeader: region,
	}}
}

// invoke invokes a function. Functions of this application return no errors.
func invoke(r *http.Request, f *api.Function, payload []byte) Answer {
	output, _ := f.Invoke(r.Context(), payload)
	var a struct {
		StatusCode int               `json:"statusCode"`
		Headers    map[string]string `json:"headers"`
		Body       string            `json:"body"`
	}
	if err := json.Unmarshal(output, &a); err != nil {
		panic(err)
	}
	return Answer{Status: a.StatusCode, Header: a.Headers, Body: a.Body}
}

// lambda serves Lambda's API. The Region is that of the signature. What [Options.Change] changes is what the function answers; a
// Status of 0 makes it a function error.
func (s *System) lambda(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // half a payload is refused by the functions
	scope := strings.Split(r.Header.Get("Authorization"), "/")
	path := strings.Split(strings.TrimPrefix(r.URL.Path, "/2015-03-31/functions/"), "/")
	if len(scope) < 3 || s.functions[scope[2]] == nil {
		http.Error(w, "{}", http.StatusForbidden)
		return
	}
	region, name := scope[2], path[0]
	own := name[strings.LastIndex(name, "-")+1:]
	f, ok := s.functions[region][own]
	if !ok || Application.Function(region, own) != name {
		w.Header().Set("X-Amzn-Errortype", "ResourceNotFoundException")
		http.Error(w, `{"Message":"Function not found"}`, http.StatusNotFound)
		return
	}
	q := Request{At: "lambda", Region: region, Call: own, Body: string(body)}
	if r.Method == http.MethodGet {
		q.Call = "GetFunction " + own
		s.answer(w, q, Answer{Status: http.StatusOK, Body: fmt.Sprintf(`{"Configuration":{"FunctionName":%q,"State":"Active"}}`, name)})
		return
	}
	s.answerInvocation(w, q, invoke(r, f, body))
}

// answerInvocation wraps a function's answer as Lambda does.
func (s *System) answerInvocation(w http.ResponseWriter, q Request, a Answer) {
	if s.options.Change != nil {
		s.options.Change(q, &a)
	}
	if a.Break {
		panic(http.ErrAbortHandler)
	}
	if a.Status == 0 {
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
		_, _ = io.WriteString(w, a.Body) // a client that has gone needs no answer
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"statusCode": a.Status, "headers": a.Header, "body": a.Body}) // as above
}

// token serves a Region's token endpoint.
func (s *System) token(region string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id, secret, _ := r.BasicAuth()
		q := Request{At: "token", Region: region, Call: r.Method + " " + r.URL.Path, Body: r.FormValue("scope")}
		header := map[string]string{"Content-Type": "application/json"}
		refuse := func(code string) {
			s.answer(w, q, Answer{Status: http.StatusBadRequest, Header: header, Body: fmt.Sprintf(`{"error":%q}`, code)})
		}
		switch want := s.endpoints.Clients[region]; {
		case r.FormValue("grant_type") != "client_credentials":
			refuse("unsupported_grant_type")
		case id != want.ID || secret != want.Secret:
			q.Token = "bad secret"
			refuse("invalid_client")
		case q.Body != "" && q.Body != "api/upsert-delete":
			refuse("invalid_scope")
		default:
			s.answer(w, q, Answer{
				Status: http.StatusOK, Header: header,
				Body: fmt.Sprintf(`{"access_token":"jwt-%s","expires_in":3600,"token_type":"Bearer"}`, region),
			})
		}
	}
}
