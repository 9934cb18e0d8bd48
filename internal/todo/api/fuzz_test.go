package api_test

import (
	"encoding/json"
	"testing"

	"github.com/aws/aws-lambda-go/events"
)

// fuzz runs one function over a store that never fails, with raw payloads and with events made of the input. No input
// may panic, give a function error or a 5xx.
func fuzz(f *testing.F, name string) {
	for _, payload := range valid {
		f.Add("POST", "id", []byte(payload))
	}
	f.Add("GET", "id", []byte("1"))
	f.Add("DELETE", "ID", []byte{0xff})
	f.Add("", "", []byte(`{"httpMethod":"GET","multiValueQueryStringParameters":{"id":[]}}`))
	f.Add("PATCH", "x", []byte(`{"requestContext":null,"body":"{"}`))
	f.Fuzz(func(t *testing.T, method, parameter string, input []byte) {
		query := map[string][]string{parameter: {string(input)}}
		encoded, _ := json.Marshal(events.APIGatewayProxyRequest{HTTPMethod: method, Body: string(input), IsBase64Encoded: true})
		for _, payload := range []string{
			string(input),
			string(encoded),
			proxyEvent(method, string(input), query),
			proxyEvent(methods[name], string(input), query),
		} {
			r := invoke(t, functions(newMemory(), discard())[name], payload)
			if r.StatusCode < 200 || r.StatusCode >= 500 {
				t.Errorf("%q: got %d %s", payload, r.StatusCode, r.Body)
			}
		}
	})
}

func FuzzUpsert(f *testing.F)      { fuzz(f, "upsert") }
func FuzzGet(f *testing.F)         { fuzz(f, "get") }
func FuzzRemove(f *testing.F)      { fuzz(f, "remove") }
func FuzzHealth(f *testing.F)      { fuzz(f, "health") }
func FuzzCreateTable(f *testing.F) { fuzz(f, "create") }
