package arpio

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

// An event that the bus does not take is counted. All others are put nevertheless, and it is expected of no rule.
func TestRefusedEventsAreCounted(t *testing.T) {
	for _, refused := range []int{0, 1, 3} {
		calls := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
			if !strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".PutEvents") {
				_, _ = io.WriteString(w, `{}`)
				return
			}
			body, _ := io.ReadAll(r.Body)
			entries := make([]string, strings.Count(string(body), `"DetailType"`))
			for i := range entries {
				entries[i] = `{"EventId":"1"}`
			}
			if calls++; calls <= refused {
				entries[0] = `{"ErrorCode":"InternalFailure"}`
			}
			_, _ = io.WriteString(w, `{"Entries":[`+strings.Join(entries, ",")+`]}`)
		}))
		defer server.Close()
		provider := credentials.NewStaticCredentialsProvider("a", "b", "")
		f := &failover{FailoverOptions: FailoverOptions{Settle: time.Minute, Progress: func(string) {}, Bus: &Bus{
			Name:   "bus",
			events: eventbridge.New(eventbridge.Options{Region: "us-east-2", BaseEndpoint: &server.URL, Credentials: provider}),
			ssm:    ssm.New(ssm.Options{Region: "us-east-2", BaseEndpoint: &server.URL, Credentials: provider}),
		}}}
		events := newRecovery(1, time.Unix(0, 0), anyApplication, anyAccount).failover
		if err := f.play(t.Context(), events); err != nil {
			t.Fatal(err)
		}
		if f.refused != refused || calls != (len(events)+batchSize-1)/batchSize {
			t.Errorf("%d refused: counted %d in %d calls", refused, f.refused, calls)
		}
	}
}
