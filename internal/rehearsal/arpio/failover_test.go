package arpio

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
)

// An event that the bus does not take is found. All others are put nevertheless, and it is expected of no rule.
func TestRefusedEventsAreFound(t *testing.T) {
	for refused, held := range map[int]bool{0: true, 1: false} {
		calls := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			entries := make([]string, strings.Count(string(body), `"DetailType"`))
			for i := range entries {
				entries[i] = `{"EventId":"1"}`
			}
			if calls++; calls <= refused {
				entries[0] = `{"ErrorCode":"InternalFailure"}`
			}
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
			_, _ = io.WriteString(w, `{"Entries":[`+strings.Join(entries, ",")+`]}`)
		}))
		defer server.Close()
		f := &failover{FailoverOptions: FailoverOptions{Bus: &Bus{Name: "bus", events: eventbridge.New(eventbridge.Options{
			Region: "us-east-2", BaseEndpoint: aws.String(server.URL), Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""),
		})}, Progress: func(string) {}}, recovery: newRecovery(1, time.Unix(0, 0))}
		if _, err := f.play(context.Background()); err != nil {
			t.Fatal(err)
		}
		if c := f.result.Checks; len(c) != 1 || c[0].Name != "the bus takes all events" || c[0].OK != held || calls != (len(f.recovery.events)+batchSize-1)/batchSize {
			t.Errorf("%d refused: got %+v after %d calls", refused, c, calls)
		}
	}
}
