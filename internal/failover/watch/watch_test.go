package watch_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover/runstore"
	"github.com/warmstandby/warmstandby/internal/failover/watch"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

var errDown = errors.New("down")

// world is what is measured: headers of answers by method, the writer's cluster and the last drill; nil or an error for none.
type world struct {
	headers map[string]http.Header
	writer  string
	drill   *runstore.Drill
	err     error // of RDS and S3
}

func (w *world) Do(r *http.Request) (*http.Response, error) {
	header, ok := w.headers[r.Method]
	if !ok {
		return nil, errDown
	}
	return &http.Response{Header: header, Body: http.NoBody}, nil
}

func (w *world) DescribeGlobalClusters(context.Context, *rds.DescribeGlobalClustersInput, ...func(*rds.Options)) (*rds.DescribeGlobalClustersOutput, error) {
	return &rds.DescribeGlobalClustersOutput{GlobalClusters: []types.GlobalCluster{{GlobalClusterMembers: []types.GlobalClusterMember{
		{DBClusterArn: aws.String("arn-pri"), IsWriter: aws.Bool(w.writer == "arn-pri")},
		{DBClusterArn: aws.String("arn-secd"), IsWriter: aws.Bool(w.writer == "arn-secd")},
	}}}}, w.err
}

func (w *world) LastDrill(context.Context) (*runstore.Drill, error) { return w.drill, w.err }

type documents struct{ topology.Document }

func (d documents) Read(context.Context) (topology.Document, error) { return d.Document, nil }

func servedBy(region string) http.Header { return http.Header{topology.ServedRegionHeader: {region}} }

// measure invokes the function in us-east-2 and returns its metrics.
func (w *world) measure(t *testing.T) map[string]float64 {
	t.Helper()
	var out bytes.Buffer
	d := topology.Document{Application: "Shop", Edge: topology.Edge{URL: "https://edge.example.com", HealthPath: "/health"}, Regions: map[topology.Role]topology.Site{
		topology.Primary: {Region: "us-east-1", ClusterArn: "arn-pri"}, topology.Secondary: {Region: "us-east-2", ClusterArn: "arn-secd"},
	}}
	f := &watch.Watch{
		Region: "us-east-2", Documents: documents{d}, RDS: w, HTTP: w, Drills: func(string) watch.Drills { return w },
		Now: func() time.Time { return now }, Metrics: &out, Log: slog.New(slog.DiscardHandler),
	}
	if _, err := f.Invoke(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return decode(t, out.Bytes())
}

// decode reads a line as CloudWatch does.
func decode(t *testing.T, line []byte) map[string]float64 {
	t.Helper()
	var head struct {
		AWS struct {
			Timestamp         int64
			CloudWatchMetrics []struct {
				Namespace  string
				Dimensions [][]string
				Metrics    []struct{ Name string }
			}
		} `json:"_aws"`
		Application string
	}
	var members map[string]any
	if err := errors.Join(json.Unmarshal(line, &head), json.Unmarshal(line, &members)); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	if bytes.Count(line, []byte("\n")) != 1 || head.Application != "Shop" || head.AWS.Timestamp != now.UnixMilli() || len(head.AWS.CloudWatchMetrics) != 1 {
		t.Fatalf("got %s", line)
	}
	directive := head.AWS.CloudWatchMetrics[0]
	if directive.Namespace != "Warmstandby" || !cmp.Equal(directive.Dimensions, [][]string{{"Application"}}) {
		t.Errorf("got %+v", directive)
	}
	figures := map[string]float64{}
	for _, m := range directive.Metrics {
		figures[m.Name] = members[m.Name].(float64)
	}
	return figures
}

func TestWatch(t *testing.T) {
	fenced := http.Header{http.CanonicalHeaderKey(topology.FencedHeader): {"closed"}}
	for name, test := range map[string]struct {
		world world
		want  map[string]float64
	}{
		"standing by": {
			world{headers: map[string]http.Header{"GET": servedBy("us-east-1"), "POST": servedBy("us-east-1")}, writer: "arn-pri"},
			map[string]float64{"EdgeAnswers": 1, "Active": 0, "Fenced": 0, "Writer": 0},
		},
		"active, after a drill": {
			world{
				headers: map[string]http.Header{"GET": servedBy("us-east-2"), "POST": servedBy("us-east-2")}, writer: "arn-secd",
				drill: &runstore.Drill{Ended: now.Add(-36 * time.Hour), Succeeded: true},
			},
			map[string]float64{"EdgeAnswers": 1, "Active": 1, "Fenced": 0, "Writer": 1, "DaysSinceDrill": 1.5, "DrillSucceeded": 1},
		},
		"fenced, and read elsewhere": {
			world{
				headers: map[string]http.Header{"GET": servedBy("us-east-1"), "POST": fenced}, writer: "arn-secd",
				drill: &runstore.Drill{Ended: now.Add(time.Hour)},
			},
			map[string]float64{"EdgeAnswers": 1, "Active": 0, "Fenced": 1, "Writer": 1, "DaysSinceDrill": 0, "DrillSucceeded": 0},
		},
		"writes go elsewhere than reads": {
			world{headers: map[string]http.Header{"GET": servedBy("us-east-1"), "POST": servedBy("us-east-2")}, writer: "arn-secd"},
			map[string]float64{"EdgeAnswers": 1, "Active": 1, "Fenced": 0, "Writer": 1},
		},
		"the edge serves neither": {
			world{headers: map[string]http.Header{"GET": {}, "POST": {}}, err: errDown},
			map[string]float64{"EdgeAnswers": 1, "Fenced": 0},
		},
		"nothing answers": {world{err: errDown}, map[string]float64{"EdgeAnswers": 0}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.world.measure(t)); diff != "" {
				t.Errorf("metrics (-want +got):\n%s", diff)
			}
		})
	}
}
