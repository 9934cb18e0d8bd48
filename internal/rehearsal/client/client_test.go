package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/rehearsal/client"
	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
)

// serve returns a Client of a server that is all of AWS and of the application.
func serve(t *testing.T, handler http.HandlerFunc) (c *client.Client, url string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	c = client.New(endpoints.Endpoints{
		Token: map[string]string{"us-east-1": server.URL + "/oauth2/token"},
		AWS:   endpoints.AWS{Endpoint: server.URL, AccessKeyID: "AKIA", SecretAccessKey: "secret"},
	}, []string{"us-east-1"}, 1)
	t.Cleanup(c.Close)
	return c, server.URL
}

// echo answers with what a request has in it.
func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("X-Served-Region", "us-east-1")
	fmt.Fprintf(w, "%s %s %s %s %s", r.Method, r.URL, r.Header.Get("Authorization"), r.Header.Get("Content-Type"), body)
}

func TestDo(t *testing.T) {
	c, url := serve(t, echo)
	tests := []struct {
		request client.Request
		want    string
	}{
		{client.Request{Method: "GET", URL: url + "/v1?id=1", Token: "abc"}, "GET /v1?id=1 abc"},
		{client.Request{Method: "POST", URL: url + "/v1", Token: "abc", Body: `{"a":1}`}, `POST /v1 abc application/json {"a":1}`},
		{client.Request{Method: "GET", URL: url + "/v1/health"}, "GET /v1/health"},
	}
	for _, tt := range tests {
		a := c.Do(t.Context(), tt.request)
		if got := strings.Join(strings.Fields(string(a.Body)), " "); a.Status != 200 || got != tt.want || a.Region() != "us-east-1" {
			t.Errorf("got %v, want %s", a, tt.want)
		}
	}
	if a := c.Do(t.Context(), client.Request{Method: "GET", URL: ":"}); a.Err == nil {
		t.Error("no error for what is no URL")
	}
}

// A request without a body says that it has none, and is sent once, also if the connection breaks that it is sent on.
func TestDoSendsOnce(t *testing.T) {
	var requests atomic.Int32
	c, url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 || len(r.TransferEncoding) > 0 {
			t.Errorf("a body of %d bytes, encoded as %v", r.ContentLength, r.TransferEncoding)
		}
		if requests.Add(1) == 1 {
			return // and the connection is kept
		}
		panic(http.ErrAbortHandler)
	})
	for _, method := range []string{http.MethodGet, http.MethodGet, http.MethodPost, http.MethodDelete} {
		before := requests.Load()
		a := c.Do(t.Context(), client.Request{Method: method, URL: url + "/v1"})
		if n := requests.Load() - before; n != 1 || (before > 0) != (a.Err != nil) {
			t.Errorf("%s was sent %d times: %v", method, n, a.Err)
		}
	}
}

func TestToken(t *testing.T) {
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		id, secret, _ := r.BasicAuth()
		fmt.Fprint(w, id, secret, r.URL.Path, r.FormValue("grant_type"), r.FormValue("scope"))
	})
	as := endpoints.Client{ID: "id ", Secret: "secret "}
	if got := string(c.Token(t.Context(), "us-east-1", as, "").Body); got != "id secret /oauth2/tokenclient_credentials" {
		t.Errorf("got %q", got)
	}
	if got := string(c.Token(t.Context(), "us-east-1", as, " api/x").Body); got != "id secret /oauth2/tokenclient_credentials api/x" {
		t.Errorf("got %q", got)
	}
	if a := c.Token(t.Context(), "nowhere", as, ""); a.Err == nil {
		t.Error("no error for a Region without token endpoint")
	}
}

