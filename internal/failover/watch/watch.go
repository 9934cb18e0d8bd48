// Package watch measures what no AWS service measures about an application: which Region is active, whether writes are refused at
// the edge, where the writer is, and how the last drill ended.
//
// It asks what clients ask: a read and a write through the edge. Nothing takes the write; who refuses it shows where it went. So
// the figures hold for clients, whatever the key-value store says, and cost no call of the store's interface, each of which AWS
// bills.
//
// The metrics are one line of the function's log, in CloudWatch's embedded metric format. That takes no call and no permission
// either. See "Specification: Embedded metric format" in the CloudWatch user guide.
package watch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/runstore"
)

// probePath is the path of writes that no API takes.
const probePath = "/warmstandby-probe"

// timeout bounds each question.
const timeout = 5 * time.Second

// RDS is what is asked of RDS. [rds.Client] satisfies it.
type RDS interface {
	DescribeGlobalClusters(context.Context, *rds.DescribeGlobalClustersInput, ...func(*rds.Options)) (*rds.DescribeGlobalClustersOutput, error)
}

// Drills tells of the last drill. [runstore.Store] satisfies it.
type Drills interface {
	LastDrill(context.Context) (*runstore.Drill, error)
}

// Watch measures for a Region. It implements lambda.Handler. All fields are required.
type Watch struct {
	// Region is the function's own.
	Region string

	// Documents reads the topology.
	Documents interface {
		Read(context.Context) (topology.Document, error)
	}

	// RDS is the Region's.
	RDS RDS

	// HTTP sends requests through the edge.
	HTTP failover.Doer

	// Drills opens a bucket with reports.
	Drills func(bucket string) Drills

	// Now is the time.
	Now func() time.Time

	// Metrics gets a line with the metrics. It is the function's standard output, which is its log.
	Metrics io.Writer

	// Log gets what could not be measured.
	Log *slog.Logger
}

// Invoke measures everything once. What cannot be measured is missing from the metrics, so that alarms can tell that from any figure.
func (w *Watch) Invoke(ctx context.Context, _ []byte) ([]byte, error) {
	d, err := w.Documents.Read(ctx)
	if err != nil {
		return nil, err
	}
	role, ok := d.RoleOf(w.Region)
	if !ok {
		return nil, fmt.Errorf("%s is no Region of the application in the topology", w.Region)
	}
	figures := map[string]float64{}
	for what, measure := range map[string]func(context.Context, topology.Document, topology.Role, map[string]float64) error{
		"edge": w.edge, "writer": w.writer, "drill": w.drill,
	} {
		asking, cancel := context.WithTimeout(ctx, 2*timeout)
		if err := measure(asking, d, role, figures); err != nil {
			w.Log.Error("measure "+what, "err", err.Error())
		}
		cancel()
	}
	return nil, w.publish(d.Application, figures)
}

// edge measures what requests through the edge show.
func (w *Watch) edge(ctx context.Context, d topology.Document, role topology.Role, figures map[string]float64) error {
	read, readErr := w.send(ctx, http.MethodGet, d.Edge.URL+d.Edge.HealthPath)
	write, writeErr := w.send(ctx, http.MethodPost, d.Edge.URL+probePath)
	figures[topology.EdgeAnswersMetric] = truth(readErr == nil && writeErr == nil)
	if writeErr == nil {
		figures[topology.FencedMetric] = truth(write.Get(topology.FencedHeader) != "")
	}
	for _, header := range []http.Header{write, read} { // a read may have been served by the Region that stands by
		if served, ok := d.RoleOf(header.Get(topology.ServedRegionHeader)); ok {
			figures[topology.ActiveMetric] = truth(served == role)
			break
		}
	}
	return errors.Join(readErr, writeErr)
}

// send sends a request and returns the answer's header.
func (w *Watch) send(ctx context.Context, method, url string) (http.Header, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return nil, err
	}
	response, err := w.HTTP.Do(request)
	if err != nil {
		return nil, err
	}
	return response.Header, response.Body.Close()
}

// writer measures whether the Region's cluster is the writer, as the Region's own RDS says.
func (w *Watch) writer(ctx context.Context, d topology.Document, role topology.Role, figures map[string]float64) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	out, err := w.RDS.DescribeGlobalClusters(ctx, &rds.DescribeGlobalClustersInput{GlobalClusterIdentifier: &d.GlobalCluster})
	if err != nil {
		return fmt.Errorf("describe global cluster %s: %w", d.GlobalCluster, err)
	}
	for _, g := range out.GlobalClusters {
		for _, m := range g.GlobalClusterMembers {
			if aws.ToString(m.DBClusterArn) == d.Regions[role].ClusterArn {
				figures[topology.WriterMetric] = truth(aws.ToBool(m.IsWriter))
			}
		}
	}
	return nil
}

// drill measures how the last drill ended.
func (w *Watch) drill(ctx context.Context, d topology.Document, role topology.Role, figures map[string]float64) error {
	last, err := w.Drills(d.Regions[role].ReportBucket).LastDrill(ctx)
	if err != nil || last == nil {
		return err
	}
	figures[topology.DaysSinceDrillMetric] = max(w.Now().Sub(last.Ended).Hours()/24, 0)
	figures[topology.DrillSucceededMetric] = truth(last.Succeeded)
	return nil
}

// publish writes the metrics' line.
func (w *Watch) publish(application string, figures map[string]float64) error {
	type metric struct{ Name string }
	var metrics []metric
	line := map[string]any{topology.ApplicationDimension: application}
	for name, figure := range figures {
		metrics = append(metrics, metric{name})
		line[name] = figure
	}
	line["_aws"] = map[string]any{
		"Timestamp": w.Now().UnixMilli(),
		"CloudWatchMetrics": []any{map[string]any{
			"Namespace": topology.MetricNamespace, "Dimensions": [][]string{{topology.ApplicationDimension}}, "Metrics": metrics,
		}},
	}
	data, err := json.Marshal(line)
	if err != nil {
		return fmt.Errorf("encode metrics: %w", err)
	}
	_, err = w.Metrics.Write(append(data, '\n'))
	return err
}

// truth is 1 for true.
func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