func TestInvoke(t *testing.T) {
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		payload, _ := io.ReadAll(r.Body)
		switch {
		case !strings.Contains(r.Header.Get("Authorization"), "/us-east-1/lambda/aws4_request"):
			http.Error(w, "unsigned", http.StatusForbidden)
		case strings.Contains(r.URL.Path, "unknown"):
			w.Header().Set("X-Amzn-Errortype", "ResourceNotFoundException")
			http.Error(w, `{"Message":"Function not found"}`, http.StatusNotFound)
		case strings.Contains(r.URL.Path, "crash"):
			w.Header().Set("X-Amz-Function-Error", "Unhandled")
			fmt.Fprint(w, `{"errorMessage":"exit status 1"}`)
		case strings.Contains(r.URL.Path, "odd"):
			fmt.Fprint(w, "odd")
		default:
			fmt.Fprintf(w, `{"statusCode":201,"headers":{"x-served-region":"us-east-1"},"body":%q}`, payload)
		}
	})
	if a := c.Invoke(t.Context(), "us-east-1", "f", `{"a":1}`); a.String() != `201 from us-east-1 {"a":1}` {
		t.Errorf("got %v", a)
	}
	for function, want := range map[string]string{
		"unknown": "ResourceNotFoundException", "crash": "function error Unhandled", "odd": "other",
	} {
		if a := c.Invoke(t.Context(), "us-east-1", function, `{}`); a.Err == nil || client.ErrorKind(a.Err) != want {
			t.Errorf("%s: got %v", function, a)
		}
	}
	if a := c.GetFunction(t.Context(), "us-east-1", "unknown"); client.ErrorKind(a.Err) != "ResourceNotFoundException" {
		t.Errorf("got %v", a)
	}
}

func TestGetFunction(t *testing.T) {
	answer := `{"Configuration":{"FunctionName":"f","State":"Active"}}`
	c, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, answer) })
	if a := c.GetFunction(t.Context(), "us-east-1", "f"); a.String() != `200 {"functionName":"f","state":"Active"}` {
		t.Errorf("got %v", a)
	}
	answer = `{}`
	if a := c.GetFunction(t.Context(), "us-east-1", "f"); a.Err == nil {
		t.Errorf("got %v", a)
	}
}

func TestErrorKind(t *testing.T) {
	for want, err := range map[string]error{
		"cancelled":          fmt.Errorf("x: %w", context.Canceled),
		"timeout":            context.DeadlineExceeded,
		"connection refused": &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED},
		"connection reset":   &net.OpError{Op: "write", Err: syscall.EPIPE},
		"connection closed":  io.ErrUnexpectedEOF,
		"other":              errors.New("x"),
	} {
		if got := client.ErrorKind(err); got != want {
			t.Errorf("%v is %q, want %q", err, got, want)
		}
	}
	if got := client.ErrorKind(&net.DNSError{IsTimeout: true}); got != "timeout" {
		t.Errorf("got %q", got)
	}
}

func TestAnswerInWords(t *testing.T) {
	region := http.Header{client.RegionHeader: {"us-east-1"}}
	tests := []struct {
		answer      client.Answer
		text, brief string
	}{
		{client.Answer{Err: errors.New("a\n b")}, "a b", "a b"},
		{client.Answer{Status: 200, Header: region, Body: []byte(`{"id": 1}`)}, `200 from us-east-1 {"id":1}`, `200 us-east-1 {"id":1}`},
		{client.Answer{Status: 502, Body: []byte("<html>\n x")}, "502 <html> x", "502 <html> x"},
		{client.Answer{Status: 204}, "204", "204"},
		{
			client.Answer{Status: 400, Header: region, Body: []byte(`{"detail":"id is missing","status":400}`)},
			`400 from us-east-1 {"detail":"id is missing","status":400}`, "400 us-east-1 id is missing",
		},
	}
	for _, tt := range tests {
		if diff := cmp.Diff([]string{tt.text, tt.brief}, []string{tt.answer.String(), tt.answer.Brief()}); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestItem(t *testing.T) {
	i := client.Item{ID: 7, Task: "a < b", Status: "wip"}
	want := []string{`{"id":7,"task":"a < b","status":"wip"}`, `{"task":"a < b","status":"wip"}`, `{"id":7}`}
	if diff := cmp.Diff(want, []string{i.String(), i.Creation(), i.Reference()}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, err := client.ReadItem([]byte(i.String())); err != nil || got != i {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := client.ReadItem([]byte(`{"id":7,"task":"a","state":"wip"}`)); err == nil {
		t.Error("a field has another name, and nobody noticed")
	}
}
